import { z } from 'zod';
import type { Base } from '../../base.ts';
import { Refusal } from '../../routes/errors.ts';
import { route } from '../../routes/route.ts';
import type { Ask, Route } from '../../routes/route.ts';
import { audit } from '../../store/audit.ts';
import { hashOf, newId, newSecret } from '../../store/ids.ts';
import type { AlertTable } from '../../store/rooms-schema.ts';
import { findRooms } from '../room.ts';
import type { Alerts } from './alerts.ts';
import { messageOf, propsOf } from './message.ts';
import { webhookV4 } from './webhook.ts';

const alertAnswer = z.looseObject({ id: z.string(), room: z.string(), post: z.string(), summary: z.string(), name: z.string(), status: z.enum(['firing', 'resolved']), startsAt: z.number() }).meta({ id: 'Alert', description: 'An alert from its start to its end. Its message in the room carries the same as props.alert.' });
const tokenAnswer = z.object({ id: z.string(), name: z.string(), createdBy: z.string(), createdAt: z.number(), lastUsedAt: z.number().optional() });
const inTeam = z.object({ team: z.string().min(1).max(64).describe('The team\'s id or name.') });
const oneAlert = z.object({ alert: z.string().min(1).max(64).describe('The alert\'s id.') });

/** Alerts: Alertmanager's webhook, lists, ack and unack, the tokens of Alertmanagers. */
export const alertRoutes = (base: Base, alerts: Alerts): readonly Route[] => {
  const { store } = base;
  const listed = async ({ person, now }: Pick<Ask, 'person' | 'now'>, where: { readonly teamId: string } | { readonly roomId: string }): Promise<object> => {
    const of = store.selectFrom('alerts').selectAll();
    const rows = await ('teamId' in where ? of.where('team_id', '=', where.teamId) : of.where('room_id', '=', where.roomId)).orderBy('starts_at', 'desc').limit(500).execute();
    const rooms = await findRooms(store, { roomIds: [...new Set(rows.map((row) => row.room_id))], userId: person.userId, now });
    return { alerts: rows.filter((row) => rooms.has(row.room_id)).map(alertOf) };
  };
  return [
    route({
      method: 'post', path: '/api/v1/alerts/alertmanager', tag: 'alerts', summary: 'Alertmanager tells of alerts: a webhook_config with the token of a team as bearer', access: { who: 'everybody' }, body: webhookV4, bodyLimit: 4 * 2 ** 20, perMinute: 600,
      answers: { schema: z.object({ taken: z.int(), ignored: z.int().describe('Another team\'s, or told before.') }), about: 'Taken; each has its message in its session\'s room, or in the team\'s.' },
      handle: async ({ request, body, now }) => alerts.take(await teamOfToken(base, request.get('authorization'), now), body.alerts),
    }),
    route({
      method: 'get', path: '/api/v1/teams/:team/alerts', tag: 'alerts', summary: 'Alerts of a team in rooms you may see, the latest first', access: { who: 'team', act: 'sessions:list' }, params: inTeam,
      answers: { schema: z.object({ alerts: z.array(alertAnswer) }), about: 'At most 500.' }, example: {}, handle: (ask) => listed(ask, { teamId: ask.team.id }),
    }),
    route({
      method: 'get', path: '/api/v1/sessions/:tool/:nativeId/alerts', tag: 'alerts', summary: 'Alerts of a session, the latest first', access: { who: 'session', act: 'session:see' },
      params: z.object({ tool: z.string().min(1).max(40), nativeId: z.string().min(1).max(300) }), query: z.object({ team: z.string().min(1).max(64).exactOptional() }),
      answers: { schema: z.object({ alerts: z.array(alertAnswer) }), about: 'At most 500.' }, example: {}, handle: (ask) => listed(ask, { roomId: ask.found.session.id }),
    }),
    route({
      method: 'put', path: '/api/v1/alerts/:alert/ack', tag: 'alerts', summary: 'Acknowledges an alert: silences it in Alertmanager for four hours, in your name', access: { who: 'person' }, params: oneAlert,
      answers: { schema: alertAnswer, about: 'The alert as it is now.' }, handle: async (ask) => alertOf(await alerts.ack(ask.params.alert, ask)),
    }),
    route({
      method: 'delete', path: '/api/v1/alerts/:alert/ack', tag: 'alerts', summary: 'Takes an acknowledgement back: the silence ends', access: { who: 'person' }, params: oneAlert,
      answers: { schema: alertAnswer, about: 'The alert as it is now.' }, handle: async (ask) => alertOf(await alerts.unack(ask.params.alert, ask)),
    }),
    route({
      method: 'post', path: '/api/v1/teams/:team/alert-tokens', tag: 'alerts', summary: 'Makes a token with which an Alertmanager may tell of alerts', access: { who: 'team', act: 'scrape:make' }, scope: 'admin', params: inTeam,
      body: z.strictObject({ name: z.string().trim().min(1).max(64).regex(/^[^\x00-\x1f\x7f]+$/, 'control characters') }),
      answers: { status: 201, schema: z.object({ id: z.string(), token: z.string().describe('Told this once.') }), about: 'The token, for authorization.credentials_file of the webhook_config.' },
      example: { body: { name: 'our Alertmanager' } },
      handle: async ({ team, person, body, now, actor }) => {
        const secret = newSecret('wrm_');
        const id = newId();
        await store.transaction().execute(async (work) => {
          await work.insertInto('alert_tokens').values({ id, team_id: team.id, name: body.name, hash: hashOf(secret), created_by: person.userId, created_at: now }).execute();
          await audit(work, { at: now, teamId: team.id, actor, action: 'token:make', target: id, after: { kind: 'alerts', name: body.name } });
        });
        return { id, token: secret };
      },
    }),
    route({
      method: 'get', path: '/api/v1/teams/:team/alert-tokens', tag: 'alerts', summary: 'The tokens of Alertmanagers', access: { who: 'team', act: 'scrape:make' }, params: inTeam,
      answers: { schema: z.object({ tokens: z.array(tokenAnswer) }), about: 'Without their secrets.' }, example: {},
      handle: async ({ team }) => ({ tokens: (await store.selectFrom('alert_tokens').selectAll().where('team_id', '=', team.id).where('revoked_at', 'is', null).orderBy('created_at').execute()).map((row) => ({ id: row.id, name: row.name, createdBy: row.created_by, createdAt: row.created_at, ...(row.last_used_at === null ? {} : { lastUsedAt: row.last_used_at }) })) }),
    }),
    route({
      method: 'delete', path: '/api/v1/teams/:team/alert-tokens/:token', tag: 'alerts', summary: 'Revokes the token of an Alertmanager', access: { who: 'team', act: 'scrape:make' }, scope: 'admin', params: z.object({ ...inTeam.shape, token: z.string().min(1).max(64) }),
      answers: { about: 'It opens nothing any more.' },
      handle: async ({ team, params, now, actor }) => {
        await store.transaction().execute(async (work) => {
          const { numUpdatedRows } = await work.updateTable('alert_tokens').set({ revoked_at: now }).where('id', '=', params.token).where('team_id', '=', team.id).where('revoked_at', 'is', null).executeTakeFirst();
          if (numUpdatedRows === 0n) throw new Refusal(404, 'no_token', 'There is no such token of this team.');
          await audit(work, { at: now, teamId: team.id, actor, action: 'token:revoke', target: params.token });
        });
      },
    }),
  ];
};

const alertOf = (row: AlertTable): object => ({ ...propsOf(row).alert, room: row.room_id, post: row.post_id, summary: messageOf(row), labels: JSON.parse(row.labels) as object });

const teamOfToken = async ({ store }: Base, authorization: string | undefined, now: number): Promise<string> => {
  const secret = /^bearer\s+(\S{1,200})$/i.exec(authorization ?? '')?.[1];
  const row = secret === undefined ? undefined : await store.selectFrom('alert_tokens').innerJoin('teams', 'teams.id', 'alert_tokens.team_id').select(['alert_tokens.id', 'alert_tokens.team_id']).where('hash', '=', hashOf(secret)).where('revoked_at', 'is', null).where('teams.deleted_at', 'is', null).executeTakeFirst();
  if (row === undefined) throw new Refusal(401, 'alert_token', 'The token is missing, unknown or revoked. A team\'s admin makes one: POST /api/v1/teams/<team>/alert-tokens; it goes into authorization of Alertmanager\'s webhook_config.');
  await store.updateTable('alert_tokens').set({ last_used_at: now }).where('id', '=', row.id).execute();
  return row.team_id;
};
