import type { Counts } from '../session/part.ts';
import type { ModelUse, StoredSession } from '../session/session.ts';
import type { Usage } from '../session/usage.ts';

/**
 * The later picture of a session with no counter below the earlier one: a fall would read as a reset, and `increase()` would add everything again.
 * Returns the later picture itself when nothing fell, and how many counters were held up.
 */
export const neverLower = (before: StoredSession | undefined, after: StoredSession): { readonly session: StoredSession; readonly held: number } => {
  if (!before) return { session: after, held: 0 };
  let held = 0;
  const most = (low: number | undefined, now: number | undefined): number | undefined => {
    if (low === undefined || (now !== undefined && now >= low)) return now;
    held += 1;
    return low;
  };
  const mostCounts = (low: Counts, now: Counts): Counts => {
    const fallen = Object.entries(low).filter(([name, count]) => count > (now[name] ?? 0));
    held += fallen.length;
    return fallen.length === 0 ? now : { ...now, ...Object.fromEntries(fallen) };
  };
  const counters = ['turns', 'compactions', 'subagents', 'linesAdded', 'linesRemoved', 'activeMs'] as const;
  const session: StoredSession = {
    ...after,
    models: mostUse(before.models, after.models, most),
    messages: mostCounts(before.messages as Counts, after.messages as Counts),
    toolCalls: mostCounts(before.toolCalls, after.toolCalls),
    toolErrors: mostCounts(before.toolErrors, after.toolErrors),
    errors: mostCounts(before.errors as Counts, after.errors as Counts),
    ...Object.fromEntries(counters.map((name) => [name, most(before[name], after[name])] as const).filter(([, value]) => value !== undefined)),
  };
  return held === 0 ? { session: after, held } : { session, held };
};

type Most = (low: number | undefined, now: number | undefined) => number | undefined;

const mostUse = (before: StoredSession['models'], after: StoredSession['models'], most: Most): StoredSession['models'] => {
  const models = new Map(Object.entries(after));
  for (const [model, low] of Object.entries(before)) {
    const now = models.get(model) ?? { usage: {}, requests: 0, unpricedTokens: 0 };
    models.set(model, atLeast(low, now, most));
  }
  return Object.fromEntries(models);
};

const atLeast = (low: ModelUse, now: ModelUse, most: Most): ModelUse => {
  const usage = { ...now.usage } as { -readonly [Kind in keyof Usage]: number };
  for (const kind of Object.keys(low.usage) as (keyof Usage)[]) usage[kind] = most(low.usage[kind], now.usage[kind])!;
  const microUsd = most(low.microUsd, now.microUsd);
  return { ...now, usage, requests: most(low.requests, now.requests)!, ...(microUsd === undefined ? {} : { microUsd }) };
};
