import { z } from 'zod';
import { example } from '../auth/examples.ts';
import { inviteSecret, openInvite, takeInvite, tellJoined } from '../auth/invite.ts';
import { id, teamOfPath } from '../auth/names.ts';
import { dayMs, iso, isoTime } from '../auth/time.ts';
import type { Base } from '../base.ts';
import { conflict, notFound } from '../routes/errors.ts';
import { route } from '../routes/route.ts';
import type { Ask, Route } from '../routes/route.ts';
import { audit } from '../store/audit.ts';
import { hashOf, newId, newSecret } from '../store/ids.ts';
import type { Store, Work } from '../store/open.ts';
import type { InviteTable } from '../store/schema.ts';
import { teamSettingsOf } from '../store/team-settings.ts';

/** An invite is good for a week (ROOMS.md 6). */
const lifeMs = 7 * dayMs;

const uses = z.int().min(1).max(1000).default(1).describe('How many people may use it.');
const inviteRole = z.enum(['admin', 'member', 'viewer', 'guest-editor', 'guest-viewer']);
const inviteAnswer = z.object({
  id: z.string(), role: inviteRole, room: z.boolean().describe('To one room only.'), usesLeft: z.int(), createdBy: z.string().describe('Id of who made it.'), createdAt: isoTime, expiresAt: isoTime,
}).meta({ id: 'Invite' });
const newInviteAnswer = inviteAnswer.extend({ link: z.string().describe('To be given on. Told this once.') }).meta({ id: 'NewInvite' });
const inviteList = z.object({ invites: z.array(inviteAnswer) });
const inviteOfPath = teamOfPath.extend({ invite: id });
const sessionOfPath = z.object({ tool: z.string().min(1).max(64).describe('The tool of the session.'), nativeId: z.string().min(1).max(400).describe('The tool\'s own id of it.') });

/** Inviting people to a team or to one room, and what becomes of it. */
export const inviteRoutes = (base: Base): readonly Route[] => [
  route({
    method: 'post', path: '/api/v1/teams/:team/invites', tag: 'teams', summary: 'Invite people to a team', access: { who: 'team', act: 'invite:make' }, params: teamOfPath, scope: 'admin',
    body: z.strictObject({ role: z.enum(['admin', 'member', 'viewer']).describe('What they will be.'), uses }),
    answers: { status: 201, schema: newInviteAnswer, about: 'The invite with its link.' },
    example: { params: { team: example.team }, body: { role: 'member', uses: 5 } },
    handle: (ask) => makeInvite(base, { ask, teamId: ask.team.id, role: ask.body.role, uses: ask.body.uses }),
  }),
  route({
    method: 'get', path: '/api/v1/teams/:team/invites', tag: 'teams', summary: 'Open invites of a team', access: { who: 'team', act: 'invite:make' }, params: teamOfPath,
    answers: { schema: inviteList, about: 'Those that can still be used, to rooms included; never their links.' },
    example: { params: { team: example.team } },
    handle: async ({ team, now }) => ({ invites: (await openRows(base.store, { teamId: team.id, now })).map(tell) }),
  }),
  route({
    method: 'delete', path: '/api/v1/teams/:team/invites/:invite', tag: 'teams', summary: 'Revoke an invite', access: { who: 'team', act: 'invite:make' }, params: inviteOfPath, scope: 'admin',
    answers: { about: 'Nobody can use it any more.' },
    example: { params: { team: example.team, invite: example.invite } },
    handle: ({ team, params: { invite }, now, actor }) => revoke(base, { teamId: team.id, invite, now, actor }),
  }),
  route({
    method: 'post', path: '/api/v1/sessions/:tool/:nativeId/invites', tag: 'sessions', summary: 'Invite people to one room', access: { who: 'session', act: 'session:people' }, params: sessionOfPath,
    body: z.strictObject({ role: z.enum(['editor', 'viewer']).describe('Whether they may write.'), uses }),
    answers: { status: 201, schema: newInviteAnswer, about: 'The invite with its link. Whoever is not in the team becomes a guest, who sees this room only.' },
    example: { params: { tool: 'claude', nativeId: 'open-one' }, body: { role: 'viewer' } },
    handle: (ask) => makeInvite(base, { ask, teamId: ask.found.session.team_id, sessionId: ask.found.session.id, role: `guest-${ask.body.role}`, uses: ask.body.uses }),
  }),
  route({
    method: 'get', path: '/api/v1/sessions/:tool/:nativeId/invites', tag: 'sessions', summary: 'Open invites to a room', access: { who: 'session', act: 'session:people' }, params: sessionOfPath,
    answers: { schema: inviteList, about: 'Those that can still be used; never their links.' },
    example: { params: { tool: 'claude', nativeId: 'open-one' } },
    handle: async ({ found: { session }, now }) => ({ invites: (await openRows(base.store, { teamId: session.team_id, sessionId: session.id, now })).map(tell) }),
  }),
  route({
    method: 'delete', path: '/api/v1/sessions/:tool/:nativeId/invites/:invite', tag: 'sessions', summary: 'Revoke an invite to a room', access: { who: 'session', act: 'session:people' }, params: sessionOfPath.extend({ invite: id }),
    answers: { about: 'Nobody can use it any more.' },
    example: { params: { tool: 'claude', nativeId: 'open-one', invite: example.roomInvite } },
    handle: ({ found: { session }, params: { invite }, now, actor }) => revoke(base, { teamId: session.team_id, sessionId: session.id, invite, now, actor }),
  }),
  route({
    method: 'post', path: '/api/v1/invites/look', tag: 'teams', summary: 'What an invite is for', access: { who: 'everybody' }, perMinute: 120,
    body: z.strictObject({ invite: inviteSecret }),
    answers: { schema: z.object({ team: z.string().describe('How the team is called.'), role: inviteRole, session: z.string().exactOptional().describe('The one room, <tool>/<native id>.'), expiresAt: isoTime }), about: 'To which team or room, in which role.' },
    example: { body: { invite: example.inviteSecret } },
    handle: async ({ body, now }) => {
      const { invite, team, sessionKey } = await openInvite(base.store, { secret: body.invite, now });
      return { team: team.displayName, role: invite.role, expiresAt: iso(invite.expires_at), ...(sessionKey === undefined ? {} : { session: sessionKey }) };
    },
  }),
  route({
    method: 'post', path: '/api/v1/invites/accept', tag: 'teams', summary: 'Accept an invite with the account you have', access: { who: 'person' },
    body: z.strictObject({ invite: inviteSecret }),
    answers: { schema: z.object({ team: z.string().describe('Name of the team.'), role: z.enum(['admin', 'member', 'viewer', 'guest']), session: z.string().exactOptional() }), about: 'You are in.' },
    example: { body: { invite: example.inviteSecret } },
    handle: async ({ person: { userId }, body, now, actor }) => {
      const joined = await base.store.transaction().execute(async (work) => takeInvite(work, { invite: await openInvite(work, { secret: body.invite, now }), userId, now, actor }));
      tellJoined(base, joined);
      return { team: joined.teamName, role: joined.role, ...(joined.sessionKey === undefined ? {} : { session: joined.sessionKey }) };
    },
  }),
];

interface Wanted { readonly ask: { readonly person: Pick<Ask['person'], 'userId'> } & Pick<Ask, 'now' | 'actor'>; readonly teamId: string; readonly sessionId?: string; readonly role: InviteTable['role']; readonly uses: number }

/** Makes an invite to a team or to one room. */
export const makeInvite = (base: Base, { ask: { person, now, actor }, teamId, sessionId, role, uses: usesLeft }: Wanted): Promise<z.output<typeof newInviteAnswer>> =>
  base.store.transaction().execute(async (work) => {
    await checkInvitesLeft(work, { teamId, now });
    const secret = newSecret('wri_');
    const row: InviteTable = { id: newId(), team_id: teamId, session_id: sessionId ?? null, role, hash: hashOf(secret), uses_left: usesLeft, created_by: person.userId, created_at: now, expires_at: now + lifeMs, revoked_at: null };
    await work.insertInto('invites').values(row).execute();
    await audit(work, { at: now, teamId, actor, action: 'invite:create', target: row.id, after: { role, uses: usesLeft, ...(sessionId === undefined ? {} : { sessionId }) } });
    return { ...tell(row), link: `${base.settings.publicUrl}/join#${secret}` };
  });

const checkInvitesLeft = async (work: Work, { teamId, now }: { readonly teamId: string; readonly now: number }): Promise<void> => {
  const { settings } = await work.selectFrom('teams').select('settings').where('id', '=', teamId).executeTakeFirstOrThrow();
  const most = teamSettingsOf(settings).limits.openInvites;
  if ((await openRows(work, { teamId, now })).length >= most) throw conflict(`This team has ${most} open invites already. Revoke some, or raise the limit in the team's settings.`, 'too_many_invites');
};

const revoke = (base: Base, { teamId, sessionId, invite, now, actor }: { readonly teamId: string; readonly sessionId?: string; readonly invite: string; readonly now: number; readonly actor: Ask['actor'] }): Promise<void> =>
  base.store.transaction().execute(async (work) => {
    const row = (await openRows(work, { teamId, now, ...(sessionId === undefined ? {} : { sessionId }) })).find((one) => one.id === invite);
    if (row === undefined) throw notFound('There is no open invite with that id.');
    await work.updateTable('invites').set({ revoked_at: now }).where('id', '=', invite).execute();
    await audit(work, { at: now, teamId, actor, action: 'invite:revoke', target: invite, before: { role: row.role, usesLeft: row.uses_left } });
  });

/** Makes every open invite to a room void, or to any room. */
export const revokeInvites = async (work: Work, { sessionId, now, actor }: { readonly sessionId?: string; readonly now: number; readonly actor: Ask['actor'] }): Promise<void> => {
  const open = work.updateTable('invites').set({ revoked_at: now }).where('revoked_at', 'is', null).where('expires_at', '>', now).where('uses_left', '>', 0);
  const revoked = await (sessionId === undefined ? open.where('session_id', 'is not', null) : open.where('session_id', '=', sessionId)).returningAll().execute();
  for (const { id: target, team_id: teamId, role, uses_left: usesLeft } of revoked) await audit(work, { at: now, teamId, actor, action: 'invite:revoke', target, before: { role, usesLeft } });
};

const openRows = (store: Store | Work, { teamId, sessionId, now }: { readonly teamId: string; readonly sessionId?: string; readonly now: number }): Promise<readonly InviteTable[]> => {
  const open = store.selectFrom('invites').selectAll().where('team_id', '=', teamId).where('revoked_at', 'is', null).where('expires_at', '>', now).where('uses_left', '>', 0).orderBy('created_at', 'desc');
  return (sessionId === undefined ? open : open.where('session_id', '=', sessionId)).execute();
};

const tell = (row: InviteTable): z.output<typeof inviteAnswer> => ({ id: row.id, role: row.role, room: row.session_id !== null, usesLeft: row.uses_left, createdBy: row.created_by, createdAt: iso(row.created_at), expiresAt: iso(row.expires_at) });
