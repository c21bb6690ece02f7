import type { Past, PastAsk, World } from '../cli/backend.ts';
import { backfillText } from '../metrics/backfill.ts';
import type { Ledger } from '../ledger/ledger.ts';
import type { History } from '../session/history.ts';
import type { EpochMs } from '../session/part.ts';
import { tokenTypes } from '../session/usage.ts';
import { findLiveSeries } from './live-series.ts';
import type { LiveSeries } from './live-series.ts';
import { askPrometheus } from './prometheus.ts';

/** Five minutes: as long as Prometheus shows the last sample of a series. */
const sliceMs = 300_000;

/** What the live series must be joined to, as far as it can be known. */
export const joinOf = async ({ prometheus, job, instance }: PastAsk, now: EpochMs): Promise<LiveSeries> => {
  const named = { ...(job === undefined ? {} : { job }), ...(instance === undefined ? {} : { instance }) };
  return prometheus === undefined ? { target: { instance: instance!, job: job! }, beginAt: undefined, firstShown: new Map() } : findLiveSeries(askPrometheus(prometheus), named, now);
};

/** Everything the ledger has of the time before the live series, as text for promtool. */
export const pastOf = (ledger: Ledger, { since = 0 }: PastAsk, { target, beginAt, firstShown }: LiveSeries, { config }: Pick<World, 'config'>): Past => {
  // Without a live sample the ledger's own beginning is the join: the fleet counters were 0 then.
  const to = beginAt ?? ledger.createdAt;
  const history = ledger.history(Math.floor(since / sliceMs) * sliceMs, to, sliceMs);
  const labelled = ledger.fleet().flatMap(({ labels: { project } }) => (project === undefined || project === 'other' || project === 'unknown' ? [] : [project]));
  return {
    target, to, joins: beginAt === undefined ? 'ledger' : 'live', ...sumsOf(history),
    text: () => backfillText({ history, target, firstShown, labelled, mostProjects: config.topProjects }),
  };
};

const sumsOf = ({ use, sliceMs: length }: History): Pick<Past, 'from' | 'tokens' | 'usd'> => ({
  from: use[0] && use[0].slice * length,
  tokens: use.reduce((sum, { tokens }) => tokenTypes.reduce((all, kind) => all + tokens[kind], sum), 0),
  usd: use.reduce((sum, { microUsd = 0 }) => sum + microUsd, 0) / 1e6,
});
