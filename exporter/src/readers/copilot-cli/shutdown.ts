import { dirname } from 'node:path';
import { amount, count, list, object } from '../fields.ts';
import { draftOf } from './log.ts';
import type { CopilotEvent, CopilotMemo, SessionLog } from './log.ts';
import { isLower, isNothing, metricsByModel, minus, noMetrics, plus, share } from './metrics.ts';
import type { Metrics } from './metrics.ts';
import { storedBetween } from './store.ts';

/**
 * A clean end with the session's totals. They are cumulative over the legs of a resumed session (TRAPS.md 20),
 * so what a shutdown adds is its growth, less what messages and store have told already.
 */
export const readShutdown = (log: SessionLog, event: CopilotEvent): void => {
  const { memo } = log;
  const draft = draftOf(log);
  const totals = metricsByModel(event.data.modelMetrics);
  const span = { after: memo.reportedAt ?? 0, upTo: event.at ?? draft.get('lastActivityAt') ?? 0 };
  const stored = storedBetween(dirname(log.source.root.path), memo.session!, span, memo.tellsOutput !== true);
  const told = toldBefore(memo, stored);
  const fresh = startsAgain(memo, totals, told);
  bookRest(log, event, growth(fresh ? {} : (memo.reported ?? {}), totals), { told, stored });
  readCodeChanges(log, event, fresh);
  memo.reported = Object.fromEntries(totals);
  memo.reportedAt = span.upTo;
  delete memo.written;
  delete memo.compacted;

  const used = count(event.data.currentTokens);
  if (used) draft.context({ used, ...(memo.tokenLimit === undefined ? {} : { limit: memo.tokenLimit }), ...(event.at === undefined ? {} : { at: event.at }) });
  draft.turnEnded(event.at);
  draft.waitsFor(undefined);
  draft.ended(event.at);
};

type ByModel = ReadonlyMap<string, Metrics>;

/** Since the last shutdown, by messages and store together. */
const toldBefore = (memo: CopilotMemo, stored: ByModel): ByModel => {
  const told = new Map(stored);
  for (const [model, { output, requests }] of Object.entries(memo.written ?? {})) told.set(model, plus(told.get(model) ?? noMetrics, { ...noMetrics, output, requests }));
  return told;
};

/**
 * A new counter: some number is lower than before; or the context was compacted in between,
 * unless the output shows that the old counter goes on.
 */
const startsAgain = (memo: CopilotMemo, totals: ByModel, told: ByModel): boolean => {
  const before = Object.entries(memo.reported ?? {});
  if (before.length === 0) return false;
  if (before.some(([model, metrics]) => isLower(totals.get(model) ?? noMetrics, metrics))) return true;
  if (!memo.compacted) return false;
  return sum(totals.values(), 'output') - sum(before.map(([, metrics]) => metrics), 'output') !== sum(told.values(), 'output');
};

const growth = (before: Readonly<Record<string, Metrics>>, totals: ByModel): ByModel =>
  new Map([...totals].map(([model, metrics]) => [model, minus(metrics, Object.hasOwn(before, model) ? before[model]! : noMetrics)]));

const bookRest = (log: SessionLog, event: CopilotEvent, grown: ByModel, { told, stored }: { readonly told: ByModel; readonly stored: ByModel }): void => {
  // The store may name a model otherwise than the report: when it has all of the input, nothing is missing.
  const complete = stored.size > 0 && sum(stored.values(), 'input') >= sum(grown.values(), 'input');
  for (const [model, metrics] of grown) {
    const missing = minus(metrics, told.get(model) ?? noMetrics);
    const rest = complete ? { ...noMetrics, ...(log.memo.tellsOutput ? { output: missing.output, requests: missing.requests } : {}) } : missing;
    if (!isNothing(rest)) bookParts(log, event, model, share(rest, Math.min(Math.max(1, metrics.requests), mostParts)));
  }
};

/** One part a request: as one call, the input of a whole session would be priced as a single long-context request (TRAPS.md 8). */
const bookParts = ({ book, memo }: SessionLog, { id, at, position }: CopilotEvent, model: string, parts: ReturnType<typeof share>): void => {
  for (const [index, { usage, requests }] of parts.entries())
    book.call(memo.session!, { message: `${memo.session!}:shutdown:${id ?? position}:${index + 1}`, request: model, at: at ?? 0, model, usage, requests, wins: 'newest', position });
};

const mostParts = 500;

/** Lines and files of the whole session, cumulative like the tokens: set, not added. */
const readCodeChanges = (log: SessionLog, { data }: CopilotEvent, fresh: boolean): void => {
  const changes = object(data.codeChanges);
  const added = amount(changes?.linesAdded);
  const removed = amount(changes?.linesRemoved);
  if (added === undefined || removed === undefined) return;
  const { memo } = log;
  const draft = draftOf(log);
  const { before, now } = memo.lines ?? { before: { added: 0, removed: 0 }, now: { added: 0, removed: 0 } };
  const again = fresh || added < now.added || removed < now.removed;
  const base = again ? { added: before.added + now.added, removed: before.removed + now.removed } : before;
  memo.lines = { before: base, now: { added, removed } };
  const files = list(changes?.filesModified).length;
  draft.set({
    linesAdded: base.added + added,
    linesRemoved: base.removed + removed,
    ...(files > (draft.get('filesEdited') ?? 0) ? { filesEdited: files } : {}),
  });
};

const sum = (all: Iterable<Metrics>, field: keyof Metrics): number => {
  let total = 0;
  for (const metrics of all) total += metrics[field];
  return total;
};
