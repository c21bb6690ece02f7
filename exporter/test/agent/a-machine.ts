import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startAgent } from '../../src/agent/agent.ts';
import type { AgentOptions, Scenery } from '../../src/agent/agent.ts';
import type { Pace } from '../../src/agent/pacing.ts';
import { createRepositoryPlaces } from '../../src/files/repository-file.ts';
import { healthOf } from '../../src/health/health.ts';
import type { Ledger } from '../../src/ledger/ledger.ts';
import { byLabel, grantedLabels } from '../../src/metrics/tool-label.ts';
import type { AgentProcess } from '../../src/processes/match.ts';
import type { Engine } from '../../src/sweep/engine.ts';
import { Scene } from '../../src/sweep/scene.ts';
import { createProcessControl } from '../../src/wiring/process-control.ts';
import { aHome, aLedger, anEngine, claudeLine, claudePrompt } from '../sweep/a-home.ts';
import type { ClaudeCall } from '../sweep/a-home.ts';
import { token } from './a-hub.ts';

/** Fifty times as fast as real agents. */
export const quick: Pace = { watchedMs: 20, activeMs: 100, idleMs: 1200, refusedMs: 600_000, backOffMs: 20, backOffMostMs: 200, backlogMs: 20, pollSeconds: 1 };

type Options = Partial<Omit<AgentOptions, 'scenery'>> & { readonly hubUrl: string };

/** A home with sessions, its ledger and its picture: everything of an exporter but threads, watching and a web server. */
export class AMachine {
  readonly files: ReturnType<typeof aHome>;
  readonly state = mkdtempSync(join(tmpdir(), 'watchroom-agent-'));
  readonly said: string[] = [];
  ledger: Ledger;
  scene: Scene;
  /** Added to the clock on the wall. */
  ahead = 0;
  #engine: Engine;
  #updates: ReturnType<typeof anEngine>['updates'];
  #agents: readonly AgentProcess[] = [];
  readonly #texts = new Map<string, string>();
  #calls = 0;
  readonly #listeners = new Set<() => void>();
  readonly #running = new Set<{ readonly stop: () => Promise<void> }>();

  constructor(files = aHome()) {
    this.files = files;
    ({ ledger: this.ledger, engine: this.#engine, updates: this.#updates, scene: this.scene } = this.#open('ledger.db'));
  }

  readonly now = (): number => Date.now() + this.ahead;

  /** Writes lines into the transcript of a Claude session and reads them. */
  async write(session: string, ...calls: readonly (Omit<ClaudeCall, 'session' | 'at'> & { readonly ago?: number })[]): Promise<void> {
    const first = this.now() - Math.max(0, ...calls.map(({ ago = 0 }) => ago));
    const lines = calls.map(({ ago = 0, ...call }) => claudeLine({ id: `msg_${(this.#calls += 1)}_${session}`, ...call, session, at: this.now() - ago }));
    this.#texts.set(session, [this.#texts.get(session) ?? '', claudePrompt({ session, at: first }), ...lines].join(''));
    this.files.write(`.claude/projects/-home-ada-shop/${session}.jsonl`, this.#texts.get(session)!);
    await this.scan();
  }

  async scan(): Promise<void> {
    await this.#engine.scan();
    for (const update of this.#updates.splice(0)) this.scene.apply(update);
    this.#see();
  }

  /** Which agents run, as the process table would tell. */
  runs(agents: readonly AgentProcess[]): void {
    this.#agents = agents;
    this.#see();
  }

  /** The ledger is lost, and a new one begun. */
  async loseLedger(): Promise<void> {
    this.ledger.close();
    ({ ledger: this.ledger, engine: this.#engine, updates: this.#updates, scene: this.scene } = this.#open(`ledger-${Math.random()}.db`));
    await this.scan();
  }

  start(options: Options): { readonly stop: () => Promise<void> } {
    const agent = startAgent({
      token, hostName: 'lovelace', platform: 'linux', version: '0.0.0', stateFolder: this.state, now: this.now,
      log: { info: (sentence) => this.said.push(sentence), warn: (sentence) => this.said.push(sentence) },
      ...options,
      pace: { ...quick, ...options.pace },
      scenery: this.scenery(),
    });
    const running = { stop: async () => { this.#running.delete(running); await agent.stop(); } };
    this.#running.add(running);
    return running;
  }

  scenery(): Scenery {
    return {
      snapshot: () => this.scene.snapshot(this.now()),
      onChange: (changed) => {
        this.#listeners.add(changed);
        return () => void this.#listeners.delete(changed);
      },
      book: { hoursOf: (ids) => Promise.resolve(this.ledger.hoursOf(ids)), past: (after, limit) => Promise.resolve(this.ledger.past(after, limit)) },
      healthOf,
      toolCounts: (calls) => byLabel(calls, grantedLabels(calls, 20)),
      placeOf: createRepositoryPlaces({ now: this.now }),
      control: createProcessControl({ scene: { seen: { agents: this.#agents, claims: [], status: noStatus } }, platform: 'linux', ownPid: process.pid, now: this.now, recorded: false }),
    };
  }

  /** Of all sessions, as the ledger has it. */
  counted(kind: 'input' | 'output' | 'cache_read'): number {
    return this.ledger.sessions('all').flatMap(({ models }) => Object.values(models)).reduce((sum, { usage }) => sum + (usage[kind] ?? 0), 0);
  }

  async close(): Promise<void> {
    await Promise.all([...this.#running].map(({ stop }) => stop()));
    this.ledger.close();
  }

  #see(): void {
    this.scene.see({ agents: this.#agents, claims: [], status: noStatus });
    for (const changed of this.#listeners) changed();
  }

  #open(name: string) {
    const ledger = aLedger({ path: join(this.state, name), now: this.now });
    const scene = new Scene({ platform: 'linux', idleAfterMs: 900_000, exportWindowMs: 86_400_000, exportLimit: 1000, durable: true });
    return { ledger, scene, ...anEngine(this.files.machine, ledger, this.now) };
  }
}

const noStatus = { source: 'processes' as const, up: true, filesTracked: 0, readBytes: 0, records: 0, unknownRecords: 0, parseErrors: {}, backlogBytes: 0, lateTokens: 0, watchedDirectories: 0, polledDirectories: 0 };
