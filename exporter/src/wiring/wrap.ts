import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { basename } from 'node:path';
import type { Writable } from 'node:stream';
import type { World } from '../cli/backend.ts';
import { CommandError } from '../cli/exit-codes.ts';
import type { RunAsk, WrapCare } from '../cli/wrap-backend.ts';
import { statePath } from '../config/paths.ts';
import { sessionId } from '../session/session.ts';
import { tools } from '../session/tool.ts';
import type { Tool } from '../session/tool.ts';
import { makePrices } from '../sweep/reading.ts';
import { announce, post } from '../wrap/announce.ts';
import type { Facts } from '../wrap/facts.ts';
import { Listener } from '../wrap/listener.ts';
import { listRuns, pruneRuns, readRun, runFile, runsFolder, writeRun } from '../wrap/run-state.ts';
import type { RunState } from '../wrap/run-state.ts';
import { recognise } from '../wrap/stream-of.ts';
import type { Recognised } from '../wrap/stream-of.ts';
import { runWrapped } from '../wrap/wrapped-command.ts';
import type { Ended } from '../wrap/wrapped-command.ts';
import type { Surroundings } from './books.ts';
import type { About } from './exporter.ts';
import { isAlive } from './is-alive.ts';
import { readingSettings } from './reading-settings.ts';

type Around = Surroundings & Pick<About, 'env' | 'stdout' | 'stderr' | 'stdin'>;

/** What `watchroom run` and `watchroom current` do. */
export const wrapCare = (world: World, around: Around): WrapCare => ({
  run: (ask) => runOne(world, around, ask),
  runs: async (stateFile) => {
    const found = stateFile === undefined ? listRuns(runsFolder(folderOf(world))) : [readRun(stateFile)].filter((state) => state !== undefined);
    return found.map((state) => (state.status === 'ACTIVE' && !isAlive(state.pid) ? { ...state, lost: true as const } : state));
  },
});

const folderOf = ({ state, machine }: World): string => (state.kind === 'folder' ? state.path : statePath(machine));

const runOne = async (world: World, around: Around, ask: RunAsk): Promise<number> => {
  const hub = ask.team === undefined ? undefined : hubOf(world, ask); // before anything runs
  const seen = recognise(ask.command);
  if (hub && seen.tool === undefined) throw new CommandError(`the hub knows sessions of ${tools.join(', ')}, and ${JSON.stringify(seen.program)} is none of them: run it without --team`, 'usage');
  const started = around.now();
  const folder = runsFolder(folderOf(world));
  const file = ask.stateFile ?? runFile(folder, { startedAt: started, pid: around.pid });
  const problems: string[] = [];
  let state: RunState = {
    version: 1, run: randomUUID(), status: 'ACTIVE', program: seen.program, cwd: process.cwd(), startedAt: new Date(started).toISOString(),
    ...(seen.tool === undefined ? {} : { tool: seen.tool }), ...(seen.model === undefined ? {} : { model: seen.model }),
  };
  const keep = (): void => note(problems, 'the state file', () => writeRun(file, state));
  const telling: Promise<void>[] = [];
  const impatient = new AbortController();
  const tell = (targets: readonly string[]): void => void telling.push(tellAll({ targets, state, around, hub, signal: impatient.signal }).then((sentences) => void problems.push(...sentences)));

  const listener = new Listener();
  let isActive = false;
  const begin = (): void => {
    if (isActive) return;
    isActive = true;
    keep();
    tell(ask.onActive);
  };
  const restore = standAside();
  const ended = await runWrapped({
    command: ask.command, stdout: around.stdout as Writable, isTerminal: around.stdin?.isTTY === true, onSignal: hearSignals,
    onStart: (pid) => {
      state = { ...state, pid };
      if (ask.stateFile === undefined) note(problems, 'old state files', () => pruneRuns(folder));
      if (seen.speaksJson) keep(); // the session's id comes with the first record
      else begin();
    },
    ...(seen.speaksJson ? { onOutput: (chunk: Buffer) => {
      if (!listener.hear(chunk)) return;
      state = withFacts(state, listener.facts, seen);
      if (isActive) keep();
      else begin();
    } } : {}),
  });
  if ('failure' in ended) {
    restore();
    throw new CommandError(ended.failure, ended.exitCode === 127 ? 'notFound' : 'notAllowed');
  }
  note(problems, "the command's output", () => listener.end());
  // Whoever presses Ctrl+C once the command has ended waits for nobody who is still being told.
  const patient = hearSignals(() => impatient.abort());
  begin();
  await Promise.all(telling); // ACTIVE is told before COMPLETED
  state = completed(withFacts(state, listener.facts, seen), ended, around.now() - started, world);
  keep();
  tell(ask.onCompleted);
  await Promise.all(telling);
  if (problems.length > 0) {
    state = { ...state, problems };
    keep();
    around.stderr.write(`watchroom: ${problems.slice(0, 3).join('; ')}\n`);
  }
  patient();
  restore();
  if ('signal' in ended) return endBy(ended.signal);
  return ended.exitCode;
};

const withFacts = (state: RunState, { nativeId, ...facts }: Facts, { tool }: Recognised): RunState => ({ ...state, ...facts, ...(nativeId === undefined || tool === undefined ? {} : { session: sessionId(tool, nativeId) }) });

const completed = (state: RunState, ended: Ended, durationMs: number, world: World): RunState => {
  const cost = state.costUsd ?? priced(state, world);
  return { ...state, status: 'COMPLETED', endedAt: new Date(Date.parse(state.startedAt) + durationMs).toISOString(), durationMs, ...ended, ...(cost === undefined ? {} : { costUsd: cost }) };
};

/** Where the tool names tokens but no money. */
const priced = ({ model, tokens, startedAt }: RunState, world: World): number | undefined => {
  if (model === undefined || tokens === undefined) return undefined;
  const microUsd = makePrices(readingSettings(world, '')).microUsdOf({ model, usage: tokens, at: Date.parse(startedAt) });
  return microUsd === undefined ? undefined : microUsd / 1e6;
};

interface Hub { readonly url: string; readonly token: string }

/** The hub and the token are said before the command runs, or it does not run. */
const hubOf = ({ config }: World, { team, token: variable, hubTokenFile }: RunAsk): Hub => {
  const token = (hubTokenFile === undefined ? variable : tokenIn(hubTokenFile))?.trim();
  if (config.hubUrl === undefined || token === undefined || token === '') throw new CommandError('--team needs the hub and a personal token of yours: hub.url in the configuration (or WATCHROOM_HUB_URL), and --hub-token-file FILE (or WATCHROOM_TOKEN)', 'usage');
  if (/^wr[as]_/.test(token)) throw new CommandError(`that is ${token.startsWith('wra_') ? 'an agent token, which only reports' : 'a scrape token, which only scrapes'}: --team needs a personal token of yours, made on the page of the hub`, 'usage');
  return { url: `${config.hubUrl.replace(/\/$/, '')}/api/v1/teams/${encodeURIComponent(team!)}/session-webhook`, token };
};

const tokenIn = (file: string): string => {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new CommandError(`the token file ${file} cannot be read (${(error as NodeJS.ErrnoException).code})`, 'config');
  }
};

const tellAll = async ({ targets, state, around, hub, signal }: { readonly targets: readonly string[]; readonly state: RunState; readonly around: Around; readonly hub: Hub | undefined; readonly signal: AbortSignal }): Promise<readonly string[]> => {
  const toHub = hub ? post({ url: hub.url, body: hubBody(state), headers: { authorization: `Bearer ${hub.token}`, 'idempotency-key': `${state.run}-${state.status}` }, signal }) : undefined;
  const [sentences, hubSentence] = await Promise.all([announce({ targets, state, env: around.env, signal }), toHub]);
  return [...sentences, ...(hubSentence === undefined ? [] : [`the hub: ${hubSentence}`])];
};

/** As the hub's session webhook takes it (docs/hub-sessions.md); reasoning is part of output there. */
const hubBody = ({ run, session, program, tool, status, costUsd, tokens, turns, durationMs, failed, model, cwd }: RunState) => {
  const { reasoning: _reasoning, ...billed } = tokens ?? {};
  return {
    tool: tool as Tool, status, hostName: hostname(), project: basename(cwd) || cwd, name: `${program} ${run.slice(0, 8)}`,
    ...(session === undefined ? {} : { sessionId: session.slice(session.indexOf('/') + 1) }),
    ...(costUsd === undefined ? {} : { costUsd }), ...(tokens === undefined ? {} : { tokens: billed }), ...(turns === undefined ? {} : { turns }), ...(durationMs === undefined ? {} : { durationMs }),
    ...(failed ? { errors: 1 } : {}), ...(model === undefined ? {} : { model }),
  };
};

const note = (problems: string[], what: string, work: () => void): void => {
  try {
    work();
  } catch (error) {
    const sentence = `${what} cannot be written (${(error as NodeJS.ErrnoException).code ?? (error as Error).message})`;
    if (!problems.includes(sentence)) problems.push(sentence);
  }
};

const passed: readonly NodeJS.Signals[] = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT', 'SIGUSR2', 'SIGCONT'];

/** The command decides what a signal means; while it runs none of them ends Watchroom. */
const hearSignals = (hear: (signal: NodeJS.Signals) => void): (() => void) => {
  for (const signal of passed) process.on(signal, hear);
  return () => { for (const signal of passed) process.off(signal, hear); };
};

/** main.ts ends the program at a signal or a closed stdout; a wrapper has no end of its own. Mistakes of Watchroom are told at the end, if at all. */
const standAside = (): (() => void) => {
  for (const signal of passed) process.removeAllListeners(signal);
  process.stdout.removeAllListeners('error');
  process.stdout.on('error', () => undefined);
  const swallow = (): void => undefined;
  process.on('uncaughtException', swallow);
  process.on('unhandledRejection', swallow);
  return () => {
    process.off('uncaughtException', swallow);
    process.off('unhandledRejection', swallow);
  };
};

/** Ends as the command did, so that the shell sees the same. */
const endBy = async (signal: NodeJS.Signals): Promise<number> => {
  process.kill(process.pid, signal);
  await new Promise((resolve) => setTimeout(resolve, 500));
  return 1; // it was a signal that ends nothing here
};
