import { join } from 'node:path';
import type { Health } from '../session/health-type.ts';
import type { UseBook } from '../session/hour-use.ts';
import type { EpochMs } from '../session/part.ts';
import type { Session } from '../session/session.ts';
import type { Snapshot } from '../session/snapshot.ts';
import { createCommands } from './commands.ts';
import type { Allowed, AskOwner } from './commands.ts';
import { Downlink } from './downlink.ts';
import { createHubClient } from './hub-client.ts';
import { AgentMemory } from './memory.ts';
import { usualPace } from './pacing.ts';
import type { Pace } from './pacing.ts';
import { Reporter } from './reporter.ts';
import type { RepositoryFile } from './edits.ts';
import type { ProcessControl } from './stop-process.ts';
import type { ToolCounts } from './use-rows.ts';

/** What an exporter gives to the agent that reports from it. */
export interface Scenery {
  /** The picture as it is now. */
  readonly snapshot: () => Snapshot;
  /** Tells of every change; returns how to stop that. */
  readonly onChange: (changed: () => void) => () => void;
  readonly book: UseBook;
  readonly healthOf: (session: Session, now: EpochMs) => Health;
  readonly toolCounts: ToolCounts;
  readonly placeOf: (path: string, cwd: string | undefined) => RepositoryFile | undefined;
  readonly control: ProcessControl;
}

export interface AgentOptions {
  /** Without a slash at its end. */
  readonly hubUrl: string;
  readonly token: string;
  /** @default nothing */
  readonly allow?: Allowed;
  /** @default false */
  readonly shareTitles?: boolean;
  readonly hostName: string;
  readonly platform: string;
  readonly version: string;
  /** Its own page, where others can reach it. */
  readonly url?: string;
  /** Where it remembers commands and how much history a hub has. Undefined: nothing survives, and it takes no commands. */
  readonly stateFolder?: string;
  readonly scenery: Scenery;
  readonly askOwner?: AskOwner;
  readonly log: AgentLog;
  readonly now: () => EpochMs;
  /** 0 to 1. @default Math.random */
  readonly random?: () => number;
  readonly pace?: Partial<Pace>;
  /** From SIGINT to SIGTERM. @default 10 s */
  readonly termAfterMs?: number;
}

export interface AgentLog {
  readonly info: (sentence: string) => void;
  readonly warn: (sentence: string) => void;
}

/** Reports what an exporter sees to a hub, and does what the hub asks and the owner allows, until it is stopped. */
export const startAgent = (options: AgentOptions): { readonly stop: () => Promise<void> } => {
  const { hubUrl, token, allow = {}, stateFolder, scenery, askOwner = nobodyIsThere, log, now, random = Math.random } = options;
  const pace = { ...usualPace, ...options.pace };
  const client = createHubClient(hubUrl, token);
  const memory = new AgentMemory(stateFolder === undefined ? undefined : join(stateFolder, 'agent.json'));
  const agentId = memory.agentId(options.hostName);
  const reporter = new Reporter({ ...options, shareTitles: options.shareTitles ?? false, random, pace, client, memory, agentId, onConnected: () => downlink.wake() });
  const ending = new AbortController();
  const run = createCommands({
    allow, memory, askOwner, now, ending: ending.signal,
    auditFile: stateFolder === undefined ? undefined : join(stateFolder, 'agent-audit.log'),
    sessions: () => scenery.snapshot().sessions,
    control: scenery.control,
    reportAgain: (id) => reporter.reportAgain(id),
    ...(options.termAfterMs === undefined ? {} : { termAfterMs: options.termAfterMs }),
  });
  const downlink = new Downlink({
    client, agentId, pace, random, run,
    isConnected: () => reporter.isConnected,
    onWatched: (ids) => reporter.watch(ids),
    onCommand: ({ kind, sessionId, by }, { outcome, detail }) => log.info(`${JSON.stringify(by.name)} asked to ${kind} ${sessionId}: ${outcome}, ${detail}`),
  });
  const stopListening = scenery.onChange(() => reporter.changed());
  const stopNoticing = noticeSleep(now, () => {
    reporter.wake();
    downlink.wake();
  });
  reporter.start();
  return {
    stop: async () => {
      stopListening();
      stopNoticing();
      ending.abort();
      await Promise.all([downlink.stop(), reporter.stop()]);
    },
  };
};

const nobodyIsThere: AskOwner = () => Promise.resolve(undefined);

const lookAtClockMs = 2000;
/** Timers stand still while a machine sleeps, and open connections are dead after it: the clock on the wall tells. */
const noticeSleep = (now: () => EpochMs, onWake: () => void): (() => void) => {
  let before = now() - performance.now();
  const timer = setInterval(() => {
    const difference = now() - performance.now();
    if (difference - before > 15_000) onWake();
    before = difference;
  }, lookAtClockMs);
  timer.unref();
  return () => clearInterval(timer);
};
