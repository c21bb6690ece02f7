import type { BookedCall } from '../session/booked.ts';
import { callFlags } from '../session/packed-calls.ts';
import type { Usage } from '../session/usage.ts';
import type { Books } from './books.ts';
import type { CallRow } from './call-row.ts';
import type { Sql } from './statements.ts';

/** Every call of some sessions as it was booked, by time. */
export const readCalls = (sessions: readonly number[], { sql, names }: { readonly sql: Sql; readonly names: Books['names'] }): BookedCall[] => {
  const rows = sql('SELECT calls.*, sources.path FROM calls LEFT JOIN sources ON sources.id = calls.source WHERE session IN (SELECT value FROM json_each(?)) ORDER BY at, position')
    .all(JSON.stringify(sessions)) as (CallRow & { path: string | null })[];
  return rows.map((row) => bookedCall(row, { source: row.path ?? '(unknown source)', model: names.name(row.model) }));
};

const bookedCall = (row: CallRow, { source, model }: { readonly source: string; readonly model: string | undefined }): BookedCall => {
  const has = (flag: number): boolean => (row.flags & flag) !== 0;
  return {
    at: row.at, model, usage: usageOf(row), requests: row.requests, source, position: row.position, inFleet: has(callFlags.inFleet),
    ...(row.web_searches > 0 ? { webSearches: row.web_searches } : {}),
    ...(has(callFlags.fast) ? { fast: true } : {}),
    ...(has(callFlags.sidechain) ? { sidechain: true } : {}),
    ...(has(callFlags.outputLowerBound) ? { outputLowerBound: true } : {}),
    ...(row.micro_usd === null ? {} : { microUsd: row.micro_usd }),
    ...(has(callFlags.costReported) ? { costReported: true } : {}),
    ...(has(callFlags.dropped) ? { dropped: 'replayed_sidechain' as const } : {}),
  };
};

const usageOf = (row: Pick<CallRow, 'input' | 'output' | 'cache_read' | 'cache_creation_5m' | 'cache_creation_1h' | 'reasoning'>): Usage => {
  const usage: { -readonly [Kind in keyof Usage]: number } = {};
  for (const kind of ['input', 'output', 'cache_read', 'cache_creation_5m', 'cache_creation_1h', 'reasoning'] as const) if (row[kind] !== null) usage[kind] = row[kind];
  return usage;
};
