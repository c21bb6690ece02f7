import { expressionBuilder, sql } from 'kysely';
import type { Expression, SqlBool } from 'kysely';
import { z } from 'zod';
import type { Database } from '../store/schema.ts';

const word = z.string().min(1).max(200);

/** What a list of sessions can be narrowed by; every filter that is given must fit. */
export const sessionFilters = {
  team: word.exactOptional().describe('Name or id of a team. Absent: all of yours.'),
  user: word.exactOptional().describe('Name or id of the owner.'),
  tag: word.exactOptional().describe('A tag people gave.'),
  status: z.enum(['working', 'waiting', 'idle', 'ended', 'live']).exactOptional().describe('"live" is every state but ended.'),
  tool: word.exactOptional().describe('claude, codex, gemini …'),
  project: word.exactOptional().describe('The name people gave to the project, before the tool\'s.'),
  visibility: z.enum(['private', 'team', 'public']).exactOptional(),
  error: z.enum(['last', 'any']).exactOptional().describe('last: the last thing that happened was an error; any: there was at least one.'),
  q: word.exactOptional().describe('Text within project, branch, title or tags; case does not matter for A–Z.'),
};
export type SessionFilters = z.output<z.ZodObject<typeof sessionFilters>>;

/** The filters as an SQL condition on `sessions` and its owner (`users`); `team` is the caller's to apply. */
export const fitting = ({ user, tag, status, tool, project, visibility, error, q }: Omit<SessionFilters, 'team'>): Expression<SqlBool> => {
  const is = expressionBuilder<Database, 'sessions' | 'users'>();
  const all: Expression<SqlBool>[] = [];
  if (user !== undefined) all.push(is.or([is('users.username', '=', user), is('users.id', '=', user)]));
  if (tag !== undefined) all.push(holds('sessions.tags', JSON.stringify(tag)));
  if (status !== undefined) all.push(status === 'live' ? is('sessions.state', '<>', 'ended') : is('sessions.state', '=', status));
  if (tool !== undefined) all.push(is('sessions.tool', '=', tool));
  if (project !== undefined) all.push(is(is.fn.coalesce('sessions.project_name', 'sessions.project'), '=', project));
  if (visibility !== undefined) all.push(is('sessions.visibility', '=', visibility));
  if (error !== undefined) all.push(error === 'last' ? is('sessions.last_error', '=', 1) : is('sessions.errors', '>', 0));
  // Tags are JSON: what is looked for is written as JSON writes it, without the quotes.
  if (q !== undefined) all.push(is.or([...(['sessions.project_name', 'sessions.project', 'sessions.branch', 'sessions.title'] as const).map((column) => holds(column, q)), holds('sessions.tags', JSON.stringify(q).slice(1, -1))]));
  return is.and(all);
};

/** Whether a row that SQL found really has the tag: LIKE takes small letters for capitals, and cannot see where a JSON string begins. */
export const hasTag = (tags: string, tag: string | undefined): boolean => tag === undefined || (JSON.parse(tags) as string[]).includes(tag);

const holds = (column: 'sessions.tags' | 'sessions.project' | 'sessions.project_name' | 'sessions.branch' | 'sessions.title', text: string): Expression<SqlBool> =>
  sql<SqlBool>`lower(${sql.ref(column)}) like ${`%${lowerAscii(text).replace(/[\\%_]/g, '\\$&')}%`} escape '\\'`;

/** As SQLite's lower() does. */
const lowerAscii = (text: string): string => text.replace(/[A-Z]/g, (letter) => letter.toLowerCase());
