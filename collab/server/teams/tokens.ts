import { z } from 'zod';
import { scopes } from '../access/identity.ts';
import type { Scope } from '../access/identity.ts';
import { example } from '../auth/examples.ts';
import { id, label, teamOfPath } from '../auth/names.ts';
import { dayMs, iso, isoField, isoTime } from '../auth/time.ts';
import type { Base } from '../base.ts';
import { conflict, forbidden, notFound } from '../routes/errors.ts';
import { route } from '../routes/route.ts';
import type { Ask, Route } from '../routes/route.ts';
import { audit } from '../store/audit.ts';
import { hashOf, newId, newSecret, secretPrefixes } from '../store/ids.ts';
import type { Work } from '../store/open.ts';
import type { TokenTable } from '../store/schema.ts';
import { teamSettingsOf } from '../store/team-settings.ts';

const days = z.int().min(1).max(3650).describe('Days until it is void. Absent: it lasts until it is revoked.').exactOptional();
const tokenAnswer = z.object({
  id: z.string(), kind: z.enum(['personal', 'agent', 'scrape']), name: z.string(), userId: z.string().describe('Whose it is.'), teamId: z.string().exactOptional(), scopes: z.array(z.enum(scopes)),
  createdAt: isoTime, lastUsedAt: isoTime.exactOptional(), expiresAt: isoTime.exactOptional(),
}).meta({ id: 'Token', description: 'A token; its secret is told once, when it is made.' });
const newTokenAnswer = tokenAnswer.extend({ secret: z.string().describe('Told this once; only its hash is kept.') }).meta({ id: 'NewToken' });
const tokenList = z.object({ tokens: z.array(tokenAnswer) });
const machineToken = z.strictObject({ name: label, expiresInDays: days });

/** Secrets for programs: of a person, of an agent, of Prometheus. */
export const tokenRoutes = (base: Base): readonly Route[] => [
  route({
    method: 'get', path: '/api/v1/tokens', tag: 'tokens', summary: 'Your tokens', access: { who: 'person' },
    answers: { schema: tokenList, about: 'All tokens you made that still work, of every kind and team.' },
    example: {},
    handle: async ({ person: { userId }, now }) => ({ tokens: (await liveTokens(base, now).where('user_id', '=', userId).execute()).map(tell) }),
  }),
  route({
    method: 'post', path: '/api/v1/tokens', tag: 'tokens', summary: 'Make a personal access token', access: { who: 'person' }, scope: 'admin',
    body: z.strictObject({ name: label, scopes: z.array(z.enum(scopes)).min(1).max(scopes.length).describe('read: look at things. write: change things. admin: accounts, tokens, members, settings.'), expiresInDays: z.int().min(1).max(366).default(90).describe('Days until it is void.') }),
    answers: { status: 201, schema: newTokenAnswer, about: 'The token with its secret.' },
    example: { body: { name: 'my script', scopes: ['read'] } },
    handle: async (ask) => {
      const { person, body } = ask;
      const beyond = body.scopes.filter((scope) => !person.scopes.includes(scope));
      if (beyond.length > 0) throw forbidden(`Your own token lacks "${beyond.join('", "')}", so it cannot give that on.`, 'beyond_own');
      return (await makeToken(base, { ask, kind: 'personal', name: body.name, scopes: [...new Set(body.scopes)], expiresInDays: body.expiresInDays })).told;
    },
  }),
  route({
    method: 'delete', path: '/api/v1/tokens/:token', tag: 'tokens', summary: 'Revoke a token of yours', access: { who: 'person' }, scope: 'admin', params: z.object({ token: id }),
    answers: { about: 'It opens nothing any more.' },
    example: { params: { token: example.token } },
    handle: ({ person: { userId }, params: { token }, now, actor }) => revoke(base, { token, of: { userId }, now, actor }),
  }),
  route({
    method: 'post', path: '/api/v1/teams/:team/tokens/agent', tag: 'tokens', summary: 'Make a token for an agent of yours', access: { who: 'team', act: 'agent:connect' }, params: teamOfPath, scope: 'admin',
    body: machineToken,
    answers: { status: 201, schema: newTokenAnswer.extend({ command: z.string().describe('To be pasted on the machine whose sessions you want to show.') }), about: 'The token with its secret, and the command that uses it.' },
    example: { params: { team: example.team }, body: { name: 'my laptop' } },
    handle: async (ask) => {
      const { told } = await makeToken(base, { ask, kind: 'agent', teamId: ask.team.id, scopes: [], ...ask.body });
      return { ...told, command: `npx watchroom agent --hub ${base.settings.publicUrl} --token ${told.secret}` };
    },
  }),
  route({
    method: 'post', path: '/api/v1/teams/:team/tokens/scrape', tag: 'tokens', summary: 'Make a token with which Prometheus scrapes a team', access: { who: 'team', act: 'scrape:make' }, params: teamOfPath, scope: 'admin',
    body: machineToken,
    answers: { status: 201, schema: newTokenAnswer, about: 'The token with its secret. It works as long as you are an admin of the team.' },
    example: { params: { team: example.team }, body: { name: 'prometheus' } },
    handle: async (ask) => (await makeToken(base, { ask, kind: 'scrape', teamId: ask.team.id, scopes: [], ...ask.body })).told,
  }),
  route({
    method: 'post', path: '/api/v1/tokens/scrape', tag: 'tokens', summary: 'Make a token with which Prometheus scrapes every team', access: { who: 'operator' }, scope: 'admin',
    body: machineToken,
    answers: { status: 201, schema: newTokenAnswer, about: 'The token with its secret. It works as long as you run the hub.' },
    example: { body: { name: 'prometheus' } },
    handle: async (ask) => (await makeToken(base, { ask, kind: 'scrape', scopes: [], ...ask.body })).told,
  }),
  route({
    method: 'get', path: '/api/v1/teams/:team/tokens', tag: 'tokens', summary: 'Agent and scrape tokens of a team', access: { who: 'team', act: 'member:manage' }, params: teamOfPath,
    answers: { schema: tokenList, about: 'Everybody\'s tokens for this team that still work.' },
    example: { params: { team: example.team } },
    handle: async ({ team, now }) => ({ tokens: (await liveTokens(base, now).where('team_id', '=', team.id).execute()).map(tell) }),
  }),
  route({
    method: 'delete', path: '/api/v1/teams/:team/tokens/:token', tag: 'tokens', summary: 'Revoke somebody\'s token for a team', access: { who: 'team', act: 'member:manage' }, params: teamOfPath.extend({ token: id }), scope: 'admin',
    answers: { about: 'It opens nothing any more.' },
    example: { params: { team: example.team, token: example.token } },
    handle: ({ team, params: { token }, now, actor }) => revoke(base, { token, of: { teamId: team.id }, now, actor }),
  }),
];

interface Wanted {
  readonly ask: Pick<Ask, 'person' | 'now' | 'actor'>;
  readonly kind: TokenTable['kind'];
  readonly name: string;
  readonly scopes: readonly Scope[];
  readonly teamId?: string;
  readonly expiresInDays?: number;
}

const makeToken = (base: Base, { ask: { person, now, actor }, kind, name, scopes: may, teamId, expiresInDays }: Wanted): Promise<{ readonly told: z.output<typeof newTokenAnswer> }> =>
  base.store.transaction().execute(async (work) => {
    if (kind === 'agent') await checkAgentTokensLeft(work, { teamId: teamId!, userId: person.userId, now });
    const secret = newSecret(secretPrefixes[kind]);
    const row: TokenTable = {
      id: newId(), kind, user_id: person.userId, team_id: teamId ?? null, name, hash: hashOf(secret), scopes: JSON.stringify(may),
      created_at: now, last_used_at: null, expires_at: expiresInDays === undefined ? null : now + expiresInDays * dayMs, revoked_at: null,
    };
    await work.insertInto('tokens').values(row).execute();
    await audit(work, { at: now, ...(teamId === undefined ? {} : { teamId }), actor, action: 'token:create', target: row.id, after: { kind, name, scopes: may, ...isoField('expiresAt', row.expires_at) } });
    return { told: { ...tell(row), secret } };
  });

const checkAgentTokensLeft = async (work: Work, { teamId, userId, now }: { readonly teamId: string; readonly userId: string; readonly now: number }): Promise<void> => {
  const { settings } = await work.selectFrom('teams').select('settings').where('id', '=', teamId).executeTakeFirstOrThrow();
  const most = teamSettingsOf(settings).limits.agentTokensPerMember;
  const live = await work.selectFrom('tokens').select('id').where('team_id', '=', teamId).where('user_id', '=', userId).where('kind', '=', 'agent').where('revoked_at', 'is', null).where((is) => is.or([is('expires_at', 'is', null), is('expires_at', '>', now)])).execute();
  if (live.length >= most) throw conflict(`You have ${most} agent tokens for this team already. Revoke one you do not use: an admin sets the limit.`, 'too_many_tokens');
};

const revoke = async (base: Base, { token, of, now, actor }: { readonly token: string; readonly of: { readonly userId: string } | { readonly teamId: string }; readonly now: number; readonly actor: Ask['actor'] }): Promise<void> => {
  const userId = await base.store.transaction().execute(async (work) => {
    const row = await work.updateTable('tokens').set({ revoked_at: now }).where('id', '=', token).where('userId' in of ? 'user_id' : 'team_id', '=', 'userId' in of ? of.userId : of.teamId).where('revoked_at', 'is', null)
      .returning(['user_id', 'team_id', 'kind', 'name']).executeTakeFirst();
    if (row === undefined) throw notFound('There is no working token with that id.');
    await audit(work, { at: now, ...(row.team_id === null ? {} : { teamId: row.team_id }), actor, action: 'token:revoke', target: token, before: { kind: row.kind, name: row.name } });
    return row.user_id;
  });
  base.events.emit('access:lost', { userId, tokenId: token });
};

const liveTokens = ({ store }: Base, now: number) =>
  store.selectFrom('tokens').selectAll().where('revoked_at', 'is', null).where((is) => is.or([is('expires_at', 'is', null), is('expires_at', '>', now)])).orderBy('created_at', 'desc');

const tell = (row: TokenTable): z.output<typeof tokenAnswer> => ({
  id: row.id, kind: row.kind, name: row.name, userId: row.user_id, ...(row.team_id === null ? {} : { teamId: row.team_id }), scopes: JSON.parse(row.scopes) as Scope[],
  createdAt: iso(row.created_at), ...isoField('lastUsedAt', row.last_used_at), ...isoField('expiresAt', row.expires_at),
});
