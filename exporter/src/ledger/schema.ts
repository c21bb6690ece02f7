import type Database from 'better-sqlite3';

export const schemaVersion = 1;

/** Forward only; see docs/decisions/0003-the-ledger.md for what each table is for. */
export const createSchema = (db: Database.Database): void => {
  db.exec(`
    CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
    CREATE TABLE names (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE);

    -- What was read, and how far. A file's facts and its offset go in one transaction.
    CREATE TABLE sources (
      id INTEGER PRIMARY KEY, tool TEXT NOT NULL, path TEXT NOT NULL UNIQUE, fingerprint TEXT NOT NULL, tail TEXT, memo TEXT,
      born INTEGER NOT NULL, records INTEGER NOT NULL DEFAULT 0, bytes INTEGER NOT NULL DEFAULT 0);

    CREATE TABLE sessions (
      id INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE, tool TEXT NOT NULL, native TEXT NOT NULL, parent TEXT, started INTEGER, last INTEGER,
      project INTEGER REFERENCES names, tags TEXT, project_name TEXT, description TEXT);
    CREATE INDEX sessions_last ON sessions (last);
    CREATE INDEX sessions_parent ON sessions (parent) WHERE parent IS NOT NULL;

    -- What each source says of each session; booked: the greatest counts that went into the fleet, kept only where the part was read again.
    CREATE TABLE parts (
      session INTEGER NOT NULL, source INTEGER NOT NULL, role TEXT NOT NULL, part TEXT NOT NULL, booked TEXT,
      PRIMARY KEY (session, source, role)) WITHOUT ROWID;
    CREATE INDEX parts_source ON parts (source);

    -- Every call once, by the hashes of its identity.
    CREATE TABLE calls (
      message INTEGER NOT NULL, request INTEGER NOT NULL, session INTEGER NOT NULL, source INTEGER NOT NULL, position INTEGER NOT NULL,
      owner_started INTEGER NOT NULL, at INTEGER NOT NULL, model INTEGER,
      input INTEGER, output INTEGER, cache_read INTEGER, cache_creation_5m INTEGER, cache_creation_1h INTEGER, reasoning INTEGER,
      requests INTEGER NOT NULL, web_searches INTEGER NOT NULL, flags INTEGER NOT NULL, micro_usd INTEGER, project INTEGER,
      PRIMARY KEY (message, request)) WITHOUT ROWID;

    CREATE TABLE session_use (
      session INTEGER NOT NULL, model INTEGER NOT NULL,
      input INTEGER, output INTEGER, cache_read INTEGER, cache_creation_5m INTEGER, cache_creation_1h INTEGER, reasoning INTEGER,
      requests INTEGER NOT NULL, micro_usd INTEGER NOT NULL, priced INTEGER NOT NULL, unpriced_tokens INTEGER NOT NULL, lower_bound INTEGER NOT NULL,
      PRIMARY KEY (session, model)) WITHOUT ROWID;

    -- By UTC quarter of an hour, from which any time zone's days can be made.
    CREATE TABLE rollups (
      quarter INTEGER NOT NULL, tool TEXT NOT NULL, model INTEGER NOT NULL, project INTEGER NOT NULL,
      input INTEGER NOT NULL, output INTEGER NOT NULL, cache_read INTEGER NOT NULL, cache_creation_5m INTEGER NOT NULL, cache_creation_1h INTEGER NOT NULL,
      requests INTEGER NOT NULL, micro_usd INTEGER NOT NULL, unpriced_tokens INTEGER NOT NULL,
      PRIMARY KEY (quarter, tool, model, project)) WITHOUT ROWID;

    -- Fleet counters: born at 0 with the ledger, never lower.
    CREATE TABLE fleet (metric TEXT NOT NULL, labels TEXT NOT NULL, value REAL NOT NULL, born INTEGER NOT NULL, PRIMARY KEY (metric, labels)) WITHOUT ROWID;
    CREATE TABLE fleet_histograms (metric TEXT NOT NULL, labels TEXT NOT NULL, histogram TEXT NOT NULL, PRIMARY KEY (metric, labels)) WITHOUT ROWID;
    CREATE TABLE tallies (name TEXT NOT NULL, label TEXT NOT NULL, value INTEGER NOT NULL, PRIMARY KEY (name, label)) WITHOUT ROWID;
    PRAGMA user_version = ${schemaVersion};
  `);
};
