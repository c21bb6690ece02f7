import type { Prices } from '../cost/prices.ts';
import type { Counted } from '../readers/reader.ts';
import { readers } from '../readers/registry.ts';
import type { StoredSession } from '../session/session.ts';
import type { Tool } from '../session/tool.ts';

/** Fills in what the transcript need not say: the context window that the price table knows, and 0 for what its tool would have recorded. */
export const completeSession = (session: StoredSession, prices: Prices): StoredSession => withZeros(withWindow(session, prices));

const counts = new Map<Tool, readonly Counted[]>(readers.map((reader) => [reader.tool, reader.counts]));

const withZeros = (session: StoredSession): StoredSession => {
  const none = (counts.get(session.tool) ?? []).filter((count) => session[count] === undefined);
  return none.length === 0 ? session : { ...session, ...Object.fromEntries(none.map((count) => [count, 0])) };
};

const withWindow = (session: StoredSession, prices: Prices): StoredSession => {
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
