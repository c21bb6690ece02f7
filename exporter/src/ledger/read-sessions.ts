import type Database from 'better-sqlite3';
import { mergeParts } from '../session/merge.ts';
import type { Part } from '../session/part.ts';
import type { ModelUse, StoredSession } from '../session/session.ts';
import type { Tool } from '../session/tool.ts';
import type { Usage } from '../session/usage.ts';

/** What is known of the tables without asking them. */
export interface Lookups {
  readonly sql: (text: string) => Database.Statement;
  /** Ledger ids of a session and its sub-agents' sessions, its own first. */
  readonly familyOf: (id: string) => readonly number[];
  readonly pathOf: (source: number) => string;
  readonly modelOf: (model: number) => string | undefined;
}

/** Sessions read at a time: a statement for each would take longer than what it finds, all at once would fill the memory. */
const atOnce = 50;

/** Sessions put together from their parts and use, in the order of their ids; those that are unknown, or have no part, are left out. */
export const readSessions = (ids: readonly string[], lookups: Lookups): StoredSession[] => {
  const sessions: StoredSession[] = [];
  for (let from = 0; from < ids.length; from += atOnce) sessions.push(...readSome(ids.slice(from, from + atOnce), lookups));
  return sessions;
};

interface SessionRow { readonly id: number; readonly tool: Tool; readonly native: string; readonly tags: string | null; readonly project_name: string | null; readonly description: string | null }
interface PartRow { readonly session: number; readonly source: number; readonly role: Part['role']; readonly part: string }
type UseRow = Readonly<Record<(typeof kinds)[number], number | null>> & {
  readonly session: number; readonly model: number; readonly requests: number; readonly micro_usd: number; readonly priced: number; readonly unpriced_tokens: number; readonly lower_bound: number;
};
const kinds = ['input', 'output', 'cache_read', 'cache_creation_5m', 'cache_creation_1h', 'reasoning'] as const;

const readSome = (ids: readonly string[], lookups: Lookups): StoredSession[] => {
  const { sql, familyOf } = lookups;
  const families = ids.map((id) => ({ id, family: familyOf(id) }));
  const wanted = JSON.stringify(families.flatMap(({ family }) => family));
  const rows = bySession(sql('SELECT id AS session, id, tool, native, tags, project_name, description FROM sessions WHERE id IN (SELECT value FROM json_each(?))').all(wanted) as (SessionRow & { session: number })[]);
  const parts = bySession(sql('SELECT session, source, role, part FROM parts WHERE session IN (SELECT value FROM json_each(?))').all(wanted) as PartRow[]);
  const use = bySession(sql(`SELECT session, model, ${kinds.join(', ')}, requests, micro_usd, priced, unpriced_tokens, lower_bound FROM session_use WHERE session IN (SELECT value FROM json_each(?))`).all(wanted) as UseRow[]);
  return families.flatMap(({ id, family }) => {
    const [row] = rows.get(family[0] ?? -1) ?? [];
    const own = family.flatMap((session) => parts.get(session) ?? []);
    return row && own.length > 0 ? [sessionOf(id, row, { parts: own, use: family.flatMap((session) => use.get(session) ?? []) }, lookups)] : [];
  });
};

const bySession = <Row extends { readonly session: number }>(rows: readonly Row[]): ReadonlyMap<number, Row[]> => Map.groupBy(rows, ({ session }) => session);

const sessionOf = (id: string, row: SessionRow, { parts, use }: { readonly parts: readonly PartRow[]; readonly use: readonly UseRow[] }, { pathOf, modelOf }: Lookups): StoredSession =>
  mergeParts({
    id, tool: row.tool, nativeId: row.native,
    parts: parts.toSorted(byRoleAndSource).map(({ part, source }) => ({ part: JSON.parse(part) as Part, source: pathOf(source) })),
    models: modelsOf(use, modelOf),
    ...(row.tags === null ? {} : { tags: JSON.parse(row.tags) as string[] }),
    ...(row.project_name === null ? {} : { projectName: row.project_name }),
    ...(row.description === null ? {} : { description: row.description }),
  });

const byRoleAndSource = (a: PartRow, b: PartRow): number => (a.role === b.role ? a.source - b.source : a.role < b.role ? -1 : 1);

/** Use of a family by model; what nobody said of a kind stays unknown. */
const modelsOf = (rows: readonly UseRow[], nameOf: (model: number) => string | undefined): Readonly<Record<string, ModelUse>> => {
  const models = [...Map.groupBy(rows, ({ model }) => model)].sort(([a], [b]) => a - b);
  return Object.fromEntries(models.map(([model, own]) => [nameOf(model) ?? 'unknown', useOf(own)] as const).filter(([, use]) => use.requests > 0 || Object.values(use.usage).some((tokens) => tokens > 0)));
};

const useOf = (rows: readonly UseRow[]): ModelUse => {
  const sum = (count: 'requests' | 'micro_usd' | 'priced' | 'unpriced_tokens' | 'lower_bound'): number => rows.reduce((total, row) => total + row[count], 0);
  return {
    usage: usageOf(rows), requests: sum('requests'), unpricedTokens: sum('unpriced_tokens'),
    ...(sum('priced') > 0 ? { microUsd: sum('micro_usd') } : {}),
    ...(sum('lower_bound') > 0 ? { outputLowerBound: true } : {}),
  };
};

const usageOf = (rows: readonly UseRow[]): Usage => {
  const usage: { -readonly [Kind in keyof Usage]: number } = {};
  for (const row of rows) for (const kind of kinds) if (row[kind] !== null) usage[kind] = (usage[kind] ?? 0) + row[kind];
  return usage;
};
