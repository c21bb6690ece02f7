import type { EpochMs } from '../session/part.ts';
import type { Tool } from '../session/tool.ts';
import { identify } from './patterns.ts';
import type { Identity, UserPattern } from './patterns.ts';
import type { OsProcess, ProcessTable } from './process-table.ts';

/** A running process of an AI coding tool. */
export interface AgentProcess {
  readonly tool: Tool;
  readonly pid: number;
  readonly startedAt?: EpochMs;
  readonly startTicks?: string;
  readonly cwd?: string;
  readonly argv: readonly string[];
  readonly cpuSeconds?: number;
  readonly residentBytes?: number;
  /** One process with many sessions (`codex app-server`, `opencode serve`). */
  readonly host?: true;
  /** Answers one prompt and ends (`claude -p`, `codex exec`). */
  readonly oneShot?: true;
  readonly hints: {
    /** The session its command line names. */
    readonly sessionId?: string;
    /** Transcripts it holds open, absolute. */
    readonly openFiles?: readonly string[];
    /** Where it was told to keep its files. */
    readonly configDir?: string;
  };
}

export interface MatchOptions {
  readonly extraPatterns?: readonly UserPattern[];
  /** Processes that a tool's own state file names: they count even when their command line says nothing (Windows, unusual launchers). */
  readonly claims?: readonly { readonly tool: Tool; readonly pid: number; readonly startTicks?: string }[];
}

/** The agents of a process table in the order of their pids, each conversation's process once. */
export const matchAgents = (table: ProcessTable, { extraPatterns = [], claims = [] }: MatchOptions = {}): AgentProcess[] => {
  const byPid = new Map(table.processes.map((process) => [process.pid, process]));
  const own = table.ownPid === undefined ? undefined : byPid.get(table.ownPid);
  const found = new Map<number, Found>();
  for (const process of table.processes) {
    if (isAnotherUsers(process, own)) continue;
    const identity = identityOf(process, table, extraPatterns) ?? claimed(process, claims);
    if (identity && identity !== 'none' && !descendsFrom(own, process, byPid)) found.set(process.pid, { process, identity });
  }
  const wrappers = new Set([...found.values()].flatMap((child) => wrapperOf(child, found) ?? []));
  return [...found.values()]
    .filter(({ process }) => !wrappers.has(process.pid))
    .sort((left, right) => left.process.pid - right.process.pid)
    .map(asAgent);
};

interface Found {
  readonly process: OsProcess;
  readonly identity: Identity;
}

/** Command lines do not change while the table remembers them, so each is looked at once. */
const memory = new WeakMap<readonly string[], Identity | 'none' | 'unknown'>();

/** The agent a process of a table is, by its command line. */
export const identityOf = ({ argv }: OsProcess, { platform }: Pick<ProcessTable, 'platform'>, extraPatterns: readonly UserPattern[]): Identity | 'none' | undefined => {
  let identity = memory.get(argv);
  if (identity === undefined) {
    identity = identify(argv, platform === 'win32') ?? 'unknown';
    memory.set(argv, identity);
  }
  if (identity !== 'unknown') return identity;
  return extraPatterns.length === 0 ? undefined : identify(argv, platform === 'win32', extraPatterns);
};

const claimed = ({ pid, argv, startTicks, executable, name }: OsProcess, claims: NonNullable<MatchOptions['claims']>): Identity | undefined => {
  const saysNothing = argv.length <= 1;
  const claim = claims.find((one) => one.pid === pid && (one.startTicks === undefined || startTicks === undefined ? saysNothing : one.startTicks === startTicks));
  return claim && { tool: claim.tool, program: { path: executable ?? name ?? '', args: [] }, variables: [] };
};

/** On a machine with several users only our own sessions are ours to report; root reports all. */
const isAnotherUsers = (process: OsProcess, own: OsProcess | undefined): boolean => process.uid !== undefined && own?.uid !== undefined && own.uid !== 0 && process.uid !== own.uid;

const maxDepth = 64;

/** Whether we started the process ourselves. The first process of a container is everybody's ancestor, so it proves nothing. */
const descendsFrom = (own: OsProcess | undefined, process: OsProcess, byPid: ReadonlyMap<number, OsProcess>): boolean => {
  if (!own || own.pid === 1) return false;
  let at: OsProcess | undefined = process;
  for (let depth = 0; at && depth < maxDepth; depth += 1) {
    if (at.pid === own.pid) return true;
    const parent: OsProcess | undefined = at.parentPid === undefined ? undefined : byPid.get(at.parentPid);
    at = parent && parent.pid !== at.pid ? parent : undefined;
  }
  return false;
};

/**
 * The pid of the process that only passes this one's work on: codex.js and Copilot's npm-loader.js run a native program, gemini starts
 * itself again with more memory. The child does the work, so the child stays. An agent that an agent runs by a shell is no such pair.
 */
const wrapperOf = ({ process, identity }: Found, found: ReadonlyMap<number, Found>): number | undefined => {
  const parent = process.parentPid === undefined ? undefined : found.get(process.parentPid);
  if (!parent || parent.identity.tool !== identity.tool || parent.identity.program.interpreter === undefined) return undefined;
  const [outer, inner] = [parent.identity.program, identity.program];
  const sameArguments = outer.args.length === inner.args.length && outer.args.every((arg, index) => arg === inner.args[index]);
  const passesOn = inner.interpreter === undefined ? sameArguments : sameArguments && outer.path === inner.path;
  return passesOn ? parent.process.pid : undefined;
};

const asAgent = ({ process: { pid, startedAt, startTicks, cwd, argv, cpuSeconds, residentBytes, openFiles, configDir }, identity }: Found): AgentProcess => {
  const { sessionId } = identity;
  return {
    tool: identity.tool,
    pid,
    argv,
    ...(startedAt === undefined ? {} : { startedAt }),
    ...(startTicks === undefined ? {} : { startTicks }),
    ...(cwd === undefined ? {} : { cwd }),
    ...(cpuSeconds === undefined ? {} : { cpuSeconds }),
    ...(residentBytes === undefined ? {} : { residentBytes }),
    ...(identity.host ? { host: true } : {}),
    ...(identity.oneShot ? { oneShot: true } : {}),
    hints: {
      ...(sessionId === undefined ? {} : { sessionId }),
      ...(openFiles === undefined ? {} : { openFiles }),
      ...(configDir === undefined ? {} : { configDir }),
    },
  };
};
