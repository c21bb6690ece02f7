import { describe, expect, it } from '@jest/globals';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { AgentProcess } from '../../src/processes/match.ts';
import type { Session, StoredSession } from '../../src/session/session.ts';
import type { Tool } from '../../src/session/tool.ts';
import { aStoredSession } from '../a-session.ts';
import { joinAgain } from './a-join.ts';

/** Recordings of real processes and transcripts: which pid wrote which session, by an independent observer. They lie beside the repository. */
const samples = fileURLToPath(new URL('../../../../shared/samples/', import.meta.url));
const present = existsSync(samples);

interface Event {
  readonly ts: string;
  readonly kind: string;
  readonly session_id: string;
  readonly adapter?: string;
  readonly pid?: number;
  readonly cwd?: string;
  readonly parent_session_id?: string;
}

const toolOf: Readonly<Record<string, Tool>> = { 'claude-code': 'claude', codex: 'codex', 'gemini-cli': 'gemini', copilot: 'copilot-cli', 'copilot-cli': 'copilot-cli', opencode: 'opencode', aider: 'aider' };

/** What a sweep would have seen, event by event, with the folder as the only evidence: no state files, no open files, no command lines. */
class Replay {
  readonly #join = joinAgain();
  readonly #folders: ReadonlyMap<number, string>;
  readonly #pids: ReadonlyMap<string, number>;
  readonly #parents: ReadonlyMap<string, string>;
  readonly sessions = new Map<string, StoredSession>();
  readonly processes = new Map<number, AgentProcess>();

  constructor(events: readonly Event[]) {
    this.#folders = new Map(events.flatMap(({ session_id, cwd }) => (waitingPid(session_id) === undefined || cwd === undefined ? [] : [[waitingPid(session_id)!, cwd]])));
    this.#pids = new Map(events.flatMap(({ kind, session_id, pid }) => (kind === 'pid_discovered' && pid !== undefined ? [[session_id, pid]] : [])));
    this.#parents = new Map(events.flatMap(({ session_id, parent_session_id: parent }) => (parent === undefined ? [] : [[session_id, parent]])));
  }

  see({ ts, kind, session_id: id, adapter, pid, cwd }: Event): void {
    const at = Date.parse(ts);
    const tool = adapter === undefined ? undefined : toolOf[adapter];
    const waiting = waitingPid(id);
    if (kind === 'process_exited' && pid !== undefined) this.processes.delete(pid);
    if (!tool || !/^transcript_(new|activity)$/.test(kind)) return;
    if (waiting !== undefined) this.#started(waiting, tool, at);
    else this.#active(this.#parents.get(id) ?? id, tool, cwd, at);
  }

  joined(at: number): readonly Session[] {
    return this.#join({ sessions: [...this.sessions.values()], processes: [...this.processes.values()], claims: [], now: at, platform: 'darwin' });
  }

  #started(pid: number, tool: Tool, at: number): void {
    if (!this.processes.has(pid)) this.processes.set(pid, { tool, pid, startedAt: at, cwd: this.#folders.get(pid) ?? '/unknown', argv: [tool], hints: {} });
  }

  /** Where a recording does not tell the folder of a transcript, it is that of the process which the observer saw write it. */
  #active(nativeId: string, tool: Tool, cwd: string | undefined, at: number): void {
    const before = this.sessions.get(nativeId);
    const folder = cwd ?? before?.cwd ?? this.#folders.get(this.#pids.get(nativeId) ?? 0) ?? '/nobody';
    this.sessions.set(nativeId, { ...(before ?? aStoredSession({ tool, nativeId, startedAt: at })), cwd: folder, lastActivityAt: at });
  }
}

/** The observer's name for a process that has not written anything yet. */
const waitingPid = (id: string): number | undefined => (/^proc-\d+$/.test(id) ? Number(id.slice(5)) : undefined);

const eventsOf = (path: string): Event[] => readFileSync(path, 'utf8').split('\n').filter((line) => line !== '').map((line) => JSON.parse(line) as Event);

const recordings = present
  ? readdirSync(samples, { recursive: true, encoding: 'utf8' }).filter((path) => path.includes('-process-events') && path.endsWith('events.jsonl')).map((path) => ({ path, name: path.replace(/-process-events.*\/(regressions|scenarios)\//, ': ').replace(/\/recordings\/(.{16}).*/, ' $1') }))
  : [];

/** The observer's own pairing of pid and session at the time it was made. */
const pairings = (events: readonly Event[], replay: Replay): { readonly joined: readonly Session[]; readonly session: string; readonly pid: number }[] =>
  events.flatMap((event) => {
    replay.see(event);
    const { kind, session_id: session, pid } = event;
    if (kind !== 'pid_discovered' || pid === undefined || !replay.sessions.has(session) || !replay.processes.has(pid)) return [];
    return [{ joined: replay.joined(Date.parse(event.ts)), session, pid }];
  });

(present ? describe : describe.skip)(`recorded processes (${present ? samples.split('/').at(-2) : '../shared/samples is not there'})`, () => {
  it('there are recordings of five tools', () => {
    expect(new Set(recordings.map(({ path }) => path.split('-process-events')[0]))).toEqual(new Set(['claude', 'codex', 'copilot-cli', 'gemini', 'opencode-stream']));
  });

  it('they hold enough pairs of pid and session to prove something', () => {
    const count = recordings.reduce((sum, { path }) => sum + pairings(eventsOf(samples + path), new Replay(eventsOf(samples + path))).length, 0);
    expect(count).toBeGreaterThan(150);
  });

  it.each(recordings)('$name: every pid has the session that the observer saw it write', ({ path }) => {
    const events = eventsOf(samples + path);
    for (const { joined, session, pid } of pairings(events, new Replay(events))) {
      const owned = joined.filter(({ processes }) => processes.some((process) => process.pid === pid)).map(({ nativeId }) => nativeId);
      expect({ pid, owned }).toEqual({ pid, owned: [session] });
    }
  });

  it.each(recordings.filter(({ name }) => name.includes('1-5_session-reset')))('$name: after a reset one session lives and the one before it has ended', ({ path }) => {
    const events = eventsOf(samples + path);
    const pairs = pairings(events, new Replay(events));
    const ids = [...new Set(pairs.map(({ session }) => session))];
    const last = pairs.at(-1)!;
    for (const id of ids) expect(last.joined.find(({ nativeId }) => nativeId === id)).toMatchObject(id === last.session ? { alive: true } : { alive: false, state: 'ended' });
  });

  it.each(recordings)('$name: when its processes have gone nothing is alive', ({ path }) => {
    const events = eventsOf(samples + path);
    const replay = new Replay(events);
    for (const event of events) replay.see(event);
    replay.processes.clear();
    expect(replay.joined(Date.parse(events.at(-1)!.ts)).filter(({ state }) => state !== 'ended')).toEqual([]);
  });
});
