import { z } from 'zod';
import { example } from '../../auth/examples.ts';
import type { Base } from '../../base.ts';
import { route } from '../../routes/route.ts';
import type { Ask, Route } from '../../routes/route.ts';
import { roomPerson } from '../../sessions/people.ts';
import { teamNamed } from '../../sessions/team-named.ts';
import { viewerOf } from '../../sessions/visible.ts';
import { toldTo } from '../told.ts';
import type { Told } from '../told.ts';
import { askForAccess } from './ask.ts';
import type { Asked } from './ask.ts';
import { letIn, turnAway } from './decide.ts';
import { decidersOf } from './deciders.ts';
import { accessRequest, waitingFor } from './waiting.ts';

const at = '/api/v1/sessions/:tool/:nativeId/access-requests';
const path = { tool: z.string().min(1).max(40).describe('First half of the session\'s id.'), nativeId: z.string().min(1).max(300).describe('Second half of the session\'s id.') };
const team = z.string().min(1).max(64);
const inTeam = z.object({ team: team.exactOptional().describe('Id of the team, when several teams of yours know the session.') });
const requests = z.object({ requests: z.array(accessRequest) });
const person = z.object({ ...path, user: z.string().min(1).max(64).describe('Id of who asks.') });

/** Requests to be let into a closed room [C14]: whoever asks learns nothing by it; owners and hosts are told and answer with one click. */
export const requestRoutes = (base: Base, tell: (told: Told) => void): readonly Route[] => {
  const { store } = base;
  const tellThem = (event: string, { teamId, userIds, data }: { readonly teamId: string; readonly userIds: readonly string[]; readonly data: Told['data'] }): void => {
    for (const userId of userIds) tell(toldTo({ event, userId, teamId, data }));
  };
  const decided = async ({ found: { session } }: Pick<Ask, 'found'>, user: string): Promise<void> => tellThem('access_decided', { teamId: session.team_id, userIds: await decidersOf(store, session), data: { session: session.session_key, user_id: user } });
  return [
    route({
      method: 'post', path: at, tag: 'rooms', summary: 'Asks to be let into a room', access: { who: 'person' }, params: z.object(path), perMinute: 10,
      query: z.object({ team: team.describe('Id or name of the team it belongs to.') }),
      answers: { status: 202, schema: z.object({ state: z.enum(['asked', 'open']).describe('open: you may see it already.') }), about: 'If there is such a session in the team, its owner and hosts are told. The answer is the same if there is none.' },
      example: { query: { team: 'reds' } },
      handle: async (ask) => {
        const { state, toTell } = await askForAccess(store, { person: ask.person, now: ask.now, key: `${ask.params.tool}/${ask.params.nativeId}`, team: ask.query.team });
        if (toTell) tellThem('access_requested', { teamId: toTell.session.team_id, userIds: toTell.userIds, data: { session: toTell.session.session_key, sender_name: `@${ask.person.name}` } });
        return { state } satisfies Asked;
      },
    }),
    route({
      method: 'get', path: '/api/v1/access-requests', tag: 'rooms', summary: 'Who asks to be let into rooms of yours', access: { who: 'person' }, query: z.object({ team: team.exactOptional().describe('Name or id of a team. Absent: all of yours.') }),
      answers: { schema: requests, about: 'Requests you may answer, the newest first.' }, example: { query: { team: 'reds' } },
      handle: async ({ person: { userId }, query }) => ({ requests: await waitingFor(store, { userId, ...(query.team === undefined ? {} : { teamId: await teamNamed(store, await viewerOf(store, userId), query.team) }) }) }),
    }),
    route({
      method: 'get', path: at, tag: 'rooms', summary: 'Who asks to be let into this room', access: { who: 'session', act: 'session:people' }, params: z.object(path), query: inTeam,
      answers: { schema: requests, about: 'The newest first.' }, example: {},
      handle: async ({ person: { userId }, found: { session } }) => ({ requests: await waitingFor(store, { userId, teamId: session.team_id, key: session.session_key }) }),
    }),
    route({
      method: 'put', path: `${at}/:user`, tag: 'rooms', summary: 'Lets somebody in who asked', access: { who: 'session', act: 'session:people' }, params: person, query: inTeam,
      body: z.strictObject({ role: z.enum(['host', 'editor', 'viewer']).describe('What they become; suggestedRole of the request fits.') }),
      answers: { schema: z.object({ people: z.array(roomPerson) }), about: 'Everybody with a role, as it is now.' }, example: { params: { user: example.otherUser }, body: { role: 'viewer' } },
      handle: async (ask) => {
        const { session } = ask.found;
        const people = await letIn(base, ask, { userId: ask.params.user, role: ask.body.role });
        tellThem('access_granted', { teamId: session.team_id, userIds: [ask.params.user], data: { session: session.session_key, sender_name: `@${ask.person.name}` } });
        await decided(ask, ask.params.user);
        return { people };
      },
    }),
    route({
      method: 'delete', path: `${at}/:user`, tag: 'rooms', summary: 'Turns a request down', access: { who: 'session', act: 'session:people' }, params: person, query: inTeam,
      answers: { about: 'It is gone. Whoever asked is not told, and can ask again a day later.' }, example: { params: { user: example.otherUser } },
      handle: async (ask) => {
        await turnAway(base, ask, ask.params.user);
        await decided(ask, ask.params.user);
      },
    }),
  ];
};
