import type { History, UseSlice } from '../session/history.ts';
import { tokenTypes } from '../session/usage.ts';
import type { Increment } from './backfill-samples.ts';
import type { FleetHistogramMetric, FleetMetric } from './metric.ts';
import { labelsText } from './text.ts';

/** The past of one live series. */
export interface PastSeries {
  readonly metric: string;
  /** Its own labels as text. */
  readonly labels: string;
  /** Increments are whole: tokens, sessions, and millionths of a dollar. */
  readonly perUnit: number;
  /** One per slice and kind, oldest first. */
  readonly increments: readonly Increment[];
}

/** What decides the project label, as in the ledger's fleet. */
export interface LabelRules {
  /** Projects that have a label of their own in the fleet. */
  readonly labelled: readonly string[];
  /** How many may have one. */
  readonly mostProjects: number;
}

/**
 * The live series that calls and session starts would have moved, with what each would have grown by. Turns, lines, errors, tool calls and durations
 * have no past: the ledger keeps their totals by session, not when each of them was.
 */
export const backfillSeries = (history: History, rules: LabelRules): PastSeries[] => {
  const projectOf = projectLabels(history, rules);
  const found = new Map<string, { readonly metric: string; readonly labels: string; readonly perUnit: number; readonly increments: Increment[] }>();
  const grow = (metric: keyof typeof names, values: readonly string[], increment: Increment): void => {
    if (increment.amount <= 0) return;
    const labels = labelsText(names[metric], values);
    const key = `${metric} ${labels}`;
    let series = found.get(key);
    if (!series) found.set(key, (series = { metric, labels, perUnit: metric === 'ai_cost_usd_total' ? 1e6 : 1, increments: [] }));
    series.increments.push(increment);
  };
  for (const use of history.use) {
    const { slice, tool, inFleet, microUsd, tokens } = use;
    const model = use.model ?? 'unknown';
    const project = projectOf(use.project);
    for (const kind of tokenTypes) {
      grow('ai_tokens_total', [tool, model, project, kind], { slice, inFleet, amount: tokens[kind] });
      if (microUsd === undefined) grow('ai_unpriced_tokens_total', [tool, model, kind], { slice, inFleet, amount: tokens[kind] });
    }
    if (microUsd !== undefined) grow('ai_cost_usd_total', [tool, model, project], { slice, inFleet, amount: microUsd });
  }
  for (const { slice, tool, project, inFleet, sessions } of history.starts) grow('ai_sessions_started_total', [tool, projectOf(project)], { slice, inFleet, amount: sessions });
  return [...found.values()].sort((a, b) => (a.labels < b.labels ? -1 : 1));
};

const names = {
  ai_sessions_started_total: ['tool', 'project'],
  ai_tokens_total: ['tool', 'model', 'project', 'token_type'],
  ai_unpriced_tokens_total: ['tool', 'model', 'token_type'],
  ai_cost_usd_total: ['tool', 'model', 'project'],
} as const;

export const isBackfilled = (metric: FleetMetric | FleetHistogramMetric): boolean => Object.hasOwn(names, metric.name);

/** Whoever has a label in the fleet keeps it; free slots go to the most used of the last 30 days, then of all time. The rest is "other". */
const projectLabels = (history: History, { labelled, mostProjects }: LabelRules): ((project: string | undefined) => string) => {
  const granted = new Set(labelled);
  for (const since of [history.to - 30 * 86_400_000, 0])
    for (const project of mostUsed(history.use.filter(({ slice }) => slice * history.sliceMs >= since))) if (granted.size < mostProjects) granted.add(project);
  return (project) => (project === undefined ? 'unknown' : granted.has(project) ? project : 'other');
};

/** Project names by what they used, cache reads aside: they are many and cheap. */
const mostUsed = (use: readonly UseSlice[]): string[] => {
  const sums = new Map<string, number>();
  for (const { project, tokens } of use) if (project !== undefined) sums.set(project, (sums.get(project) ?? 0) + tokens.input + tokens.output + tokens.cache_creation_5m + tokens.cache_creation_1h);
  return [...sums].sort(([a, tokensOfA], [b, tokensOfB]) => tokensOfB - tokensOfA || (a < b ? -1 : 1)).map(([project]) => project);
};
