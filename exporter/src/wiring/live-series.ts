import { CommandError } from '../cli/exit-codes.ts';
import { backfilledMetrics, seriesKey } from '../metrics/backfill.ts';
import { labelsText } from '../metrics/text.ts';
import type { EpochMs } from '../session/part.ts';
import type { Prometheus, Series } from './prometheus.ts';

/** The live series of this exporter in a Prometheus: where their past must lead to. */
export interface LiveSeries {
  /** What Prometheus puts on every series of the target. */
  readonly target: Readonly<Record<string, string>>;
  /** When it first scraped the exporter; undefined: not yet. */
  readonly beginAt: EpochMs | undefined;
  /** The values of that scrape, by `seriesKey`. */
  readonly firstShown: ReadonlyMap<string, number>;
}

export interface TargetName {
  readonly job?: string;
  readonly instance?: string;
}

/** Finds this exporter among the targets of a Prometheus, and its first scrape. Throws a sentence when it cannot be told which one it is. */
export const findLiveSeries = async (prometheus: Prometheus, named: TargetName, now: EpochMs): Promise<LiveSeries> => {
  const target = await findTarget(prometheus, named);
  const beginAt = await firstScrape(prometheus, target, now);
  if (beginAt === undefined) return { target, beginAt, firstShown: new Map() };
  await refuseSecondPast(prometheus, target, beginAt);
  return { target, beginAt, firstShown: await shownAt(prometheus, target, beginAt) };
};

/** Every exporter has it, and it is never backfilled: it tells live from past. */
const build = 'watchroom_build_info';
const buildLabels = ['__name__', 'version', 'revision', 'node_version'];
const dayMs = 86_400_000;

const findTarget = async (prometheus: Prometheus, named: TargetName): Promise<Readonly<Record<string, string>>> => {
  const series = await prometheus.series(`${build}{${matchers(named as Readonly<Record<string, string>>)}}`);
  const targets = new Map(series.map((labels) => {
    const target = Object.fromEntries(Object.entries(labels).filter(([name]) => !buildLabels.includes(name)).sort(([a], [b]) => (a < b ? -1 : 1)));
    return [JSON.stringify(target), target] as const;
  }));
  const { job, instance } = named;
  if (targets.size === 1) return [...targets.values()][0]!;
  if (targets.size === 0 && job !== undefined && instance !== undefined) return { instance, job };
  if (targets.size === 0) throw new CommandError(`that Prometheus has no series of a Watchroom exporter${job === undefined && instance === undefined ? '' : ` with ${matchers(named as Readonly<Record<string, string>>)}`}. Let it scrape this exporter first, or say how it will call it: --job watchroom --instance localhost:10877`);
  const names = [...targets.values()].map((one) => `  --job ${one.job} --instance ${one.instance}${others(one)}`);
  throw new CommandError(`that Prometheus knows several Watchroom exporters. Which is this machine's?\n${names.sort().join('\n')}`);
};

const others = ({ job: _job, instance: _instance, ...labels }: Readonly<Record<string, string>>): string => (Object.keys(labels).length === 0 ? '' : `   (${matchers(labels)})`);

/** The day of the first sample, then the sample: the API has no question for it. */
const firstScrape = async (prometheus: Prometheus, target: Readonly<Record<string, string>>, now: EpochMs): Promise<EpochMs | undefined> => {
  const selector = `${build}{${matchers(target)}}`;
  const days = await prometheus.queryRange(`count_over_time(${selector}[1d])`, { from: now - 3000 * dayMs, to: now, stepMs: dayMs });
  const first = timesOf(days).sort((a, b) => a - b)[0];
  if (first === undefined) return undefined;
  return timesOf(await prometheus.query(`${selector}[1d]`, first)).reduce((least, at) => Math.min(least, at), first);
};

/** Two pasts over each other would be one counter that jumps up and down. */
const refuseSecondPast = async (prometheus: Prometheus, target: Readonly<Record<string, string>>, beginAt: EpochMs): Promise<void> => {
  const [found] = await prometheus.query(`count(last_over_time(${pastSelector(target)}[3000d]))`, beginAt - 1);
  if (found) throw new CommandError(`that Prometheus has a past of ${matchers(target)} already (${found.value![1]} series up to ${new Date(beginAt - 1).toISOString()}, just before its first scrape). A second one over it would be counted as use. docs/backfill.md says how to take the first one out`);
};

const shownAt = async (prometheus: Prometheus, target: Readonly<Record<string, string>>, at: EpochMs): Promise<ReadonlyMap<string, number>> => {
  const shown = new Map<string, number>();
  for (const { metric, values = [] } of await prometheus.query(`${pastSelector(target)}[1s]`, at)) {
    const { labels } = backfilledMetrics.find(({ name }) => name === metric.__name__)!;
    const value = values.find(([seconds]) => Math.round(seconds * 1000) === at)?.[1];
    if (value !== undefined) shown.set(seriesKey(metric.__name__!, labelsText(labels, labels.map((label) => metric[label]))), Number(value));
  }
  return shown;
};

const pastSelector = (target: Readonly<Record<string, string>>): string => `{__name__=~"${backfilledMetrics.map(({ name }) => name).join('|')}",${matchers(target)}}`;

/** job="watchroom",instance="localhost:10877" */
export const matchers = (labels: Readonly<Record<string, string>>): string => labelsText(Object.keys(labels), Object.values(labels));

const timesOf = (series: readonly Series[]): EpochMs[] => series.flatMap(({ values = [] }) => values.map(([seconds]) => Math.round(seconds * 1000)));
