import { z } from 'zod';
import { commandKinds } from 'watchroom/wire';
import type { Base } from '../base.ts';
import { badRequest } from '../routes/errors.ts';
import { route } from '../routes/route.ts';
import type { Ask, Route } from '../routes/route.ts';
import type { AskAgent } from './ask.ts';
import { currentSession } from './current.ts';
import { describe, description } from './describe.ts';
import { detailsOf, healthOf, hiddenDetails, sessionDetails, sessionHealth } from './details.ts';
import { filesOf, touchedFile } from './files.ts';
import { sessionFilters } from './filters.ts';
import { historyOf, sessionHistory, steps } from './history.ts';
import type { Step } from './history.ts';
import { listSessions } from './list.ts';
import type { SessionPage } from './list.ts';
import { iso, personShape, sessionItem } from './list-item.ts';
import { sessionNow, withNow, withWatchers } from './list-now.ts';
import type { Here, IdOf } from './list-now.ts';
import { giveRoles, inRoom, roomPerson, roomRoles, takeRole } from './people.ts';
import { whileUnchanged } from './page-memory.ts';
import { purge } from './purge.ts';
import { conflictsFor, fileConflict } from './radar.ts';
import { removeSession } from './remove.ts';
import { teamNamed } from './team-named.ts';
import { timeline, timelineOf } from './timeline.ts';
import { viewerOf } from './visible.ts';
import { numbersBehind, publicNumbers, setVisibility, visibilities } from './visibility.ts';
import { takeDelivery, webhookAnswer, webhookBody } from './webhook.ts';

const at = '/api/v1/sessions/:tool/:nativeId';
const sessionPath = {
  tool: z.string().min(1).max(40).describe('First half of the session\'s id.'),
  nativeId: z.string().min(1).max(300).describe('Second half of the session\'s id.'),
};
const session = z.object(sessionPath);
const inTeam = z.object({ team: z.string().min(1).max(64).exactOptional().describe('Id of the team, when several teams of yours know the session.') });
const example = { tool: 'claude', nativeId: '1af7c9d2-0000-4000-8000-000000000001' };
const moment = z.iso.datetime({ offset: true }).transform((text) => Date.parse(text));
const named = z.string().min(1).max(64);
const role = z.enum(roomRoles).describe('host: runs the room with the owner. editor: writes. viewer: reads. owner: a co-owner, made by owners only.');
const shareRole = z.enum(['host', 'editor', 'viewer']);

/** Everything one can ask of sessions. */
export const sessionRoutes = (base: Base, { askAgent, here = () => [] }: { readonly askAgent: AskAgent; /** Who looks at the room of a session: ids of people. */ readonly here?: Here }): readonly Route[] => [list(base, here), ...ownAndRadar(base), ...oneSession(base), ...changing(base, askAgent), ...room(base), ...atLarge(base)];

const list = ({ store }: Base, here: Here): Route => {
  const remembered = whileUnchanged<{ readonly page: SessionPage; readonly idOf?: IdOf }>(store);
  return route({
    method: 'get', path: '/api/v1/sessions', tag: 'sessions', summary: 'Lists the sessions you may see, the most recently active first', access: { who: 'person' },
    query: z.object({ ...sessionFilters, after: z.string().max(400).exactOptional().describe('"next" of the page before.'), limit: z.coerce.number().int().min(1).max(50).default(50), with: z.literal('now').exactOptional().describe('Tells of each also what it does now.') }),
    answers: {
      about: 'A page.',
      schema: z.object({
        sessions: z.array(sessionItem.extend({ now: sessionNow.optional() })),
        next: z.string().optional().describe('For the next page, as "after". Absent: this is the last one.'),
        hidden: z.array(z.object({ team: z.string(), owner: personShape, state: z.string(), visibility: z.literal('private') })).optional().describe('On the first page, to admins: others\' private sessions, at most 200.'),
      }),
    },
    example: { query: { status: 'live', limit: '20' } },
    handle: async ({ person: { userId }, query, now }) => {
      const { page, idOf } = await remembered({ key: JSON.stringify([userId, query]), now }, async () => {
        const { after, limit, with: more, ...filters } = query;
        const page = await listSessions(store, { userId, filters, limit, now, ...(after === undefined ? {} : { after }) });
        if (more === undefined) return { page };
        const { sessions, idOf } = await withNow(store, page.sessions);
        return { page: { ...page, sessions }, idOf };
      });
      // Who looks is written nowhere, so it is not remembered.
      return idOf === undefined ? page : { ...page, sessions: await withWatchers(store, page.sessions, { idOf, here }) };
    },
  });
};

const ownAndRadar = (base: Base, { store } = base): readonly Route[] => [
  route({
    method: 'get', path: '/api/v1/current-session', tag: 'sessions', summary: 'Your newest live session, else the last one you had', access: { who: 'person' },
    answers: { about: 'The session; none of yours is known: only "live".', schema: z.object({ live: z.boolean(), session: sessionDetails.optional() }) },
    example: {},
    handle: async ({ person, now }) => {
      const current = await currentSession(store, { userId: person.userId, now });
      return current === undefined ? { live: false } : { live: current.live, session: await detailsOf(base, current.found, now) };
    },
  }),
  route({
    method: 'get', path: '/api/v1/radar', tag: 'sessions', summary: 'Files that two live sessions edit, over all machines', access: { who: 'person' },
    query: z.object({ team: z.string().min(1).max(200).exactOptional().describe('Name or id of a team. Absent: all of yours.') }),
    answers: { about: 'Conflicts between sessions that you may see, the latest edit first.', schema: z.object({ conflicts: z.array(fileConflict) }) },
    example: { query: { team: 'reds' } },
    handle: async ({ person, query: { team }, now }) => {
      const viewer = await viewerOf(store, person.userId);
      return { conflicts: await conflictsFor(store, { viewer, now, ...(team === undefined ? {} : { teamId: await teamNamed(store, viewer, team) }) }) };
    },
  }),
];

const oneSession = (base: Base, { store } = base): readonly Route[] => [
  route({
    method: 'get', path: at, tag: 'sessions', summary: 'A session with everything you may know of it', access: { who: 'session', act: 'session:know' }, params: session, query: inTeam,
    answers: { about: 'The session. An admin of the team gets of another\'s private session whose it is and its state.', schema: z.union([sessionDetails, hiddenDetails]) },
    example: { params: example },
    handle: ({ found, now }) => detailsOf(base, found, now),
  }),
  route({
    method: 'get', path: `${at}/health`, tag: 'sessions', summary: 'Its health, with factors and what is missing', access: { who: 'session', act: 'session:see' }, params: session, query: inTeam,
    answers: { about: 'The health as last told.', schema: sessionHealth }, example: { params: example },
    handle: ({ found, now }) => healthOf(store, found.session, now),
  }),
  route({
    method: 'get', path: `${at}/history`, tag: 'sessions', summary: 'How it grew', access: { who: 'session', act: 'session:see' }, params: session,
    query: inTeam.extend({ from: moment.exactOptional().describe('Samples that begin at this time or later.'), to: moment.exactOptional().describe('Samples that begin before this time.'), step: z.enum(Object.keys(steps) as [Step, ...Step[]]).default('hour') }),
    answers: { about: 'Its growth by the step, in UTC.', schema: sessionHistory }, example: { params: example, query: { from: '2026-11-01T00:00:00Z', step: 'day' } },
    handle: ({ found, query: { from, to, step } }) => historyOf(store, { sessionId: found.session.id, step, ...(from === undefined ? {} : { from }), ...(to === undefined ? {} : { to }) }),
  }),
  route({
    method: 'get', path: `${at}/timeline`, tag: 'sessions', summary: 'What happened in it, without content', access: { who: 'session', act: 'session:see' }, params: session, query: inTeam,
    answers: { about: 'Its facts.', schema: timeline }, example: { params: example },
    handle: ({ found }) => timelineOf(store, found.session),
  }),
  route({
    method: 'get', path: `${at}/files`, tag: 'sessions', summary: 'Files it touched, and who else edits them now', access: { who: 'session', act: 'session:see' }, params: session, query: inTeam,
    answers: { about: 'The latest touched first; paths as its owner lets the agent tell them.', schema: z.object({ files: z.array(touchedFile) }) }, example: { params: example },
    handle: async ({ found, person, now }) => ({ files: await filesOf(store, { session: found.session, viewer: await viewerOf(store, person.userId), now }) }),
  }),
];

const changing = (base: Base, askAgent: AskAgent): readonly Route[] => [
  route({
    method: 'put', path: at, tag: 'sessions', summary: 'Sets tags, project and description', access: { who: 'session', act: 'session:describe' }, params: session, query: inTeam, body: description,
    answers: { about: 'The session as it is now.', schema: sessionDetails }, example: { params: example, body: { tags: ['release'], project: 'shop', description: 'Cutting the release' } },
    handle: async ({ found, body, now }) => detailsOf(base, { ...found, session: await describe(base, { session: found.session, words: body, now }) }, now),
  }),
  route({
    method: 'delete', path: at, tag: 'sessions', summary: 'Deletes it with its room, for good', access: { who: 'session', act: 'session:delete' }, params: session, query: inTeam,
    answers: { about: 'It is gone, and its agent\'s next report does not bring it back.' }, example: { params: example },
    handle: ({ found, actor, now }) => removeSession(base, { session: found.session, actor, now }),
  }),
  route({
    method: 'put', path: `${at}/visibility`, tag: 'sessions', summary: 'Opens it to more people, or closes it', access: { who: 'session', act: 'session:close' }, params: session, query: inTeam,
    body: z.strictObject({ visibility: z.enum(visibilities).describe('private: the room\'s people. team: everybody in the team. public: besides, whoever has the link. Only owners open.') }),
    answers: { about: 'How it is now. A public link is told once; setting "public" again makes another one.', schema: z.object({ visibility: z.enum(visibilities), publicLink: z.string().optional() }) },
    example: { params: example, body: { visibility: 'private' } },
    handle: (ask) => setVisibility(base, ask, ask.body.visibility),
  }),
  route({
    method: 'post', path: `${at}/commands`, tag: 'sessions', summary: 'Asks its agent to stop it, or to report all of it now', access: { who: 'session', act: 'agent:ask' }, params: session, query: inTeam, perMinute: 60,
    body: z.strictObject({ kind: z.enum(commandKinds).describe('Obeyed only where its owner allowed it on their command line.') }),
    answers: { status: 202, about: 'The agent is asked; its answer comes by socket (agent:answered) and stands in the timeline.', schema: z.object({ id: z.string(), expiresAt: z.iso.datetime() }) },
    example: { params: example, body: { kind: 'export' } },
    handle: async ({ found, actor, person, body: { kind } }) => {
      const { id, expiresAt } = await askAgent(base, { session: found.session, kind, actor: { ...actor, id: person.userId } });
      return { id, expiresAt: iso(expiresAt) };
    },
  }),
];

const people = z.object({ people: z.array(roomPerson) });

const room = (base: Base): readonly Route[] => [
  route({
    method: 'get', path: `${at}/people`, tag: 'sessions', summary: 'Who has a role in its room', access: { who: 'session', act: 'session:see' }, params: session, query: inTeam,
    answers: { about: 'The owner first.', schema: people }, example: { params: example },
    handle: async ({ found }) => ({ people: await inRoom(base.store, found.session.id) }),
  }),
  route({
    method: 'put', path: `${at}/people`, tag: 'sessions', summary: 'Gives somebody a role in its room', access: { who: 'session', act: 'session:people' }, params: session, query: inTeam,
    body: z.strictObject({ user: named.describe('Name or id of somebody in the team.'), role }),
    answers: { about: 'Everybody with a role, as it is now.', schema: people }, example: { params: example, body: { user: 'viewer', role: 'editor' } },
    handle: async (ask) => ({ people: await giveRoles(base, ask, { users: [ask.body.user], role: ask.body.role }) }),
  }),
  route({
    method: 'delete', path: `${at}/people/:user`, tag: 'sessions', summary: 'Takes somebody\'s role in its room away', access: { who: 'session', act: 'session:people' }, params: z.object({ ...sessionPath, user: named }), query: inTeam,
    answers: { about: 'It is gone; so are their live views, unless the session is open to them anyway.' }, example: { params: { ...example, user: 'viewer' } },
    handle: (ask) => takeRole(base, ask, ask.params.user),
  }),
  route({
    method: 'post', path: `${at}/share`, tag: 'sessions', summary: 'Invites people of the team to its room', access: { who: 'session', act: 'session:people' }, params: session, query: inTeam,
    body: z.strictObject({ users: z.array(named).min(1).max(50).describe('Names or ids. All of them get the role, or nobody does.'), role: shareRole.default('viewer') }),
    answers: { about: 'Everybody with a role, as it is now.', schema: people }, example: { params: example, body: { users: ['viewer'], role: 'viewer' } },
    handle: async (ask) => ({ people: await giveRoles(base, ask, ask.body) }),
  }),
];

const atLarge = (base: Base): readonly Route[] => [
  route({
    method: 'get', path: '/api/v1/public/:secret', tag: 'sessions', summary: 'The numbers of a session behind a public link', access: { who: 'everybody' }, params: z.object({ secret: z.string().min(1).max(200) }), perMinute: 120,
    answers: { about: 'Numbers only, not to be indexed.', schema: publicNumbers },
    handle: ({ params: { secret }, response }) => {
      response.set('X-Robots-Tag', 'noindex, nofollow');
      return numbersBehind(base.store, secret);
    },
  }),
  route({
    method: 'post', path: '/api/v1/teams/:team/session-webhook', tag: 'sessions', summary: 'A wrapper or script tells of a session of yours', access: { who: 'team', act: 'agent:connect' }, params: z.object({ team: z.string().min(1).max(64) }), body: webhookBody,
    answers: { about: 'Taken. With the header Idempotency-Key the same delivery counts once within 24 hours.', schema: webhookAnswer },
    example: { params: { team: 'reds' }, body: { name: 'nightly', tool: 'aider', status: 'COMPLETED', costUsd: 0.42, tokens: { input: 12_000, output: 900 }, turns: 3, durationMs: 95_000, project: 'shop' } },
    handle: ({ team, person, body, now, request }) => takeDelivery(base, { teamId: team.id, userId: person.userId, body, key: idempotencyKey(request), now }),
  }),
  route({
    method: 'get', path: '/api/v1/teams/:team/retention', tag: 'sessions', summary: 'What the next nightly retention would delete', access: { who: 'team', act: 'team:change' }, params: z.object({ team: z.string().min(1).max(64) }),
    answers: { about: 'A dry run; nothing is deleted. Without retentionDays in the team\'s settings nothing ever is.', schema: z.object({ retentionDays: z.int().optional(), sessions: z.int(), oldest: z.iso.datetime().optional() }) },
    example: { params: { team: 'reds' } },
    handle: async ({ team, now }) => {
      const [due] = await purge(base, now, { dryRun: true, teamId: team.id });
      return due === undefined ? { sessions: 0 } : { retentionDays: due.retentionDays, sessions: due.sessions, ...(due.oldest === undefined ? {} : { oldest: iso(due.oldest) }) };
    },
  }),
];

const idempotencyKey = (request: Ask['request']): string | undefined => {
  const key = request.get('idempotency-key');
  if (key !== undefined && (key === '' || key.length > 200)) throw badRequest('Idempotency-Key must have 1 to 200 characters.', 'idempotency');
  return key;
};
