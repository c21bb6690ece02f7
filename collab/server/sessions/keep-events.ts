import type { WireSession } from 'watchroom/wire';
import type { HubEvents } from '../events.ts';
import type { TeamSettings } from '../store/team-settings.ts';
import type { Kept } from './keep.ts';

type Thresholds = TeamSettings['thresholds'];

/** Tells the hub what a report has changed; after the commit. History is no event. */
export const tellKept = (events: HubEvents, kept: Iterable<Kept>, thresholds: Thresholds): void => {
  for (const one of kept) {
    if (!one.changed || !one.wire) continue;
    tellChange(events, one);
    tellHealth(events, one);
    tellThresholds(events, one, thresholds);
  }
};

const tellChange = (events: HubEvents, { row, before }: Kept): void => {
  if (!before) events.emit('session:created', { session: row });
  else events.emit(row.state === 'ended' && before.state !== 'ended' ? 'session:ended' : 'session:updated', { session: row });
};

/** A first good level is no news. */
const tellHealth = (events: HubEvents, { row, before, wire }: Kept): void => {
  const to = wire?.health.level;
  const from = before?.health_level ?? undefined;
  if (to === undefined || to === from || (from === undefined && to === 'healthy')) return;
  events.emit('health:alerted', { session: row, from, to });
};

/** Each threshold is told when it is passed, not while it stays so. An ended session can do nothing about it any more. */
const tellThresholds = (events: HubEvents, { row, before, wire }: Kept, { contextRatio: ofContext, sessionTokens, sessionCostUsd }: Thresholds): void => {
  if (row.state === 'ended' || !wire) return;
  const passes = (reason: string, now: number | undefined, then: () => number | undefined, threshold: number | undefined): void => {
    if (threshold === undefined || now === undefined || now < threshold || (then() ?? 0) >= threshold) return;
    events.emit('tokens:warned', { session: row, reason, ratio: reason === 'context' ? now : now / threshold, threshold });
  };
  passes('context', contextRatio(wire), () => before && contextRatio(JSON.parse(before.told) as WireSession), ofContext);
  passes('tokens', row.tokens, () => before?.tokens, sessionTokens);
  passes('cost', row.micro_usd / 1e6, () => before && before.micro_usd / 1e6, sessionCostUsd);
};

/** How full the context window is; unknown without its size. */
export const contextRatio = (wire: Pick<WireSession, 'context'> | undefined): number | undefined =>
  wire?.context?.limit === undefined || wire.context.limit === 0 ? undefined : wire.context.used / wire.context.limit;
