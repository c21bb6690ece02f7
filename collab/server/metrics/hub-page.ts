import { contentTypes, formatOf } from 'watchroom/metrics/accept';
import { Viewers, showTruth } from 'watchroom/metrics/hold';
import { hubMetrics } from 'watchroom/metrics/hub-metrics';
import type { OwnMetric } from 'watchroom/metrics/metric';
import { unixSeconds } from 'watchroom/metrics/metric';
import type { OwnRegistry } from 'watchroom/metrics/own';
import { familyOfOwn, renderFamilies } from 'watchroom/metrics/render';
import type { Family } from 'watchroom/metrics/render';
import type { ScrapePage, ScrapeRequest } from 'watchroom/metrics/scrape';
import { selects } from 'watchroom/metrics/select';
import { labelsText, sampleLine } from 'watchroom/metrics/text';
import type { Agents } from '../agents/agents.ts';
import type { BudgetBook } from '../budgets/book.ts';
import { SessionExport, commonLabels, metricsOfSessions } from './exported.ts';
import type { Exported, ExportLimits, ExportedAgent, TalkOf } from './exported.ts';
import { counterFamilies, gaugeFamilies } from './fleet-lines.ts';
import { namesOf } from './names.ts';
import type { Names } from './names.ts';

export interface HubScrape extends ScrapeRequest {
  /** The team whose series the token may see; undefined: all. */
  readonly teamId?: string;
}

/** Answers scrapes of the hub: every agent's sessions and the counters over all of them, by the exporter's own catalogue. */
export const createHubScraper = ({ live, fleet, base }: Pick<Agents, 'live' | 'fleet' | 'base'>, own: OwnRegistry, { talk, budgets }: { readonly talk?: TalkOf; readonly budgets?: BudgetBook } = {}): ((request: HubScrape) => Promise<ScrapePage>) => {
  const { settings, store, now } = base;
  const viewers = new Viewers(now());
  const sessions = new SessionExport({ live, limits: settings, hubUrl: settings.publicUrl, ...(talk ? { talk } : {}) });
  return async ({ accept, viewer, intervalMs, names: wanted, teamId }) => {
    const done = own.render.startTimer();
    const wants = selects(wanted ? { names: wanted } : {});
    const at = now();
    live.settle(at);
    const names = await namesOf(store);
    const exported = ofTeam(await sessions.all(names, at), teamId);
    const show = viewer === undefined ? showTruth : viewers.look(`${viewer} ${wanted?.join() ?? ''}`, at, intervalMs);
    const series = [...fleet.series()].filter((one) => teamId === undefined || one.team_id === teamId);
    const format = formatOf(accept);
    const body = renderFamilies([
      ...sessionFamilies(exported.agents, wants),
      ...counterFamilies({ series, names, show, wants }),
      ...gaugeFamilies({ agents: exported.agents, used: (await budgets?.at(at, teamId)) ?? [], names, now: at, wants }),
      ...hubFamilies({ exported, live, names, limits: settings, ...(teamId === undefined ? {} : { teamId }) }).filter(({ name }) => wants(name)),
      ...(await ownFamilies(own, { wants, isOperator: teamId === undefined })),
    ], format);
    done();
    return { contentType: contentTypes[format], body };
  };
};

const ofTeam = (exported: Exported, teamId: string | undefined): Exported =>
  teamId === undefined ? exported : { agents: exported.agents.filter(({ agent }) => agent.teamId === teamId), dropped: new Map([...exported.dropped].filter(([team]) => team === teamId)) };

const sessionFamilies = (agents: readonly ExportedAgent[], wants: (metric: string) => boolean): Family[] =>
  metricsOfSessions.filter(({ name }) => wants(name)).map((metric) => ({ name: metric.name, type: metric.type, help: metric.help, lines: agents.flatMap(({ pages }) => pages.map((page) => page.lines(metric).bytes)) }));

/** What the hub says of its agents and of this page. */
const hubFamilies = ({ exported, live, names, limits, teamId }: { readonly exported: Exported; readonly live: Agents['live']; readonly names: Names; readonly limits: ExportLimits; readonly teamId?: string }): Family[] => {
  const up = new Map<string, { isUp: boolean; lastReportAt: number }>();
  for (const agent of live.agents()) {
    const labels = teamId === undefined || agent.teamId === teamId ? commonLabels(agent, names) : undefined;
    if (labels === undefined) continue;
    // Two agents under one name on one host are one series.
    const other = up.get(labels);
    up.set(labels, { isUp: agent.isUp || (other?.isUp ?? false), lastReportAt: Math.max(agent.lastReportAt, other?.lastReportAt ?? 0) });
  }
  const dropped = [...exported.dropped.values()].reduce((sum, one) => ({ user_limit: sum.user_limit + one.user_limit, hub_limit: sum.hub_limit + one.hub_limit }), { user_limit: 0, hub_limit: 0 });
  const sum = (of: (agent: ExportedAgent) => number): number => exported.agents.reduce((all, agent) => all + of(agent), 0);
  return [
    family(hubMetrics.agentUp, [...up].map(([labels, { isUp }]) => [labels, Number(isUp)])),
    family(hubMetrics.agentLastReport, [...up].map(([labels, { lastReportAt }]) => [labels, unixSeconds(lastReportAt)])),
    family(hubMetrics.sessionsExported, [['', sum(({ sessions }) => sessions.length)]]),
    family(hubMetrics.sessionsDropped, Object.entries(dropped).map(([reason, count]) => [labelsText(['reason'], [reason]), count])),
    family(hubMetrics.series, [['', sum(({ series }) => series)]]),
    family(hubMetrics.seriesLimit, [[labelsText(['scope'], ['user']), limits.seriesPerUser], [labelsText(['scope'], ['hub']), limits.seriesPerHub]]),
  ];
};

const family = ({ name, type, help }: OwnMetric, readings: readonly (readonly [labels: string, value: number])[]): Family =>
  ({ name, type, help, lines: [Buffer.from(readings.map(([labels, value]) => sampleLine(name, labels, value)).join(''))] });

/** What the hub measures of itself is for whoever runs it; a team learns which version it is [R7]. */
const ownFamilies = async ({ registry }: OwnRegistry, { wants, isOperator }: { readonly wants: (metric: string) => boolean; readonly isOperator: boolean }): Promise<Family[]> => {
  const mine = new Set<string>(Object.values(hubMetrics).map(({ name }) => name));
  const shown = registry.getMetricsAsArray().filter(({ name }) => wants(name) && !mine.has(name) && (isOperator || name === 'watchroom_build_info'));
  return (await Promise.all(shown.map(({ name }) => registry.getSingleMetric(name)!.get()))).map((metric) => familyOfOwn(metric as Parameters<typeof familyOfOwn>[0]));
};

