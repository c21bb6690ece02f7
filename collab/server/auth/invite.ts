import { z } from 'zod';
import { foundSession, roleInTeam } from '../access/find.ts';
import { mayOnTeam } from '../access/permissions.ts';
import type { Base } from '../base.ts';
import { Refusal, conflict } from '../routes/errors.ts';
import { audit } from '../store/audit.ts';
import { hashOf } from '../store/ids.ts';
import type { InviteTable, RoomRole, TeamRole } from '../store/schema.ts';
import type { Store, Work } from '../store/open.ts';
import { teamSettingsOf } from '../store/team-settings.ts';
import type { Actor } from './account.ts';

export const inviteSecret = z.string().min(1).max(200).describe('What stands behind the # of the link: wri_…');

/** An invite that can be accepted now. */
export interface OpenInvite {
  readonly invite: InviteTable;
  readonly team: { readonly id: string; readonly name: string; readonly displayName: string; readonly membersMost: number };
  /** Of an invite to one room. */
  readonly sessionKey?: string;
}

/** Finds an open invite by its secret or id. One that is used up, expired, revoked, or whose maker may not invite any more is good for nothing [R8]. */
export const openInvite = async (store: Store | Work, { secret, id, now }: { readonly secret?: string; readonly id?: string; readonly now: number }): Promise<OpenInvite> => {
  const invite = await store.selectFrom('invites').selectAll().where(secret === undefined ? 'id' : 'hash', '=', secret === undefined ? (id ?? '') : hashOf(secret))
    .where('revoked_at', 'is', null).where('expires_at', '>', now).where('uses_left', '>', 0).executeTakeFirst();
  if (invite === undefined) throw spent();
  const team = await store.selectFrom('teams').select(['id', 'name', 'display_name', 'settings']).where('id', '=', invite.team_id).where('deleted_at', 'is', null).executeTakeFirst();
  if (team === undefined) throw spent();
  if (invite.session_id === null && !mayOnTeam('invite:make', await roleInTeam(store, invite.created_by, invite.team_id))) throw spent();
  const sessionKey = invite.session_id === null ? undefined : await keyOfRoom(store, invite, invite.session_id);
  return {
    invite, team: { id: team.id, name: team.name, displayName: team.display_name, membersMost: teamSettingsOf(team.settings).limits.members },
    ...(sessionKey === undefined ? {} : { sessionKey }),
  };
};

export interface Joined {
  readonly userId: string;
  readonly name: string;
  readonly teamId: string;
  readonly teamName: string;
  readonly role: TeamRole | 'guest';
  readonly sessionKey?: string;
  /** They were not in the team at all before. */
  readonly isNew: boolean;
}

/** Takes a use of an invite: somebody gets its role in the team, or in the one room. A role somebody has already is never changed by it. */
export const takeInvite = async (work: Work, { invite: { invite, team, sessionKey }, userId, now, actor }: { readonly invite: OpenInvite; readonly userId: string; readonly now: number; readonly actor: Actor }): Promise<Joined> => {
  const before = await roleInTeam(work, userId, team.id);
  if (before === undefined) await checkPlaceInTeam(work, team);
  const role = invite.session_id === null ? await joinTeam(work, { invite, userId, before, now }) : await joinRoom(work, { invite, sessionId: invite.session_id, userId, before, now });
  await work.updateTable('invites').set({ uses_left: invite.uses_left - 1 }).where('id', '=', invite.id).execute();
  await audit(work, { at: now, teamId: team.id, actor, action: 'invite:accept', target: invite.id, after: { userId, role: invite.role } });
  return { userId, name: actor.name, teamId: team.id, teamName: team.name, role, isNew: before === undefined, ...(sessionKey === undefined ? {} : { sessionKey }) };
};

/** Tells the hub that somebody joined a team. */
export const tellJoined = ({ events }: Base, { teamId, userId, name, role, isNew }: Joined): void => {
  if (isNew) events.emit('member:joined', { teamId, userId, name, role });
};

const joinTeam = async (work: Work, { invite, userId, before, now }: { readonly invite: InviteTable; readonly userId: string; readonly before: TeamRole | 'guest' | undefined; readonly now: number }): Promise<TeamRole> => {
  const role = invite.role as TeamRole;
  if (before !== undefined && before !== 'guest') throw conflict(`You are in this team already, as ${before}. An admin can change your role.`, 'already_member');
  await work.insertInto('members').values({ team_id: invite.team_id, user_id: userId, role, joined_at: now }).onConflict((on) => on.columns(['team_id', 'user_id']).doUpdateSet({ role })).execute();
  return role;
};

const joinRoom = async (work: Work, { invite, sessionId, userId, before, now }: { readonly invite: InviteTable; readonly sessionId: string; readonly userId: string; readonly before: TeamRole | 'guest' | undefined; readonly now: number }): Promise<TeamRole | 'guest'> => {
  const there = await work.selectFrom('session_people').select('role').where('session_id', '=', sessionId).where('user_id', '=', userId).executeTakeFirst();
  if (there !== undefined) throw conflict(`You are in this room already, as ${there.role}.`, 'already_member');
  if (before === undefined) await work.insertInto('members').values({ team_id: invite.team_id, user_id: userId, role: 'guest', joined_at: now }).execute();
  const role: RoomRole = invite.role === 'guest-viewer' ? 'viewer' : 'editor';
  await work.insertInto('session_people').values({ session_id: sessionId, user_id: userId, role, given_by: invite.created_by, created_at: now }).execute();
  return before ?? 'guest';
};

const checkPlaceInTeam = async (work: Work, { id, membersMost }: OpenInvite['team']): Promise<void> => {
  const { count } = await work.selectFrom('members').select((is) => is.fn.countAll<number>().as('count')).where('team_id', '=', id).executeTakeFirstOrThrow();
  if (count >= membersMost) throw conflict(`This team is full (${membersMost} people). An admin can raise the limit in the team's settings.`, 'team_full');
};

/** The room, if whoever made the invite may still invite to it. */
const keyOfRoom = async (store: Store | Work, invite: InviteTable, sessionId: string): Promise<string> => {
  const session = await store.selectFrom('sessions').selectAll().where('id', '=', sessionId).executeTakeFirst();
  if (session === undefined) throw spent();
  const inRoom = await store.selectFrom('session_people').select('role').where('session_id', '=', sessionId).where('user_id', '=', invite.created_by).executeTakeFirst();
  const { may } = foundSession(session, { userId: invite.created_by, teamRole: await roleInTeam(store, invite.created_by, invite.team_id), ...(inRoom ? { roomRole: inRoom.role } : {}) });
  if (!may('session:people')) throw spent();
  return session.session_key;
};

const spent = (): Refusal => new Refusal(410, 'invite_spent', 'This invite is not good any more: it was used up, has expired or was revoked. Ask for a new one.');
