import { setImmediate as breath } from 'node:timers/promises';
import type { Base } from '../base.ts';
import { audit } from '../store/audit.ts';
import type { SessionTable } from '../store/schema.ts';
import type { Store, Work } from '../store/open.ts';
import { teamSettingsOf } from '../store/team-settings.ts';
import { removeRow } from './remove.ts';

const dayMs = 86_400_000;

/** What retention deletes of one team, or would delete. */
export interface Purged {
  readonly teamId: string;
  readonly retentionDays: number;
  readonly sessions: number;
  readonly oldest: number | undefined;
}

/**
 * Deletes ended sessions, with their rooms, that nobody has touched for as long as their team keeps them (settings: retentionDays) [R13].
 * @param dryRun only says how many they are
 */
export const purge = async (base: Pick<Base, 'store' | 'events'>, now: number, { dryRun, teamId }: { readonly dryRun: boolean; readonly teamId?: string }): Promise<readonly Purged[]> => {
  const purged: Purged[] = [];
  for (const { id, settings } of await teamsOf(base.store, teamId)) {
    const { retentionDays } = teamSettingsOf(settings);
    if (retentionDays === undefined) continue;
    const before = now - retentionDays * dayMs;
    const due = await base.store.selectFrom('sessions').select(({ fn }) => [fn.countAll<number>().as('sessions'), fn.min('last_activity_at').as('oldest')]).where('team_id', '=', id).where('state', '=', 'ended').where('last_activity_at', '<', before).executeTakeFirstOrThrow();
    if (due.sessions > 0 && !dryRun) await purgeTeam(base, { teamId: id, before, now });
    purged.push({ teamId: id, retentionDays, sessions: Number(due.sessions), oldest: due.oldest === null ? undefined : Number(due.oldest) });
  }
  return purged;
};

const teamsOf = (store: Store, teamId: string | undefined) => {
  const teams = store.selectFrom('teams').select(['id', 'settings']).where('deleted_at', 'is', null);
  return (teamId === undefined ? teams : teams.where('id', '=', teamId)).execute();
};

/** Sessions, and posts of a room, in one transaction. Between two of them the event loop turns, so that reports and people get their turn. */
const bite = { sessions: 50, posts: 50 };

const purgeTeam = async ({ store, events }: Pick<Base, 'store' | 'events'>, { teamId, before, now }: { readonly teamId: string; readonly before: number; readonly now: number }): Promise<void> => {
  for (;;) {
    for (const { id } of await dueOf(store, { teamId, before }).select('id').limit(bite.sessions).execute()) await emptyRoom(store, { id, teamId, before });
    const rows = await store.transaction().execute(async (work): Promise<SessionTable[]> => {
      const some = await dueOf(work, { teamId, before }).selectAll().limit(bite.sessions).execute();
      for (const row of some) await removeRow(work, row, { by: 'retention', now });
      if (some.length > 0) await audit(work, { at: now, teamId, actor: { name: 'hub', address: 'hub' }, action: 'session:retention', target: teamId, after: { sessions: some.length } });
      return some;
    });
    for (const session of rows) {
      events.emit('access:lost', { sessionId: session.id });
      events.emit('session:deleted', { session });
    }
    if (rows.length < bite.sessions) return;
    await breath();
  }
};

interface Due {
  readonly teamId: string;
  readonly before: number;
}

const dueOf = (store: Store | Work, { teamId, before }: Due) => store.selectFrom('sessions').where('team_id', '=', teamId).where('state', '=', 'ended').where('last_activity_at', '<', before).orderBy('id');

/** Takes the posts of a room that goes, if it still does: ten thousand at once, with their words, would be a second in which nobody is heard. */
const emptyRoom = async (store: Store, { id, ...due }: Due & { readonly id: string }): Promise<void> => {
  for (;;) {
    const { numDeletedRows } = await store.deleteFrom('posts')
      .where('id', 'in', (is) => is.selectFrom('posts').select('id').where('room_id', '=', id).limit(bite.posts))
      .where(({ exists }) => exists(dueOf(store, due).select('id').where('id', '=', id))).executeTakeFirst();
    if (Number(numDeletedRows) < bite.posts) return;
    await breath();
  }
};

/** The nightly job: once a day from three o'clock UTC on, whenever the hub runs. */
export const retentionJob = (base: Base): { readonly name: string; readonly everyMs: number; readonly run: () => Promise<void> } => {
  let doneOn: number | undefined;
  return {
    name: 'retention', everyMs: 600_000,
    run: async () => {
      const day = dayOf(base.now() - threeHours);
      if (day === doneOn) return;
      const purged = await purge(base, base.now(), { dryRun: false });
      doneOn = day;
      for (const { teamId, sessions, retentionDays } of purged) if (sessions > 0) base.log.info({ team: teamId, sessions, retentionDays }, 'sessions beyond their retention were deleted');
    },
  };
};
const threeHours = 3 * 3_600_000;
const dayOf = (at: number): number => Math.floor(at / dayMs);
