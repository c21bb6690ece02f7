import { findSession } from '../../access/find.ts';
import { tooMany } from '../../routes/errors.ts';
import type { Ask } from '../../routes/route.ts';
import { teamNamed } from '../../sessions/team-named.ts';
import { viewerOf } from '../../sessions/visible.ts';
import type { Store } from '../../store/open.ts';
import type { SessionTable } from '../../store/schema.ts';
import { decidersOf } from './deciders.ts';

export const requestLimits = {
  /** Requests of one person in one team that nobody has answered. */
  open: 50,
  /** After a no, the same room is asked for again so much later. */
  againMs: 86_400_000,
  /** What nobody answered is forgotten. */
  keptMs: 30 * 86_400_000,
} as const;

export interface Asked {
  readonly state: 'asked' | 'open';
  /** Whom to tell, and of what; the asker never learns of it. */
  readonly toTell?: { readonly session: SessionTable; readonly userIds: readonly string[] };
}

/**
 * Keeps somebody's wish to be let into a room. Whether the session exists, is private, or said no yesterday: the same is written, limited and answered [R7].
 * Asking twice is asking once.
 */
export const askForAccess = async (store: Store, { person, now, key, team }: Pick<Ask, 'person' | 'now'> & { readonly key: string; readonly team: string }): Promise<Asked> => {
  const { userId } = person;
  const teamId = await teamNamed(store, await viewerOf(store, userId), team);
  if ((await findSession(store, { userId, key, teamId }))?.may('session:see')) return { state: 'open' };
  const isNew = await keep(store, { teamId, key, userId, now });
  const session = await store.selectFrom('sessions').selectAll().where('team_id', '=', teamId).where('session_key', '=', key).executeTakeFirst();
  return { state: 'asked', ...(isNew && session !== undefined ? { toTell: { session, userIds: await decidersOf(store, session) } } : {}) };
};

/** True: it was not there, or may be told again. */
const keep = (store: Store, { teamId, key, userId, now }: { readonly teamId: string; readonly key: string; readonly userId: string; readonly now: number }): Promise<boolean> => store.transaction().execute(async (work) => {
  const mine = work.selectFrom('access_requests').where('team_id', '=', teamId).where('user_id', '=', userId);
  const before = await mine.select('refused_at').where('session_key', '=', key).executeTakeFirst();
  if (before !== undefined && (before.refused_at === null || before.refused_at + requestLimits.againMs > now)) return false;
  const { open } = await mine.select((of) => of.fn.countAll<number>().as('open')).executeTakeFirstOrThrow();
  if (open >= requestLimits.open) throw tooMany(`You have asked to be let into ${requestLimits.open} rooms. Wait until some of it is answered.`, 3600);
  await work.insertInto('access_requests').values({ team_id: teamId, session_key: key, user_id: userId, created_at: now, refused_at: null })
    .onConflict((on) => on.columns(['team_id', 'session_key', 'user_id']).doUpdateSet({ created_at: now, refused_at: null })).execute();
  return true;
});

/** Forgets what nobody answered. */
export const forgetOldRequests = async (store: Store, now: number): Promise<void> => {
  await store.deleteFrom('access_requests').where('created_at', '<=', now - requestLimits.keptMs).execute();
};
