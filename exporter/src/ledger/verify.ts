import type Database from 'better-sqlite3';
import { callFlags } from '../session/packed-calls.ts';

/** Problems found, none when the ledger is sound: SQLite's own check, and every sum against the calls it was made of. */
export const verifyLedger = (db: Database.Database): readonly string[] => [...sqliteProblems(db), ...sumProblems(db), ...rollupProblems(db)];

const sqliteProblems = (db: Database.Database): string[] => (db.pragma('integrity_check') as { integrity_check: string }[]).map((row) => row.integrity_check).filter((line) => line !== 'ok');

const sumProblems = (db: Database.Database): string[] => {
  const wrong = db.prepare(`SELECT sessions.key FROM session_use AS use JOIN sessions ON sessions.id = use.session LEFT JOIN (
      SELECT session, model, total(input) AS input, total(output) AS output, total(cache_read) AS cache_read, total(micro_usd) AS micro_usd, sum(requests) AS requests
      FROM calls WHERE flags & ${callFlags.dropped} = 0 GROUP BY session, model) AS truth ON truth.session = use.session AND truth.model = use.model
    WHERE ifnull(use.input, 0) != ifnull(truth.input, 0) OR ifnull(use.output, 0) != ifnull(truth.output, 0) OR ifnull(use.cache_read, 0) != ifnull(truth.cache_read, 0)
      OR use.micro_usd != ifnull(truth.micro_usd, 0) OR use.requests != ifnull(truth.requests, 0)`).pluck().all() as string[];
  return wrong.map((key) => `the sums of session ${key} differ from its calls`);
};

const rollupProblems = (db: Database.Database): string[] => {
  const { rolled, booked } = db.prepare(`SELECT (SELECT total(output) FROM rollups) AS rolled, (SELECT total(output) FROM calls WHERE flags & ${callFlags.dropped} = 0) AS booked`).get() as { rolled: number; booked: number };
  return rolled === booked ? [] : [`the roll-ups hold ${rolled} output tokens, the calls ${booked}`];
};
