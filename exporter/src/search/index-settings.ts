import type { Database } from 'better-sqlite3';

/** What an index says of itself: on, caughtUpAt, keeper, reader. */
export const settingOf = (db: Database, name: string): string | undefined => db.prepare('SELECT value FROM settings WHERE name = ?').pluck().get(name) as string | undefined;

export const keepSetting = (db: Database, name: string, value: string | undefined): void => {
  if (value === undefined) db.prepare('DELETE FROM settings WHERE name = ?').run(name);
  else db.prepare('INSERT INTO settings (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value').run(name, value);
};

/** A person said yes to it. */
export const isIndexOn = (db: Database): boolean => settingOf(db, 'on') === 'yes';
