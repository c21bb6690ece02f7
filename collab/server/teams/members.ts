import { z } from 'zod';
import { example } from '../auth/examples.ts';
import { id, teamOfPath } from '../auth/names.ts';
import { newResetLink, resetLinkAnswer } from '../auth/reset.ts';
import { keepAnAdmin } from '../auth/team.ts';
import { iso, isoTime } from '../auth/time.ts';
import type { Base } from '../base.ts';
import { forbidden, notFound } from '../routes/errors.ts';
import { route } from '../routes/route.ts';
import type { Ask, Route } from '../routes/route.ts';
import { audit } from '../store/audit.ts';
import type { Work } from '../store/open.ts';
import type { TeamRole } from '../store/schema.ts';

const memberAnswer = z.object({ id: z.string(), username: z.string(), displayName: z.string(), role: z.enum(['admin', 'member', 'viewer', 'guest']), joinedAt: isoTime }).meta({ id: 'Member' });
const memberOfPath = teamOfPath.extend({ user: id.describe('Id of the member.') });

/** More rights have the higher number. */
const ranks: Readonly<Record<TeamRole | 'guest', number>> = { guest: 0, viewer: 1, member: 2, admin: 3 };

/** The people of a team. */
export const memberRoutes = (base: Base): readonly Route[] => [
  route({
    method: 'get', path: '/api/v1/teams/:team/members', tag: 'teams', summary: 'Who is in a team', access: { who: 'team', act: 'team:see' }, params: teamOfPath,
    answers: { schema: z.object({ members: z.array(memberAnswer) }), about: 'Everybody, by name. A guest sees only the rooms it was invited to.' },
    example: { params: { team: example.team } },
    handle: async ({ team }) => {
      const rows = await base.store.selectFrom('members').innerJoin('users', 'users.id', 'members.user_id').select(['users.id', 'users.username', 'users.display_name', 'members.role', 'members.joined_at'])
        .where('members.team_id', '=', team.id).where('users.deleted_at', 'is', null).orderBy('users.username').execute();
      return { members: rows.map((row) => ({ id: row.id, username: row.username, displayName: row.display_name, role: row.role, joinedAt: iso(row.joined_at) })) };
    },
  }),
  route({
    method: 'patch', path: '/api/v1/teams/:team/members/:user', tag: 'teams', summary: 'Change somebody\'s role', access: { who: 'team', act: 'member:manage' }, params: memberOfPath, scope: 'admin',
    body: z.strictObject({ role: z.enum(['admin', 'member', 'viewer']).describe('What they are from now on.') }),
    answers: { about: 'Their role is changed; live connections that see too much are closed.' },
    example: { params: { team: example.team, user: example.otherUser }, body: { role: 'viewer' } },
    handle: async ({ team, params: { user }, body: { role }, now, actor }) => {
      const before = await base.store.transaction().execute(async (work) => {
        const was = await roleOf(work, { teamId: team.id, userId: user });
        if (was === role) return was;
        if (was === 'admin') await keepAnAdmin(work, { teamId: team.id, userId: user });
        await work.updateTable('members').set({ role }).where('team_id', '=', team.id).where('user_id', '=', user).execute();
        await audit(work, { at: now, teamId: team.id, actor, action: 'member:role', target: user, before: { role: was }, after: { role } });
        return was;
      });
      if (ranks[role] < ranks[before]) base.events.emit('access:lost', { userId: user, teamId: team.id });
    },
  }),
  route({
    method: 'delete', path: '/api/v1/teams/:team/members/:user', tag: 'teams', summary: 'Remove somebody from a team', access: { who: 'team', act: 'member:manage' }, params: memberOfPath, scope: 'admin',
    answers: { schema: z.object({ openInvites: z.int().describe('Invites that somebody who knows them could still use; revoke those you do not trust.') }), about: 'They see nothing of it any more, their tokens for it are void.' },
    example: { params: { team: example.team, user: example.otherUser } },
    handle: async ({ team, params: { user }, now, actor }) => {
      const openInvites = await base.store.transaction().execute(async (work) => {
        await removeMember(work, { teamId: team.id, userId: user, action: 'member:remove', now, actor });
        const rows = await work.selectFrom('invites').select('id').where('team_id', '=', team.id).where('revoked_at', 'is', null).where('expires_at', '>', now).where('uses_left', '>', 0).execute();
        return rows.length;
      });
      base.events.emit('access:lost', { userId: user, teamId: team.id });
      return { openInvites };
    },
  }),
  route({
    method: 'post', path: '/api/v1/teams/:team/leave', tag: 'teams', summary: 'Leave a team', access: { who: 'team', act: 'team:leave' }, params: teamOfPath, scope: 'admin',
    answers: { about: 'You are not in it any more.' },
    example: { params: { team: example.team } },
    handle: async ({ team, person: { userId }, now, actor }) => {
      await base.store.transaction().execute((work) => removeMember(work, { teamId: team.id, userId, action: 'member:leave', now, actor }));
      base.events.emit('access:lost', { userId, teamId: team.id });
    },
  }),
  route({
    method: 'post', path: '/api/v1/teams/:team/members/:user/reset', tag: 'teams', summary: 'Make a link with which a member sets a new password', access: { who: 'team', act: 'member:manage' }, params: memberOfPath, scope: 'admin',
    answers: { status: 201, schema: resetLinkAnswer, about: 'The link; an older one is void.' },
    example: { params: { team: example.team, user: example.otherUser } },
    handle: ({ team, params: { user }, person, now, actor }) => base.store.transaction().execute(async (work) => {
      await roleOf(work, { teamId: team.id, userId: user });
      await checkOwnPerson(work, { adminId: person.userId, userId: user });
      return newResetLink(work, { userId: user, publicUrl: base.settings.publicUrl, now, actor });
    }),
  }),
];

/** Takes somebody out of a team, with their places in its rooms and their tokens for it. Sessions they own stay theirs by name. */
const removeMember = async (work: Work, { teamId, userId, action, now, actor }: { readonly teamId: string; readonly userId: string; readonly action: 'member:remove' | 'member:leave'; readonly now: number; readonly actor: Ask['actor'] }): Promise<void> => {
  const role = await roleOf(work, { teamId, userId });
  if (role === 'admin') await keepAnAdmin(work, { teamId, userId });
  await work.deleteFrom('members').where('team_id', '=', teamId).where('user_id', '=', userId).execute();
  await work.deleteFrom('session_people').where('user_id', '=', userId).where('session_id', 'in', (from) => from.selectFrom('sessions').select('id').where('team_id', '=', teamId)).execute();
  await work.updateTable('tokens').set({ revoked_at: now }).where('team_id', '=', teamId).where('user_id', '=', userId).where('revoked_at', 'is', null).execute();
  await audit(work, { at: now, teamId, actor, action, target: userId, before: { role } });
};

const roleOf = async (work: Work, { teamId, userId }: { readonly teamId: string; readonly userId: string }): Promise<TeamRole | 'guest'> => {
  const row = await work.selectFrom('members').select('role').where('team_id', '=', teamId).where('user_id', '=', userId).executeTakeFirst();
  if (row === undefined) throw notFound('Nobody with that id is in this team.');
  return row.role;
};

/** Whoever sets a password can sign in as that person: an admin may for people of their own teams only, and never for whoever runs the hub. */
const checkOwnPerson = async (work: Work, { adminId, userId }: { readonly adminId: string; readonly userId: string }): Promise<void> => {
  const { operator } = await work.selectFrom('users').select('operator').where('id', '=', userId).executeTakeFirstOrThrow();
  const elsewhere = await work.selectFrom('members').innerJoin('teams', 'teams.id', 'members.team_id').select('teams.id').where('members.user_id', '=', userId).where('teams.deleted_at', 'is', null)
    .where('teams.id', 'not in', (from) => from.selectFrom('members').select('team_id').where('user_id', '=', adminId).where('role', '=', 'admin')).limit(1).execute();
  if (operator === 1 || elsewhere.length > 0) throw forbidden('This person has rights that you do not have (other teams, or the hub itself). Whoever runs the hub can make the link.', 'ask_the_operator');
};
