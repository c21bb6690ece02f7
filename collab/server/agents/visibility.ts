import type { VisibilityAnswer, VisibilityWish } from 'watchroom/wire';
import { noSuchSession } from 'watchroom/wire';
import { findSession } from '../access/find.ts';
import { forbidden, notFound } from '../routes/errors.ts';
import type { Ask } from '../routes/route.ts';
import { setVisibility } from '../sessions/visibility.ts';
import type { Agents } from './agents.ts';

interface Wish extends Pick<Ask, 'agent' | 'actor' | 'now'> {
  readonly session: { readonly tool: string; readonly nativeId: string };
  readonly wanted: VisibilityWish['visibility'];
}

/** Opens or closes a session by the word of its owner's agent (`watchroom share`). An agent that reports a session speaks for its owner, and for nobody else. */
export const wishOfAgent = async ({ base, live }: Pick<Agents, 'base' | 'live'>, { agent, actor, now, session: { tool, nativeId }, wanted }: Wish): Promise<VisibilityAnswer> => {
  const found = await findSession(base.store, { userId: agent.userId, key: `${tool}/${nativeId}`, teamId: agent.teamId });
  if (found === undefined) throw notFound(`No agent has told this hub of ${tool}/${nativeId}.`, noSuchSession);
  if (found.session.owner_id !== agent.userId) throw forbidden('Another person of the team reports this session; only they can share it.', 'not_an_owner');
  const { id, visibility: before } = found.session;
  const isOpen = before !== 'private'; // a public link goes on leading there
  if (isOpen !== (wanted === 'team')) await setVisibility(base, { found, actor, now }, wanted);
  const holder = live.holderOf(id);
  return { before, room: `${base.settings.publicUrl}/rooms/${encodeURIComponent(tool)}/${encodeURIComponent(nativeId)}`, told: holder !== undefined && now < (live.agent(holder.agentId)?.silentAt ?? 0) };
};
