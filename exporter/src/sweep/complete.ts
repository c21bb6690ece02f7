import type { Prices } from '../cost/prices.ts';
import type { StoredSession } from '../session/session.ts';

/** Fills in what only the price table knows: the context window of the model, where the transcript does not state it. */
export const completeSession = (session: StoredSession, prices: Prices): StoredSession => {
  const { context } = session;
  if (!context || (context.limit !== undefined && context.compactAt !== undefined)) return session;
  const { limit, compactAt } = prices.windowOf(session.tool, session.model, Math.max(context.used, context.peak ?? 0));
  return {
    ...session,
    context: {
      ...context,
      ...(context.limit === undefined && limit !== undefined ? { limit } : {}),
      ...(context.compactAt === undefined && context.limit === undefined && compactAt !== undefined ? { compactAt } : {}),
    },
  };
};
