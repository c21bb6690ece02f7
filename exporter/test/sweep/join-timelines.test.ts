import { describe, expect, it } from '@jest/globals';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { AgentProcess } from '../../src/processes/match.ts';
import type { Session, StoredSession } from '../../src/session/session.ts';
import type { Tool } from '../../src/session/tool.ts';
import { createJoin } from '../../src/sweep/join.ts';
import { aStoredSession } from '../a-session.ts';

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
  readonly transcript_path?: string;
}

const toolOf: Readonly<Record<string, Tool>> = { 'claude-code': 'claude', codex: 'codex', 'gemini-cli': 'gemini', copilot: 'copilot-cli', 'copilot-cli': 'copilot-cli', opencode: 'opencode', aider: 'aider' };

/** What a sweep would have seen, event by event, with the folder as the only evidence: no state files, no open files, no command lines. */
class Replay {
  readonly #join = createJoin();
  readonly #cwd: string;
  readonly sessions = new Map<string, StoredSession>();
  readonly processes = new Map<number, AgentProcess>();

  constructor(events: readonly Event[]) {
    this.#cwd = events.find(({ cwd }) => cwd !== undefined)?.cwd ?? '/recorded';
  }

  see(event: Event): void {
    const at = Date.parse(event.ts);
    const tool = event.adapter === undefined ? undefined : toolOf[event.adapter];
    const waiting = /^proc-(\d+)$/.exec(event.session_id);
    if (event.kind === 'transcript_new' && waiting && tool) this.#started(Number(waiting[1]), tool, event.cwd, at);
    else if ((event.kind === 'transcript_new' || event.kind === 'transcript_activity') && !waiting && tool && !event.session_id.startsWith('agent-')) this.#active(event.session_id, tool, event.cwd, at);
    else if (event.kind === 'process_exited' && event.pid !== undefined) this.processes.delete(event.pid);
  }

  joined(at: number): readonly Session[] {
    return this.#join({ sessions: [...this.sessions.values()], processes: [...this.processes.values()], claims: [], now: at, platform: 'darwin' }).sessions;
  }

  #started(pid: number, tool: Tool, cwd: string | undefined, at: number): void {
    if (!this.processes.has(pid)) this.processes.set(pid, { tool, pid, startedAt: at, cwd: cwd ?? this.#cwd, argv: [tool], hints: {} });
  }

  #active(nativeId: string, tool: Tool, cwd: string | undefined, at: number): void {
    const before = this.sessions.get(nativeId);
    // Transcripts of a recording that tells no folder of them lie where its newest process works.
    const place = cwd ?? before?.cwd ?? [...this.processes.values()].findLast((process) => process.tool === tool)?.cwd ?? this.#cwd;
    this.sessions.set(nativeId, { ...(before ?? aStoredSession({ tool, nativeId, startedAt: at })), cwd: place, lastActivityAt: at });
  }
}

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
