import type { RoomTalk, Session } from 'watchroom/session';
import { agentLabels, roomMetrics } from 'watchroom/metrics/hub-metrics';
import type { LabelSettings } from 'watchroom/metrics/metric';
import { sessionMetrics } from 'watchroom/metrics/session-metrics';
import { SessionPages } from 'watchroom/metrics/session-pages';
import type { SessionPage } from 'watchroom/metrics/session-pages';
import { labelsText } from 'watchroom/metrics/text';
import { toldHealth } from '../agents/live.ts';
import type { Live, LiveAgent } from '../agents/live.ts';
import { conflictsAcross } from './conflicts.ts';
import type { Names } from './names.ts';
import { privateSession } from './private-session.ts';

/** How much was said in the rooms of sessions, by the ids of their rows. */
export type TalkOf = (sessionIds: readonly string[]) => Promise<ReadonlyMap<string, RoomTalk>>;

/** Every metric that the hub shows of a session. */
export const metricsOfSessions = [...sessionMetrics, ...roomMetrics];

/** The sessions of one agent as they are exported. */
export interface ExportedAgent {
  readonly agent: LiveAgent;
  /** team, host_name and user_name, as text. */
  readonly common: string;
  readonly sessions: readonly Session[];
  readonly pages: readonly SessionPage[];
  readonly series: number;
}

export interface Exported {
  readonly agents: readonly ExportedAgent[];
  /** Sessions left out, by team and limit. */
  readonly dropped: ReadonlyMap<string, { user_limit: number; hub_limit: number }>;
}

export interface ExportLimits {
  readonly seriesPerUser: number;
  readonly seriesPerHub: number;
}

/** Keeps the text of every agent's sessions; what has not changed since the last scrape is not written again. */
export class SessionExport {
  readonly #live: Live;
  readonly #limits: ExportLimits;
  readonly #labels: LabelSettings;
  readonly #talk: TalkOf;
  readonly #pages = new Map<string, { readonly common: string; readonly pages: SessionPages }>();

  constructor({ live, limits, hubUrl, talk = async () => new Map() }: { readonly live: Live; readonly limits: ExportLimits; readonly hubUrl: string; readonly talk?: TalkOf }) {
    this.#live = live;
    this.#limits = limits;
    this.#talk = talk;
    // Titles come only from owners who set agent.share_titles.
    this.#labels = { title: true, hubUrl };
  }

  /** All live sessions within the limits, each once. Takes breaths, so that reports and sockets are not kept waiting. */
  async all(names: Names, now: number): Promise<Exported> {
    const found = this.#found(now, await this.#talk([...this.#live.sessions()].map(({ live }) => live.id)));
    const breath = breathing();
    const whole: ExportedAgent[] = [];
    for (const { agent, sessions } of found) {
      const common = commonLabels(agent, names);
      if (common !== undefined) whole.push(this.#written(agent, common, sessions, now, 'all'));
      await breath();
    }
    this.#forgetBut(new Set(found.map(({ agent }) => agent.id)));
    const within = withinLimits(whole, this.#limits, this.#labels);
    if (within === undefined) return { agents: whole, dropped: new Map() };
    return { agents: whole.map((one) => (within.kept.has(one) ? this.#written(one.agent, one.common, within.kept.get(one)!, now, 'within limits') : one)), dropped: within.dropped };
  }

  #found(now: number, talk: ReadonlyMap<string, RoomTalk>): { readonly agent: LiveAgent; readonly sessions: Session[] }[] {
    const all = [...this.#live.sessions()];
    const known = conflictsAcross(all, now);
    const found = new Map<string, { readonly agent: LiveAgent; readonly sessions: Session[] }>();
    for (const { agent, live } of all) {
      const one = found.get(agent.id) ?? { agent, sessions: [] };
      found.set(agent.id, one);
      one.sessions.push(withTalk(live.visibility === 'private' ? privateSession(live.session) : known(live), talk.get(live.id)));
    }
    return [...found.values()];
  }

  #written(agent: LiveAgent, common: string, sessions: readonly Session[], now: number, which: 'all' | 'within limits'): ExportedAgent {
    const key = `${agent.id} ${which}`;
    let kept = this.#pages.get(key);
    if (kept?.common !== common) this.#pages.set(key, (kept = { common, pages: new SessionPages({ metrics: metricsOfSessions, healthOf: toldHealth, labels: this.#labels, common }) }));
    const pages = kept.pages.of(sessions, now);
    return { agent, common, sessions, pages, series: seriesOf(pages) };
  }

  #forgetBut(agents: ReadonlySet<string>): void {
    for (const key of this.#pages.keys()) if (!agents.has(key.split(' ')[0]!)) this.#pages.delete(key);
  }
}

/** A session with what was said in its room. The same object while both are. */
const withTalk = (session: Session, room: RoomTalk | undefined): Session => {
  if (room === undefined) return session;
  let made = talked.get(session);
  if (made?.room !== room) talked.set(session, (made = { ...session, room }));
  return made;
};
const talked = new WeakMap<Session, Session>();

export const commonLabels = ({ teamId, hostName, userId }: Pick<LiveAgent, 'teamId' | 'hostName' | 'userId'>, names: Names): string | undefined => {
  const [team, user] = [names.team(teamId), names.user(userId)];
  return team === undefined || user === undefined ? undefined : labelsText(agentLabels, [team, hostName, user]);
};

const seriesOf = (pages: readonly SessionPage[]): number => {
  let sum = 0;
  for (const page of pages) for (const metric of metricsOfSessions) sum += page.lines(metric).series;
  return sum;
};

/** Undefined: everything fits. Else the sessions that are kept of each agent, the most recently active ones first. */
const withinLimits = (agents: readonly ExportedAgent[], { seriesPerUser, seriesPerHub }: ExportLimits, labels: LabelSettings): { readonly kept: ReadonlyMap<ExportedAgent, readonly Session[]>; readonly dropped: Exported['dropped'] } | undefined => {
  const ofUser = new Map<string, number>();
  for (const { agent, series } of agents) ofUser.set(userKey(agent), (ofUser.get(userKey(agent)) ?? 0) + series);
  const total = agents.reduce((sum, { series }) => sum + series, 0);
  if (total <= seriesPerHub && [...ofUser.values()].every((series) => series <= seriesPerUser)) return undefined;
  const kept = new Map<ExportedAgent, Session[]>(agents.map((one) => [one, []]));
  const dropped = new Map<string, { user_limit: number; hub_limit: number }>();
  const used = new Map<string, number>();
  let all = 0;
  const newestFirst = agents.flatMap((one) => one.sessions.map((session) => ({ one, session }))).sort((a, b) => (b.session.lastActivityAt ?? 0) - (a.session.lastActivityAt ?? 0) || (a.session.id < b.session.id ? -1 : 1));
  for (const { one, session } of newestFirst) {
    const series = countOf(session, labels);
    const user = userKey(one.agent);
    const reason = (used.get(user) ?? 0) + series > seriesPerUser ? 'user_limit' : all + series > seriesPerHub ? 'hub_limit' : undefined;
    if (reason === undefined) {
      used.set(user, (used.get(user) ?? 0) + series);
      all += series;
      kept.get(one)!.push(session);
    } else {
      const lost = dropped.get(one.agent.teamId) ?? { user_limit: 0, hub_limit: 0 };
      lost[reason] += 1;
      dropped.set(one.agent.teamId, lost);
    }
  }
  return { kept, dropped };
};

const userKey = ({ teamId, userId }: LiveAgent): string => `${teamId} ${userId}`;

const counted = new WeakMap<Session, number>();
const countOf = (session: Session, labels: LabelSettings): number => {
  let count = counted.get(session);
  if (count === undefined) counted.set(session, (count = metricsOfSessions.reduce((sum, metric) => sum + metric.read(session, { health: toldHealth(session), labels }).length, 0)));
  return count;
};

/** Lets others have their turn when work goes on for long. */
const breathing = (): (() => Promise<void>) => {
  let since = performance.now();
  return async () => {
    if (performance.now() - since < longestMs) return;
    await new Promise(setImmediate);
    since = performance.now();
  };
};
const longestMs = 8;
