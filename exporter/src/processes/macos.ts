import type { ProcessDescriptor } from 'ps-list';
import type { EpochMs } from '../session/part.ts';
import { splitPsLine } from './command-line.ts';
import { identityOf } from './match.ts';
import type { Identity, UserPattern } from './patterns.ts';
import type { OsProcess } from './process-table.ts';
import type { Run } from './run.ts';

/** lsof is slow and a cwd hardly ever changes. */
const detailsMs = 15_000;

interface MacosOptions {
  readonly now: () => EpochMs;
  readonly extraPatterns: readonly UserPattern[];
  readonly list: () => Promise<readonly ProcessDescriptor[]>;
  readonly run: Run;
}

interface Details {
  readonly at: EpochMs;
  readonly cwd?: string;
  readonly openFiles?: readonly string[];
}

/** Processes from ps-list; cwd and open files of agents from lsof, their memory and CPU time from ps. */
export const macosTable = ({ now, extraPatterns, list, run }: MacosOptions): (() => Promise<readonly OsProcess[]>) => {
  let details: ReadonlyMap<string, Details> = new Map();
  let before: ReadonlyMap<string, OsProcess> = new Map();

  return async () => {
    const processes = (await list()).map((entry) => remembered(before, fromList(entry)));
    before = new Map(processes.map((process) => [keyOf(process), process]));
    const agents = processes.flatMap((process) => {
      const identity = identityOf(process, { platform: 'darwin' }, extraPatterns);
      return identity && identity !== 'none' ? [{ process, identity }] : [];
    });
    if (agents.length === 0) return processes;
    details = await refreshDetails({ details, agents, at: now(), run });
    const use = await readUse(agents.map(({ process }) => process.pid), run);
    return processes.map((process) => withDetails({ ...process, ...use.get(process.pid) }, details.get(keyOf(process))));
  };
};

const fromList = ({ pid, ppid, name, cmd = '', path = '', uid, startTime }: ProcessDescriptor): OsProcess => ({
  pid,
  parentPid: ppid,
  name,
  argv: splitPsLine(cmd, path),
  ...(path === '' ? {} : { executable: path }),
  ...(uid === undefined ? {} : { uid }),
  ...(startTime ? { startedAt: startTime.getTime() } : {}),
});

const keyOf = ({ pid, startedAt }: OsProcess): string => `${pid} ${startedAt}`;

/** The same command line keeps its array, so that it is identified once. */
const remembered = (before: ReadonlyMap<string, OsProcess>, listed: OsProcess): OsProcess => {
  const argv = before.get(keyOf(listed))?.argv;
  return argv && argv.join(' ') === listed.argv.join(' ') ? { ...listed, argv } : listed;
};

interface Agent {
  readonly process: OsProcess;
  readonly identity: Identity;
}

const refreshDetails = async ({ details, agents, at, run }: { readonly details: ReadonlyMap<string, Details>; readonly agents: readonly Agent[]; readonly at: EpochMs; readonly run: Run }): Promise<ReadonlyMap<string, Details>> => {
  const due = agents.filter(({ process }) => at - (details.get(keyOf(process))?.at ?? -Infinity) >= detailsMs);
  const fresh = due.length === 0 ? new Map<number, Omit<Details, 'at'>>() : await readDetails(due, run);
  return new Map(agents.map(({ process }) => {
    const known = details.get(keyOf(process));
    return [keyOf(process), fresh.has(process.pid) || !known ? { at, ...fresh.get(process.pid) } : known];
  }));
};

const readDetails = async (agents: readonly Agent[], run: Run): Promise<Map<number, Omit<Details, 'at'>>> => {
  const holders = agents.filter(({ identity }) => identity.openFiles);
  const [folders, files] = await Promise.all([
    lsof(['-a', '-d', 'cwd'], agents, run),
    holders.length === 0 ? new Map<number, string[]>() : lsof(['-a', '-d', '0-999'], holders, run),
  ]);
  return new Map(agents.map(({ process: { pid }, identity: { openFiles } }) => {
    const cwd = folders.get(pid)?.[0];
    return [pid, { ...(cwd === undefined ? {} : { cwd }), ...(openFiles ? { openFiles: [...new Set((files.get(pid) ?? []).filter((path) => openFiles.test(path)))] } : {}) }];
  }));
};

/** lsof -F prints one field a line: p<pid>, f<descriptor>, n<name>. Without lsof nothing is known, which is no failure. */
const lsof = async (which: readonly string[], agents: readonly Agent[], run: Run): Promise<Map<number, string[]>> => {
  const names = new Map<number, string[]>();
  const printed = await run('lsof', [...which, '-n', '-P', '-w', '-Fn', '-p', agents.map(({ process }) => process.pid).join(',')]).catch(() => '');
  let current: string[] = [];
  for (const line of printed.split('\n')) {
    if (line.startsWith('p')) names.set(Number(line.slice(1)), (current = []));
    else if (line.startsWith('n/')) current.push(line.slice(1));
  }
  return names;
};

const readUse = async (pids: readonly number[], run: Run): Promise<Map<number, Pick<OsProcess, 'cpuSeconds' | 'residentBytes'>>> => {
  const printed = await run('ps', ['-o', 'pid=,rss=,time=', '-p', pids.join(',')]).catch(() => '');
  return new Map(printed.split('\n').flatMap((line) => {
    const [pid, kibibytes, time] = line.trim().split(/\s+/);
    const cpuSeconds = secondsOf(time);
    return pid && kibibytes && cpuSeconds !== undefined ? [[Number(pid), { residentBytes: Number(kibibytes) * 1024, cpuSeconds }] as const] : [];
  }));
};

/** "[[days-]hours:]minutes:seconds", the seconds with a fraction on macOS. */
const secondsOf = (time: string | undefined): number | undefined => {
  const match = /^(?:(\d+)-)?(?:(\d+):)?(\d+):(\d+(?:\.\d+)?)$/.exec(time ?? '');
  if (!match) return undefined;
  const [, days = '0', hours = '0', minutes, seconds] = match;
  return ((Number(days) * 24 + Number(hours)) * 60 + Number(minutes)) * 60 + Number(seconds);
};

const withDetails = (process: OsProcess, details: Details | undefined): OsProcess => {
  if (!details) return process;
  const { at: _at, ...known } = details;
  return { ...process, ...known };
};
