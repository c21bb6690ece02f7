import type { History } from '../session/history.ts';
import { fleetMetrics } from './fleet-metrics.ts';
import { backfillSamples } from './backfill-samples.ts';
import { backfillSeries, isBackfilled } from './backfill-series.ts';
import type { LabelRules } from './backfill-series.ts';
import { escapedHelp, joined, labelsText, sampleLine } from './text.ts';

export interface Backfill extends LabelRules {
  readonly history: History;
  /** Labels that Prometheus puts on every series of the live target: job, instance and whatever its configuration adds. */
  readonly target: Readonly<Record<string, string>>;
  /** What the live series show in their first sample, by `seriesKey`; a series that is not there begins at 0. */
  readonly firstShown: ReadonlyMap<string, number>;
}

/**
 * Past use as OpenMetrics text with timestamps, for `promtool tsdb create-blocks-from openmetrics`: the names and labels of the live series,
 * each counting up from 0 and ending where the live series begins.
 */
export function* backfillText(backfill: Backfill): Generator<string> {
  const { history, target, firstShown } = backfill;
  const series = backfillSeries(history, backfill);
  const targetLabels = labelsText(Object.keys(target), Object.values(target));
  for (const metric of fleetMetrics.filter(isBackfilled)) {
    const own = series.filter(({ metric: name }) => name === metric.name);
    if (own.length === 0) continue;
    const family = metric.name.replace(/_total$/, '');
    yield `# HELP ${family} ${escapedHelp(metric.help, true)}\n# TYPE ${family} counter\n`;
    for (const { labels, perUnit, increments } of own) {
      const shown = Math.round((firstShown.get(seriesKey(metric.name, labels)) ?? 0) * perUnit);
      const line = sampleLine(metric.name, joined(labels, targetLabels), 0).slice(0, -2);
      for (const [at, value] of backfillSamples({ increments, endsAt: history.to, sliceMs: history.sliceMs, firstShown: shown })) yield `${line}${value / perUnit} ${at / 1000}\n`;
    }
  }
  yield '# EOF\n';
}

/** A series by its name and its own labels, without those of the target. */
export const seriesKey = (metric: string, labels: string): string => `${metric}{${labels}}`;

/** The metrics that are backfilled, with their labels in the order of `seriesKey`. */
export const backfilledMetrics: readonly { readonly name: string; readonly labels: readonly string[] }[] = fleetMetrics.filter(isBackfilled);
