import { fleetMetrics } from 'watchroom/metrics/fleet-metrics';
import type { Show } from 'watchroom/metrics/hold';
import type { FleetMetric } from 'watchroom/metrics/metric';
import type { Family } from 'watchroom/metrics/render';
import { joined, labelsText, readingLabels, sampleLine } from 'watchroom/metrics/text';
import type { Session } from 'watchroom/session';
import type { Snapshot } from 'watchroom/session/snapshot';
import { shownValue } from '../agents/fleet.ts';
import type { FleetSeries } from '../agents/fleet.ts';
import type { UsedBudgets } from '../budgets/book.ts';
import type { ExportedAgent } from './exported.ts';
import { commonLabels } from './exported.ts';
import type { Names } from './names.ts';

type Wanted = (metric: string) => boolean;

/** The hub's counters over all agents, as one viewer is shown them. */
export const counterFamilies = ({ series, names, show, wants }: { readonly series: Iterable<FleetSeries>; readonly names: Names; readonly show: Show; readonly wants: Wanted }): Family[] => {
  const texts = new Map(counters.filter(({ name }) => wants(name)).map(({ name }) => [name, '']));
  for (const one of series) {
    const before = texts.get(one.metric);
    if (before === undefined) continue;
    const labels = labelsOf(one, names);
    if (labels === undefined) continue;
    texts.set(one.metric, before + sampleLine(one.metric, labels, show({ key: `${one.metric}{${labels}}`, value: shownValue(one), bornAt: one.born_at })));
  }
  return counters.flatMap(({ name, help }) => (texts.get(name) ? [{ name, type: 'counter' as const, help, lines: [Buffer.from(texts.get(name)!)] }] : []));
};

const counters = fleetMetrics.filter((metric): metric is FleetMetric => metric.type === 'counter' && metric.read === 'ledger');

/** The text of a series' labels; kept, as there are many and they hardly ever change. */
const labelsOf = (series: FleetSeries, names: Names): string | undefined => {
  const common = commonLabels({ teamId: series.team_id, userId: series.user_id, hostName: series.host_name }, names);
  if (common === undefined) return undefined;
  const known = texts.get(series);
  if (known?.common === common) return known.text;
  const text = joined(labelsText(Object.keys(series.labels), Object.values(series.labels)), common);
  texts.set(series, { common, text });
  return text;
};
const texts = new WeakMap<FleetSeries, { readonly common: string; readonly text: string }>();

interface Whole {
  readonly agents: readonly (Pick<ExportedAgent, 'common' | 'sessions'>)[];
  readonly used: readonly UsedBudgets[];
  readonly names: Names;
  readonly now: number;
  readonly wants: Wanted;
}

/** What the catalogue reads from a whole: of each host and user sessions by state and rate limits of accounts, of each team its budgets, which are no machine's. */
export const gaugeFamilies = ({ agents, used, names, now, wants }: Whole): Family[] => {
  const machines = new Map<string, Session[]>();
  for (const { common, sessions } of agents) machines.set(common, [...(machines.get(common) ?? []), ...sessions]);
  const pictures = [
    ...[...machines].map(([common, sessions]) => ({ common, picture: pictureOf(sessions, now) })),
    ...used.flatMap(({ teamId, budgets }) => (names.team(teamId) === undefined ? [] : [{ common: labelsText(['team'], [names.team(teamId)!]), picture: { ...pictureOf([], now), budgets } }])),
  ];
  return gauges.filter(({ name }) => wants(name)).flatMap(({ name, help, labels, read }) => {
    const text = pictures.map(({ common, picture }) => read(picture).map((reading) => sampleLine(name, joined(readingLabels(labels, reading), common), reading[0])).join('')).join('');
    return text === '' ? [] : [{ name, type: 'gauge' as const, help, lines: [Buffer.from(text)] }];
  });
};

const gauges = fleetMetrics.filter((metric): metric is FleetMetric & { readonly read: (snapshot: Snapshot) => ReturnType<Exclude<FleetMetric['read'], 'ledger'>> } => metric.type === 'gauge' && metric.read !== 'ledger');

/** As much of a machine's Snapshot as its agent's sessions tell. */
const pictureOf = (sessions: readonly Session[], now: number): Snapshot => {
  const counts: Record<string, Record<Session['state'], number>> = {};
  for (const { tool, state } of sessions) (counts[tool] ??= { working: 0, waiting: 0, idle: 0, ended: 0 })[state] += 1;
  return {
    at: now, sessions, dropped: { window: 0, limit: 0 }, sessionCounts: counts, fleet: [], fleetHistograms: [], rateLimits: newestLimits(sessions, now), budgets: [], sources: [], corrections: {},
    ledger: { id: '', createdAt: 0, sizeBytes: 0, durable: true }, complete: true, scanned: 1,
  };
};

/** The newest word on each account window; one whose reset has passed says nothing any more. */
const newestLimits = (sessions: readonly Session[], now: number): Snapshot['rateLimits'] => {
  const limits = new Map<string, Snapshot['rateLimits'][number]>();
  for (const { tool, rateLimits = [] } of sessions)
    for (const limit of rateLimits) {
      const key = `${tool} ${limit.window}`;
      if ((limit.resetsAt === undefined || limit.resetsAt > now) && !((limits.get(key)?.reportedAt ?? -1) >= limit.reportedAt)) limits.set(key, { ...limit, tool });
    }
  return [...limits.values()];
};
