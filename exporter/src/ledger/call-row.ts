/** A row of the table of calls. null: not told. */
export interface CallRow {
  message: number; request: number; session: number; source: number; position: number; owner_started: number; at: number; model: number;
  input: number | null; output: number | null; cache_read: number | null; cache_creation_5m: number | null; cache_creation_1h: number | null; reasoning: number | null;
  requests: number; web_searches: number; flags: number; micro_usd: number | null; project: number;
}

/** Its columns; the first two are the identity of a call, by which the table is sorted. */
export const callColumns = [
  'message', 'request', 'session', 'source', 'position', 'owner_started', 'at', 'model',
  'input', 'output', 'cache_read', 'cache_creation_5m', 'cache_creation_1h', 'reasoning', 'requests', 'web_searches', 'flags', 'micro_usd', 'project',
] as const satisfies readonly (keyof CallRow)[];

/** What stands in them, in the same order. NaN: not told, which SQLite keeps as NULL. */
export const valuesOf = (row: CallRow): number[] => [
  row.message, row.request, row.session, row.source, row.position, row.owner_started, row.at, row.model,
  row.input ?? NaN, row.output ?? NaN, row.cache_read ?? NaN, row.cache_creation_5m ?? NaN, row.cache_creation_1h ?? NaN, row.reasoning ?? NaN,
  row.requests, row.web_searches, row.flags, row.micro_usd ?? NaN, row.project,
];
