import type { Report, ReportAnswer } from 'watchroom/wire';
import type { Base } from '../base.ts';
import type { HubEventMap } from '../events.ts';
import type { Route } from '../routes/route.ts';
import { rollUpSamples } from '../sessions/samples.ts';
import { expireCommands } from './commands.ts';
import { dealSlots } from './deal-slots.ts';
import { Downlinks } from './downlink.ts';
import { Fleet } from './fleet.ts';
import { hubIdOf } from './hub-id.ts';
import { Live } from './live.ts';
import { createReportDesk } from './report.ts';
import type { AgentIdentity } from './report.ts';
import { agentRoutes } from './routes.ts';
import { Watched } from './watched.ts';

/** The hub's side of the agents. */
export interface Agents {
  readonly base: Base;
  readonly live: Live;
  readonly fleet: Fleet;
  readonly watched: Watched;
  readonly downlinks: Downlinks;
  readonly report: (agent: AgentIdentity, report: Report) => Promise<ReportAnswer>;
  readonly routes: readonly Route[];
}

/** What is done from time to time. */
export interface Job {
  readonly name: string;
  readonly everyMs: number;
  readonly run: () => Promise<void> | void;
}

/** Puts the agents' parts together and keeps them in step with what people change. */
export const createAgents = async (base: Base): Promise<Agents & { readonly jobs: readonly Job[]; readonly close: () => Promise<void> }> => {
  const { store, now, events } = base;
  const live = await Live.open(store, now());
  const fleet = await Fleet.open(store);
  const watched = new Watched(live, events);
  const downlinks = new Downlinks(base, watched);
  const report = createReportDesk({ base, hubId: await hubIdOf(store), live, fleet, watched });
  const agents = { base, live, fleet, watched, downlinks, report };
  for (const change of ['session:created', 'session:updated', 'session:ended'] as const) events.on(change, ({ session }) => live.changed(session));
  events.on('session:deleted', ({ session }) => live.deleted(session));
  events.on('access:lost', (lost) => leave(live, lost));
  const jobs: readonly Job[] = [
    { name: 'agents that fell silent', everyMs: 5_000, run: () => live.settle(now()) },
    { name: 'commands nobody answered', everyMs: 30_000, run: () => expireCommands(base) },
    { name: 'samples rolled up', everyMs: 3_600_000, run: () => rollUpSamples(store, now()) },
    { name: 'label slots dealt', everyMs: 3_600_000, run: () => dealSlots(base, fleet.slots) },
  ];
  return { ...agents, routes: agentRoutes(agents), jobs, close: () => downlinks.close() };
};

/** Runs jobs on timers until it is stopped; one that fails is told in the log and runs again. */
export const startJobs = ({ log }: Base, jobs: readonly Job[]): (() => void) => {
  const timers = jobs.map(({ name, everyMs, run }) => setInterval(async () => {
    try {
      await run();
    } catch (problem) {
      log.error({ job: name, problem: problem instanceof Error ? problem.message : String(problem) }, 'a job failed');
    }
  }, everyMs).unref());
  return () => timers.forEach((timer) => clearInterval(timer));
};

/** Whoever may no longer report to a team is not shown any more; an agent that still may is asked to tell everything again. What concerns one room or one login is not the agents' business. */
const leave = (live: Live, { userId, teamId, tokenId, sessionId, deviceId }: HubEventMap['access:lost'][0]): void => {
  if (sessionId !== undefined || deviceId !== undefined) return;
  if (userId === undefined && teamId === undefined && tokenId === undefined) return;
  for (const agent of live.agents()) {
    const isMeant = (userId === undefined || agent.userId === userId) && (teamId === undefined || agent.teamId === teamId) && (tokenId === undefined || agent.tokenId === tokenId);
    if (isMeant) live.left(agent.id);
  }
};
