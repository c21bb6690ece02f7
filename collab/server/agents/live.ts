import type { Session } from 'watchroom/session';
import type { Health } from 'watchroom/session/health-type';
import { sessionOfWire } from 'watchroom/wire';
import type { WireSession } from 'watchroom/wire';
import type { AgentTable, SessionTable } from '../store/schema.ts';
import type { Store } from '../store/open.ts';

/** A session of an agent that is up, as metrics and the radar want it. */
export interface LiveSession {
  /** Of its row. */
  readonly id: string;
  readonly key: string;
  readonly ownerId: string;
  readonly visibility: SessionTable['visibility'];
  readonly wire: WireSession;
  /** The same for metrics, with people's words as they are in force on the hub. One object until something changes. */
  readonly session: Session;
}

/** An agent as it last reported. */
export interface LiveAgent {
  readonly id: string;
  readonly teamId: string;
  readonly userId: string;
  readonly tokenId: string;
  readonly hostName: string;
  readonly url: string | undefined;
  readonly lastReportAt: number;
  /** From here on it is silent. */
  readonly silentAt: number;
  readonly sessions: ReadonlyMap<string, LiveSession>;
}

export type AgentState = 'up' | 'silent' | 'left';

/** Three times the announced interval of silence, at least 90 s, and an agent is down (DESIGN.md 8). */
export const silentAtOf = ({ last_report_at, next_due_at }: Pick<AgentTable, 'last_report_at' | 'next_due_at'>): number =>
  last_report_at + Math.max(3 * (next_due_at - last_report_at), leastSilenceMs);
const leastSilenceMs = 90_000;

/** Whether an agent is there, by its row. */
export const agentStateOf = (row: Pick<AgentTable, 'last_report_at' | 'next_due_at' | 'left_at'>, now: number): AgentState =>
  row.left_at !== null ? 'left' : now < silentAtOf(row) ? 'up' : 'silent';

/** An agent that has been silent for so long is no longer told of; its row stays. */
export const forgottenAfterMs = 7 * 86_400_000;

interface Entry extends Omit<LiveAgent, 'silentAt'> {
  row: AgentTable;
  readonly told: Map<string, LiveSession>;
  isUp: boolean;
  heard: boolean;
}

/** Which agents are up and what they last said. It is in memory only: after a restart the agents are asked to tell everything again. */
export class Live {
  readonly #agents = new Map<string, Entry>();
  /** Of "<team> <session key>": the agent whose word is the freshest. */
  readonly #holders = new Map<string, string>();
  readonly #ofRow = new Map<string, { readonly agentId: string; readonly key: string }>();
  #version = 0;

  /** Knows the agents of before a restart, but not their sessions. */
  static async open(store: Store, now: number): Promise<Live> {
    const live = new Live();
    for (const row of await store.selectFrom('agents').selectAll().where('left_at', 'is', null).where('last_report_at', '>', now - forgottenAfterMs).execute()) live.#enter(row, now);
    return live;
  }

  /** Rises with every change. */
  get version(): number {
    return this.#version;
  }

  /** Agents that are up or silent; not those that said goodbye. */
  agents(): Iterable<LiveAgent & { readonly isUp: boolean }> {
    return [...this.#agents.values()].map(shown);
  }

  agent(id: string): LiveAgent | undefined {
    const entry = this.#agents.get(id);
    return entry && shown(entry);
  }

  /** What this agent said last, also when its word is not the freshest; undefined: nothing since the hub started. */
  told(agentId: string): ReadonlyMap<string, LiveSession> | undefined {
    const entry = this.#agents.get(agentId);
    return entry?.heard ? entry.told : undefined;
  }

  /** The agent that has the freshest word on a session, by the id of its row. */
  holderOf(sessionId: string): { readonly agentId: string; readonly key: string } | undefined {
    return this.#ofRow.get(sessionId);
  }

  /** Every session of an agent that is up, each once. */
  *sessions(): Generator<{ readonly agent: LiveAgent; readonly live: LiveSession }> {
    for (const entry of this.#agents.values()) {
      if (!entry.isUp) continue;
      const agent = shown(entry);
      for (const live of entry.told.values()) if (this.#holders.get(holderKey(entry.teamId, live.key)) === entry.id) yield { agent, live };
    }
  }

  /** Whether an agent's word on a session would be the freshest. */
  isFreshest({ agentId, teamId }: { readonly agentId: string; readonly teamId: string }, wire: WireSession): boolean {
    const holder = this.#holders.get(holderKey(teamId, wire.id));
    if (holder === undefined || holder === agentId) return true;
    const held = this.#agents.get(holder)?.told.get(wire.id);
    return held === undefined || isFresher(wire, held.wire);
  }

  /** A committed report. */
  reported({ row, sessions, present, now }: { readonly row: AgentTable; readonly sessions: readonly LiveSession[]; readonly present: ReadonlySet<string>; readonly now: number }): void {
    const entry = this.#enter(row, now);
    entry.heard = true;
    for (const live of sessions) entry.told.set(live.key, live);
    for (const key of entry.told.keys()) if (!present.has(key)) this.#drop(entry, key);
    for (const live of entry.told.values()) this.#elect(entry, live);
    this.#version += 1;
  }

  /** Said goodbye, or lost its right to report. */
  left(agentId: string): void {
    const entry = this.#agents.get(agentId);
    if (!entry) return;
    for (const key of [...entry.told.keys()]) this.#drop(entry, key);
    this.#agents.delete(agentId);
    this.#version += 1;
  }

  /** Takes the sessions of agents that fell silent out of sight; what they said is kept for when they wake. */
  settle(now: number): void {
    for (const entry of [...this.#agents.values()]) {
      if (now - entry.row.last_report_at > forgottenAfterMs) this.left(entry.id);
      else if (entry.isUp && now >= silentAtOf(entry.row)) this.#silence(entry);
    }
  }

  /** People changed a session on the hub: its visibility, their words. */
  changed(row: SessionTable): void {
    for (const entry of this.#agents.values()) {
      const before = entry.teamId === row.team_id ? entry.told.get(row.session_key) : undefined;
      if (!before) continue;
      entry.told.set(row.session_key, liveSession(row, before.wire, before));
      this.#version += 1;
    }
  }

  /** A session was deleted. */
  deleted({ team_id: teamId, session_key: key }: SessionTable): void {
    for (const entry of this.#agents.values()) if (entry.teamId === teamId && entry.told.has(key)) this.#drop(entry, key);
    this.#version += 1;
  }

  #enter(row: AgentTable, now: number): Entry {
    const before = this.#agents.get(row.id);
    const told = before?.told ?? new Map<string, LiveSession>();
    const entry: Entry = { id: row.id, teamId: row.team_id, userId: row.user_id, tokenId: row.token_id, hostName: row.host_name, url: row.url ?? undefined, lastReportAt: row.last_report_at, row, sessions: told, told, isUp: now < silentAtOf(row), heard: before?.heard ?? false };
    this.#agents.set(row.id, entry);
    return entry;
  }

  #silence(entry: Entry): void {
    entry.isUp = false;
    this.#version += 1;
    for (const key of entry.told.keys()) this.#release(entry, key);
  }

  #elect(entry: Entry, live: LiveSession): void {
    const key = holderKey(entry.teamId, live.key);
    const holder = this.#agents.get(this.#holders.get(key) ?? '');
    if (holder && holder.id !== entry.id && holder.isUp && holder.told.has(live.key) && !isFresher(live.wire, holder.told.get(live.key)!.wire)) return;
    this.#holders.set(key, entry.id);
    this.#ofRow.set(live.id, { agentId: entry.id, key: live.key });
  }

  #drop(entry: Entry, key: string): void {
    this.#release(entry, key);
    entry.told.delete(key);
  }

  /** The next freshest of the agents that know the session has the word from now on. */
  #release(entry: Entry, key: string): void {
    const place = holderKey(entry.teamId, key);
    if (this.#holders.get(place) !== entry.id) return;
    this.#holders.delete(place);
    this.#ofRow.delete(entry.told.get(key)!.id);
    for (const other of this.#agents.values()) if (other !== entry && other.isUp && other.teamId === entry.teamId && other.told.has(key)) this.#elect(other, other.told.get(key)!);
  }
}

const holderKey = (teamId: string, key: string): string => `${teamId} ${key}`;

const shown = (entry: Entry): LiveAgent & { readonly isUp: boolean } => ({ ...entry, silentAt: silentAtOf(entry.row) });

/** A running process tells more than a copied file; then the newer record wins. At a tie whoever has the word keeps it. */
const isFresher = (one: WireSession, other: WireSession): boolean =>
  runs(one) === runs(other) ? (one.lastActivityAt ?? 0) > (other.lastActivityAt ?? 0) : runs(one);

const runs = ({ alive, processes }: WireSession): boolean => alive === true || processes.length > 0;

/** A session with the words in force; the object of before when nothing has changed. */
export const liveSession = (row: SessionTable, wire: WireSession, before?: LiveSession): LiveSession => {
  const words = { tags: row.tags, projectName: row.project_name, description: row.description };
  if (before?.wire === wire && before.visibility === row.visibility && JSON.stringify(words) === wordsOf.get(before.session)) return before;
  const { tags: _tags, projectName: _projectName, description: _description, ...facts } = sessionOfWire(wire);
  const session: ToldSession = { ...facts, [healthKey]: wire.health, tags: JSON.parse(row.tags) as string[], ...(row.project_name === null ? {} : { projectName: row.project_name }), ...(row.description === null ? {} : { description: row.description }) };
  wordsOf.set(session, JSON.stringify(words));
  return { id: row.id, key: row.session_key, ownerId: row.owner_id, visibility: row.visibility, wire, session };
};

const wordsOf = new WeakMap<Session, string>();
const healthKey = Symbol('health as told');
/** Copies of a session keep it. */
type ToldSession = Session & { readonly [healthKey]?: Health };

/** Health as the session's own exporter computed it. */
export const toldHealth = (session: ToldSession): Health => session[healthKey] ?? { factors: {}, missing: [] };
