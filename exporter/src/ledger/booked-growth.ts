import type { Growth } from '../session/draft.ts';
import type { Counts, Part } from '../session/part.ts';

/** The counts of a part that feed fleet counters. */
export interface BookedTotals {
  readonly turns: number;
  readonly linesAdded: number;
  readonly linesRemoved: number;
  readonly errors: Counts;
  readonly toolCalls: Counts;
}

export const totalsOf = (part: Part): BookedTotals => ({
  turns: part.turns ?? 0, linesAdded: part.linesAdded ?? 0, linesRemoved: part.linesRemoved ?? 0, errors: part.errors as Counts, toolCalls: part.toolCalls,
});

/** The greater of both, count by count: what was booked once stays booked when a transcript shrinks. */
export const highest = (a: BookedTotals, b: BookedTotals): BookedTotals => ({
  turns: Math.max(a.turns, b.turns), linesAdded: Math.max(a.linesAdded, b.linesAdded), linesRemoved: Math.max(a.linesRemoved, b.linesRemoved),
  errors: highestCounts(a.errors, b.errors), toolCalls: highestCounts(a.toolCalls, b.toolCalls),
});

/** A source that was read again from its start tells old events once more; only what exceeds the booked totals is growth. */
export const boundGrowth = (growth: Growth, now: BookedTotals, booked: BookedTotals): Growth => {
  const toolCalls = boundCounts(growth.toolCalls, now.toolCalls, booked.toolCalls);
  const turns = Math.min(growth.turns, Math.max(0, now.turns - booked.turns));
  return {
    turns,
    linesAdded: Math.min(growth.linesAdded, Math.max(0, now.linesAdded - booked.linesAdded)),
    linesRemoved: Math.min(growth.linesRemoved, Math.max(0, now.linesRemoved - booked.linesRemoved)),
    errors: boundCounts(growth.errors as Counts, now.errors, booked.errors),
    toolCalls,
    toolSeconds: newest(growth.toolSeconds, toolCalls),
    turnSeconds: turns > 0 ? growth.turnSeconds.slice(-turns) : [],
  };
};

const boundCounts = (growth: Counts, now: Counts, booked: Counts): Record<string, number> =>
  Object.fromEntries(Object.entries(growth).map(([name, count]) => [name, Math.min(count, Math.max(0, (now[name] ?? 0) - (booked[name] ?? 0)))] as const).filter(([, count]) => count > 0));

const newest = (observed: Growth['toolSeconds'], calls: Counts): Growth['toolSeconds'] => {
  const left = new Map(Object.entries(calls));
  return observed.toReversed().filter(([name]) => {
    const more = left.get(name) ?? 0;
    left.set(name, more - 1);
    return more > 0;
  });
};

const highestCounts = (a: Counts, b: Counts): Counts => {
  const most = new Map(Object.entries(a));
  for (const [name, count] of Object.entries(b)) most.set(name, Math.max(count, most.get(name) ?? 0));
  return Object.fromEntries(most);
};
