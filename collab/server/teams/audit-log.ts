import { z } from 'zod';
import { example } from '../auth/examples.ts';
import { teamOfPath } from '../auth/names.ts';
import { iso, isoTime } from '../auth/time.ts';
import type { Base } from '../base.ts';
import { route } from '../routes/route.ts';
import type { Route } from '../routes/route.ts';
import type { AuditTable } from '../store/schema.ts';
import type { Selectable } from 'kysely';

const filters = z.object({
  before: z.coerce.number().int().min(1).max(Number.MAX_SAFE_INTEGER).exactOptional().describe('Go on from here: `next` of the page before.'),
  limit: z.coerce.number().int().min(1).max(200).default(50).describe('Lines of a page.'),
  action: z.string().regex(/^[a-z]+(:[a-z-]*)?$/, 'one act ("member:role") or a kind of acts ("member")').exactOptional().describe('One act ("member:role") or a kind of acts ("member").'),
  actor: z.string().max(64).exactOptional().describe('Id of who did it.'),
  target: z.string().max(400).exactOptional().describe('Id of what it was done to.'),
  result: z.enum(['done', 'refused', 'failed']).exactOptional(),
  from: isoTime.exactOptional().describe('Not older than this.'),
  to: isoTime.exactOptional().describe('Older than this.'),
});
type Filters = z.output<typeof filters>;

const line = z.object({
  seq: z.int(), at: isoTime, teamId: z.string().exactOptional(), actorId: z.string().exactOptional(), actor: z.string().describe('As they were called then.'), address: z.string().describe('Where it came from.'),
  action: z.string(), target: z.string(), result: z.enum(['done', 'refused', 'failed']), before: z.unknown().optional(), after: z.unknown().optional(),
}).meta({ id: 'AuditLine', description: 'Who did what, on what, from where, and how it went. Never any content.' });
const page = z.object({ lines: z.array(line).describe('The newest first.'), next: z.int().exactOptional().describe('Send it as `before` for the next page; absent on the last one.') });

/** The audit log: a team's for its admins, the whole for whoever runs the hub. */
export const auditRoutes = (base: Base): readonly Route[] => [
  route({
    method: 'get', path: '/api/v1/teams/:team/audit', tag: 'teams', summary: 'Audit log of a team', access: { who: 'team', act: 'audit:read' }, params: teamOfPath, query: filters,
    answers: { schema: page, about: 'A page of it.' },
    example: { params: { team: example.team }, query: { action: 'member', limit: '20' } },
    handle: ({ team, query }) => readPage(base, { ...query, teamId: team.id }),
  }),
  route({
    method: 'get', path: '/api/v1/audit', tag: 'hub', summary: 'Audit log of the hub', access: { who: 'operator' }, query: filters,
    answers: { schema: page, about: 'A page of it: every team\'s lines and those of no team (logins, accounts, keys).' },
    example: { query: { action: 'login' } },
    handle: ({ query }) => readPage(base, query),
  }),
];

const readPage = async ({ store }: Base, { limit, teamId, before, action, actor, target, result, from, to }: Filters & { readonly teamId?: string }): Promise<z.input<typeof page>> => {
  const rows = await store.selectFrom('audit').selectAll().where((is) => is.and([
    ...(teamId === undefined ? [] : [is('team_id', '=', teamId)]),
    ...(before === undefined ? [] : [is('seq', '<', before)]),
    ...(action === undefined ? [] : [action.includes(':') && !action.endsWith(':') ? is('action', '=', action) : is('action', 'like', `${action.replace(':', '')}:%`)]),
    ...(actor === undefined ? [] : [is('actor_id', '=', actor)]),
    ...(target === undefined ? [] : [is('target', '=', target)]),
    ...(result === undefined ? [] : [is('result', '=', result)]),
    ...(from === undefined ? [] : [is('at', '>=', Date.parse(from))]),
    ...(to === undefined ? [] : [is('at', '<', Date.parse(to))]),
  ])).orderBy('seq', 'desc').limit(limit + 1).execute();
  const shown = rows.slice(0, limit);
  return { lines: shown.map(tell), ...(rows.length > limit ? { next: shown.at(-1)!.seq } : {}) };
};

const tell = (row: Selectable<AuditTable>): z.output<typeof line> => ({
  seq: row.seq, at: iso(row.at), ...(row.team_id === null ? {} : { teamId: row.team_id }), ...(row.actor_id === null ? {} : { actorId: row.actor_id }), actor: row.actor, address: row.address,
  action: row.action, target: row.target, result: row.result,
  ...(row.before === null ? {} : { before: JSON.parse(row.before) as unknown }), ...(row.after === null ? {} : { after: JSON.parse(row.after) as unknown }),
});
