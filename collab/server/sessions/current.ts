import { foundSession } from '../access/find.ts';
import type { FoundSession } from '../access/find.ts';
import type { Store } from '../store/open.ts';
import { isAgentUp } from './agent-up.ts';
import { viewerOf, visibleTo } from './visible.ts';

/** The asker's own session that is live and newest, else their last one [D5]. Undefined: they have none. */
export const currentSession = async (store: Store, { userId, now }: { readonly userId: string; readonly now: number }): Promise<{ readonly found: FoundSession; readonly live: boolean } | undefined> => {
  const viewer = await viewerOf(store, userId);
  const own = store.selectFrom('sessions').leftJoin('agents', 'agents.id', 'sessions.agent_id').select(['sessions.id', 'sessions.state', 'agents.last_report_at', 'agents.next_due_at', 'agents.left_at'])
    .where('sessions.owner_id', '=', userId).where(visibleTo(viewer)).orderBy('sessions.last_activity_at', 'desc').orderBy('sessions.id', 'desc');
  const open = await own.where('sessions.state', '<>', 'ended').limit(50).execute();
  const live = open.find((row) => isAgentUp(row, now) !== false);
  const shown = live ?? (await own.limit(1).executeTakeFirst());
  if (shown === undefined) return undefined;
  const session = await store.selectFrom('sessions').selectAll().where('id', '=', shown.id).executeTakeFirst();
  if (session === undefined) return undefined;
  return { found: foundSession(session, { userId, teamRole: viewer.roles.get(session.team_id) }), live: live !== undefined };
};
