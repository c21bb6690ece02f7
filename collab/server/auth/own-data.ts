import { z } from 'zod';
import type { Base } from '../base.ts';
import { badRequest, conflict, forbidden } from '../routes/errors.ts';
import { route } from '../routes/route.ts';
import type { Route } from '../routes/route.ts';
import { audit } from '../store/audit.ts';
import type { Store, Work } from '../store/open.ts';
import { accountAnswer, accountOf } from './account.ts';
import { example } from './examples.ts';
import { clearLoginCookie } from './sign-in.ts';
import { keepAnAdmin } from './team.ts';
import { iso, isoField, isoTime } from './time.ts';

const rows = z.array(z.record(z.string(), z.unknown()));

/** Everything the hub keeps about a person, and their leaving for good [U10]. */
export const ownDataRoutes = (base: Base): readonly Route[] => [
  route({
    method: 'get', path: '/api/v1/auth/me/export', tag: 'auth', summary: 'Everything the hub keeps about you', access: { who: 'person' }, scope: 'admin', perMinute: 30,
    answers: {
      schema: z.object({ exportedAt: isoTime, account: accountAnswer, devices: rows, tokens: rows, memberships: rows, rooms: rows, accessRequests: rows, agents: rows, sessions: rows, audit: rows.describe('What you did, as the audit log has it.') }).meta({ id: 'OwnData' }),
      about: 'One JSON document; secrets and their hashes are not in it.',
    },
    example: {},
    handle: async ({ person: { userId }, now, actor, response }) => {
      const data = await base.store.transaction().execute(async (work) => {
        await audit(work, { at: now, actor, action: 'export:account', target: userId });
        return ownDataOf(work, userId);
      });
      response.set('Content-Disposition', 'attachment; filename="watchroom-my-data.json"');
      return { exportedAt: iso(now), ...data };
    },
  }),
  route({
    method: 'delete', path: '/api/v1/auth/me', tag: 'auth', summary: 'Delete your account', access: { who: 'person' }, scope: 'admin',
    query: z.object({ confirm: z.string().max(64).describe('Your username, to be sure.') }),
    answers: { about: 'You are signed out everywhere; what you wrote stays, as of a former member.' },
    example: { query: { confirm: example.username } },
    handle: async ({ person: { userId, name, operator, deviceId }, query, now, actor, response }) => {
      if (deviceId === undefined) throw forbidden('Sign in yourself to delete your account: a personal token cannot.', 'own_login');
      if (query.confirm !== name) throw badRequest(`Deleting cannot be undone. To be sure, send your own username: ?confirm=${name}`, 'not_confirmed');
      await base.store.transaction().execute(async (work) => {
        if (operator) await keepAnOperator(work, userId);
        await audit(work, { at: now, actor, action: 'account:delete', target: userId });
        await deleteAccount(work, { userId, now });
      });
      base.events.emit('access:lost', { userId });
      clearLoginCookie(response, base.settings);
    },
  }),
];

const ownDataOf = async (work: Work | Store, userId: string): Promise<Record<string, unknown>> => {
  const mine = { devices: work.selectFrom('devices').where('user_id', '=', userId), tokens: work.selectFrom('tokens').where('user_id', '=', userId) };
  const devices = await mine.devices.select(['id', 'user_agent', 'address', 'created_at', 'last_seen_at', 'expires_at']).execute();
  const tokens = await mine.tokens.select(['id', 'kind', 'name', 'team_id', 'scopes', 'created_at', 'last_used_at', 'expires_at', 'revoked_at']).execute();
  const memberships = await work.selectFrom('members').innerJoin('teams', 'teams.id', 'members.team_id').select(['teams.id', 'teams.name', 'members.role', 'members.joined_at']).where('members.user_id', '=', userId).execute();
  const rooms = await work.selectFrom('session_people').innerJoin('sessions', 'sessions.id', 'session_people.session_id').select(['sessions.session_key', 'session_people.role', 'session_people.created_at']).where('session_people.user_id', '=', userId).execute();
  const requests = await work.selectFrom('access_requests').select(['session_key', 'team_id', 'created_at']).where('user_id', '=', userId).execute();
  const agents = await work.selectFrom('agents').select(['id', 'team_id', 'host_name', 'platform', 'version', 'created_at', 'last_report_at']).where('user_id', '=', userId).execute();
  const sessions = await work.selectFrom('sessions').selectAll().where('owner_id', '=', userId).orderBy('created_at').execute();
  const lines = await work.selectFrom('audit').selectAll().where('actor_id', '=', userId).orderBy('seq').execute();
  return {
    account: await accountOf(work, { userId }),
    devices: devices.map((row) => ({ id: row.id, userAgent: row.user_agent, address: row.address, createdAt: iso(row.created_at), lastSeenAt: iso(row.last_seen_at), expiresAt: iso(row.expires_at) })),
    tokens: tokens.map((row) => ({ id: row.id, kind: row.kind, name: row.name, teamId: row.team_id, scopes: JSON.parse(row.scopes) as unknown, createdAt: iso(row.created_at), ...isoField('lastUsedAt', row.last_used_at), ...isoField('expiresAt', row.expires_at), ...isoField('revokedAt', row.revoked_at) })),
    memberships: memberships.map((row) => ({ teamId: row.id, team: row.name, role: row.role, joinedAt: iso(row.joined_at) })),
    rooms: rooms.map((row) => ({ session: row.session_key, role: row.role, since: iso(row.created_at) })),
    accessRequests: requests.map((row) => ({ session: row.session_key, teamId: row.team_id, askedAt: iso(row.created_at) })),
    agents: agents.map((row) => ({ id: row.id, teamId: row.team_id, host: row.host_name, platform: row.platform, version: row.version, createdAt: iso(row.created_at), lastReportAt: iso(row.last_report_at) })),
    sessions: sessions.map(({ link_hash: _hash, told, tags, ...row }) => ({ ...row, tags: JSON.parse(tags) as unknown, told: JSON.parse(told) as unknown })),
    audit: lines.map((row) => ({ at: iso(row.at), action: row.action, target: row.target, result: row.result, address: row.address, teamId: row.team_id, before: parsed(row.before), after: parsed(row.after) })),
  };
};

const parsed = (text: string | null): unknown => (text === null ? undefined : JSON.parse(text));

/** The person goes, their name with them; rows that others stand on stay, as of a "former member". */
const deleteAccount = async (work: Work, { userId, now }: { readonly userId: string; readonly now: number }): Promise<void> => {
  const teams = await work.selectFrom('members').innerJoin('teams', 'teams.id', 'members.team_id').select('teams.id').where('members.user_id', '=', userId).where('members.role', '=', 'admin').where('teams.deleted_at', 'is', null).execute();
  for (const team of teams) await keepAnAdmin(work, { teamId: team.id, userId });
  await work.deleteFrom('devices').where('user_id', '=', userId).execute();
  await work.deleteFrom('tokens').where('user_id', '=', userId).execute();
  await work.deleteFrom('oidc_links').where('user_id', '=', userId).execute();
  await work.deleteFrom('one_time_links').where('user_id', '=', userId).execute();
  await work.deleteFrom('session_people').where('user_id', '=', userId).execute();
  await work.deleteFrom('access_requests').where('user_id', '=', userId).execute();
  await work.deleteFrom('members').where('user_id', '=', userId).execute();
  await work.updateTable('invites').set({ revoked_at: now }).where('created_by', '=', userId).where('revoked_at', 'is', null).execute();
  await work.updateTable('users').set({ username: `former-${userId}`, display_name: 'Former member', email: null, password: null, preferences: '{}', operator: 0, deleted_at: now }).where('id', '=', userId).execute();
};

const keepAnOperator = async (work: Work, userId: string): Promise<void> => {
  const others = await work.selectFrom('users').select('id').where('operator', '=', 1).where('deleted_at', 'is', null).where('id', '!=', userId).limit(1).execute();
  if (others.length === 0) throw conflict('You are the last who runs this hub. Make another one first: watchroom hub admin create', 'last_operator');
};
