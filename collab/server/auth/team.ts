import { randomBytes } from 'node:crypto';
import { conflict } from '../routes/errors.ts';
import { audit } from '../store/audit.ts';
import { newId } from '../store/ids.ts';
import type { Work } from '../store/open.ts';
import type { Actor } from './account.ts';

/** Makes a team with its first admin, in the transaction of what it is made for. */
export const newTeam = async (work: Work, { name, displayName, adminId }: { readonly name: string; readonly displayName: string; readonly adminId: string }, { now, actor }: { readonly now: number; readonly actor: Actor }): Promise<string> => {
  if (await work.selectFrom('teams').select('id').where('name', '=', name).executeTakeFirst()) throw conflict(`The name "${name}" is taken by another team. Choose another one.`, 'name_taken');
  const teamId = newId();
  await work.insertInto('teams').values({ id: teamId, name, display_name: displayName, settings: '{}', radar_key: randomBytes(32).toString('base64url'), created_at: now, updated_at: now }).execute();
  await work.insertInto('members').values({ team_id: teamId, user_id: adminId, role: 'admin', joined_at: now }).execute();
  await audit(work, { at: now, teamId, actor, action: 'team:create', target: teamId, after: { name, displayName, admin: adminId } });
  return teamId;
};

/** Refuses to leave a team without an admin. */
export const keepAnAdmin = async (work: Work, { teamId, userId }: { readonly teamId: string; readonly userId: string }): Promise<void> => {
  const admins = await work.selectFrom('members').innerJoin('users', 'users.id', 'members.user_id').select('members.user_id')
    .where('members.team_id', '=', teamId).where('members.role', '=', 'admin').where('users.deleted_at', 'is', null).execute();
  if (admins.length === 1 && admins[0]!.user_id === userId) throw conflict('That would leave the team without an admin. Make somebody else an admin first, or delete the team.', 'last_admin');
};
