import type Database from 'better-sqlite3';
import type { HourUse, PastCursor } from '../session/hour-use.ts';
import { callFlags } from '../session/packed-calls.ts';
import { tokenTypes } from '../session/usage.ts';
import type { TokenType } from '../session/usage.ts';

/** Makes the look-up of a session's calls quick; only a ledger whose exporter reports to a hub has this index. */
export const indexCallsBySession = (db: Database.Database): void => {
  db.exec('CREATE INDEX IF NOT EXISTS calls_session ON calls (session)');
};

/** What the calls of a session and its sub-agents sum up to, by model and UTC hour. */
export const useByHour = (db: Database.Database, sessions: readonly number[], nameOf: (model: number | null) => string | undefined): HourUse[] => {
  const rows = db.prepare(`SELECT model, CAST(max(at, 0) / 3600000 AS INTEGER) AS hour, sum(requests) AS requests, sum(micro_usd) AS micro_usd, ${sums}
    FROM calls WHERE session IN (${sessions.map(() => '?').join(',')}) AND flags & ${callFlags.dropped} = 0 GROUP BY 1, 2 ORDER BY 2, 1`).all(...sessions) as HourRow[];
  return rows.map((row) => ({
    model: nameOf(row.model) ?? '',
    hour: row.hour,
    tokens: tokensOf((type) => row[type]),
    unpriced: tokensOf((type) => row[`unpriced_${type}`]),
    requests: row.requests,
    ...(row.micro_usd === null ? {} : { microUsd: row.micro_usd }),
  }));
};

/** Ids of the sessions behind a place in the list of all, the most recently active first; `isRoot` leaves sub-agents to their parents. */
export const sessionsAfter = (db: Database.Database, { after, limit, isRoot }: { readonly after: PastCursor | undefined; readonly limit: number; readonly isRoot: string }): PastCursor[] =>
  db.prepare(`SELECT key AS id, ifnull(last, 0) AS last FROM sessions WHERE ${isRoot} AND (ifnull(last, 0) < @last OR (ifnull(last, 0) = @last AND key > @id)) ORDER BY 2 DESC, 1 LIMIT CAST(@limit AS INTEGER)`)
    .all({ last: after?.last ?? Number.MAX_SAFE_INTEGER, id: after?.id ?? '', limit }) as PastCursor[];

type HourRow = { readonly model: number | null; readonly hour: number; readonly requests: number; readonly micro_usd: number | null } & Readonly<Record<TokenType | `unpriced_${TokenType}`, number | null>>;

const sums = tokenTypes.flatMap((type) => [`sum(${type}) AS ${type}`, `sum(CASE WHEN micro_usd IS NULL THEN ${type} END) AS unpriced_${type}`]).join(', ');

const tokensOf = (sumOf: (type: TokenType) => number | null): HourUse['tokens'] =>
  Object.fromEntries(tokenTypes.flatMap((type) => (sumOf(type) === null ? [] : [[type, sumOf(type)]])));
