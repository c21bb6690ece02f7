import type { Request } from 'express';
import { z } from 'zod';
import type { Base } from '../base.ts';
import { notFound } from '../routes/errors.ts';
import { route } from '../routes/route.ts';
import type { Route } from '../routes/route.ts';
import type { HubSettings } from '../settings.ts';
import { audit } from '../store/audit.ts';
import { hashOf, newId, newSecret } from '../store/ids.ts';
import type { Store, Work } from '../store/open.ts';
import type { Actor } from './account.ts';
import { newAccount } from './account.ts';
import { oneLine, username } from './names.ts';
import { linkSecret, newOneTimeSecret, takeOneTimeSecret } from './one-time-link.ts';
import { loginAnswer, newLogin, tellLogin } from './sign-in.ts';
import { newTeam } from './team.ts';

// Local mode: loopback only, one person, no password and no cookie (ROOMS.md 6).

export const thisMachine: Actor = { name: 'this machine', address: 'local' };
const localTeam = 'local';

/** Whether a request came from the local network (lan/): a hub of one machine itself listens on loopback without TLS. */
export const byGuestDoor = ({ secure }: Pick<Request, 'secure'>, { local }: HubSettings): boolean => local && secure;

/** Readies a hub of one machine: its one person, their team, and a new token for the machine's own agent. */
export const readyLocalMode = async ({ store, now }: Pick<Base, 'store' | 'now'>, { userName }: { readonly userName: string }): Promise<{ readonly userId: string; readonly teamId: string; readonly agentToken: string }> =>
  store.transaction().execute(async (work) => {
    const at = now();
    const { userId, teamId } = await localPerson(work) ?? await newLocalPerson(work, { userName, at });
    await work.deleteFrom('tokens').where('user_id', '=', userId).where('kind', '=', 'agent').where('name', '=', agentName).execute();
    const agentToken = newSecret('wra_');
    const id = newId();
    await work.insertInto('tokens').values({ id, kind: 'agent', user_id: userId, team_id: teamId, name: agentName, hash: hashOf(agentToken), scopes: '[]', created_at: at }).execute();
    await audit(work, { at, teamId, actor: thisMachine, action: 'token:create', target: id, after: { kind: 'agent' } });
    return { userId, teamId, agentToken };
  });

const agentName = 'agent of this machine';

/**
 * A link that signs a browser of this machine in: good for 60 seconds and one use. Made in the hub's process or beside it.
 * @param to the path of the page where it leads @default the sessions
 */
export const openLink = async ({ store, now, settings: { publicUrl, local } }: Pick<Base, 'store' | 'now'> & { readonly settings: Pick<HubSettings, 'publicUrl' | 'local'> }, to?: string): Promise<string> => {
  const person = local ? await localPerson(store) : undefined;
  if (person === undefined) throw new Error(`this is no hub of one machine, so no link opens it. Sign in at ${publicUrl}`);
  const { secret } = await newOneTimeSecret(store, { purpose: 'local', userId: person.userId, now: now() });
  return `${publicUrl}/open${to === undefined ? '' : `?to=${encodeURIComponent(to)}`}#${secret}`;
};

/** Exchanges the link's secret for a login. */
export const localRoute = (base: Base): Route => route({
  method: 'post', path: '/api/v1/auth/local', tag: 'auth', summary: 'Sign in by the link of this machine', access: { who: 'everybody' }, perMinute: 120,
  body: z.strictObject({ secret: linkSecret }),
  answers: { schema: loginAnswer, about: 'You are signed in.' },
  handle: async (ask) => {
    const { body: { secret }, now, response, identity: { address } } = ask;
    if (byGuestDoor(ask.request, base.settings)) throw notFound('A link of this machine works on this machine only.');
    if (!base.settings.local) throw notFound('This hub is not in local mode: sign in with your name and password.');
    const login = await base.store.transaction().execute(async (work) => {
      const userId = (await takeOneTimeSecret(work, { purpose: 'local', secret, now }))!;
      await audit(work, { at: now, actor: { ...thisMachine, id: userId, address }, action: 'login:local', target: userId });
      return newLogin(work, { userId, ask });
    });
    return tellLogin(base, { login, as: 'token', response });
  },
});

/** The one person of a hub of one machine. */
export const localPerson = async (work: Store | Work): Promise<{ readonly userId: string; readonly teamId: string } | undefined> => {
  const row = await work.selectFrom('members').innerJoin('teams', 'teams.id', 'members.team_id').innerJoin('users', 'users.id', 'members.user_id').select(['users.id as userId', 'teams.id as teamId'])
    .where('teams.name', '=', localTeam).where('users.operator', '=', 1).where('users.deleted_at', 'is', null).orderBy('members.joined_at').executeTakeFirst();
  return row;
};

const newLocalPerson = async (work: Work, { userName, at }: { readonly userName: string; readonly at: number }): Promise<{ readonly userId: string; readonly teamId: string }> => {
  const displayName = oneLine(userName, 64) || 'me';
  const userId = await newAccount(work, { username: usernameOf(userName), displayName, operator: true }, { now: at, actor: thisMachine });
  return { userId, teamId: await newTeam(work, { name: localTeam, displayName: 'This machine', adminId: userId }, { now: at, actor: thisMachine }) };
};

/** The machine's name of a person as one of ours: "Ada Lovelace" → ada-lovelace */
export const usernameOf = (name: string): string => {
  const letters = name.normalize('NFKD').toLowerCase().replace(/[^a-z0-9._-]+/g, '-').replace(/^[^a-z]+|-+$/g, '').slice(0, 32);
  return username.safeParse(letters).success ? letters : 'person';
};
