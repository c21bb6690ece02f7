import { scryptSync } from 'node:crypto';
import { example } from '../../server/auth/examples.ts';
import { hashOf } from '../../server/store/ids.ts';
import type { Store } from '../../server/store/open.ts';

/** Puts into a hub what the examples of the API document speak of. */
export const putExampleThings = ({ store, now, team, otherTeam, owner, admin, otherAdmin, sessionId }: {
  readonly store: Store; readonly now: number; readonly team: { readonly id: string }; readonly otherTeam: { readonly id: string };
  readonly owner: { readonly userId: string }; readonly admin: { readonly userId: string }; readonly otherAdmin: { readonly userId: string }; readonly sessionId: string;
}): Promise<void> => store.transaction().execute(async (work) => {
  const later = now + 86_400_000;
  await work.insertInto('users').values({ id: example.otherUser, username: 'ada', display_name: 'Ada', operator: 0, preferences: '{}', created_at: now }).execute();
  await work.insertInto('members').values({ team_id: team.id, user_id: example.otherUser, role: 'admin', joined_at: now }).execute();
  await work.updateTable('users').set({ password: cheapPassword }).where('id', '=', owner.userId).execute();
  await work.insertInto('devices').values({ id: example.device, user_id: owner.userId, hash: 'of another device', user_agent: 'test', address: '127.0.0.1', created_at: now, last_seen_at: now, expires_at: later }).execute();
  await work.insertInto('tokens').values({ id: example.token, kind: 'agent', user_id: owner.userId, team_id: team.id, name: 'example', hash: 'of the example token', scopes: '[]', created_at: now }).execute();
  const invite = { uses_left: 3, created_at: now, expires_at: later };
  await work.insertInto('invites').values([
    { ...invite, id: example.invite, team_id: team.id, role: 'member', hash: 'of the example invite', created_by: admin.userId },
    { ...invite, id: example.roomInvite, team_id: team.id, session_id: sessionId, role: 'guest-viewer', hash: 'of the room invite', created_by: owner.userId },
    { ...invite, id: 'another', team_id: otherTeam.id, role: 'viewer', hash: hashOf(example.inviteSecret), created_by: otherAdmin.userId },
  ]).execute();
  await work.insertInto('access_requests').values({ team_id: team.id, session_key: 'claude/open-one', user_id: example.otherUser, created_at: now }).execute();
  await work.insertInto('one_time_links').values({ id: 'reset', hash: hashOf(example.resetSecret), purpose: 'reset', user_id: owner.userId, expires_at: later }).execute();
});

/** Made with little work, as of an older version: signing in with it makes a stronger one. */
const salt = Buffer.from('a salt of 16 b..');
export const cheapPassword = `$scrypt$ln=4,r=8,p=1$${plain(salt)}$${plain(scryptSync(example.password, salt, 32, { N: 16, r: 8, p: 1 }))}`;

function plain(bytes: Buffer): string {
  return bytes.toString('base64').replace(/=+$/, '');
}
