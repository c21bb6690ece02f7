import { readFileSync, readdirSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import type { ProcessDescriptor } from 'ps-list';
import type { EpochMs } from '../session/part.ts';
import { identityOf } from './match.ts';
import type { Identity, UserPattern } from './patterns.ts';
import { parseCommandLine, parsePageSize, parseStat, parseStatus, readVariable } from './proc-files.ts';
import type { Stat } from './proc-files.ts';
import type { OsProcess } from './process-table.ts';

/** A process may become another program right after its start (exec), so young ones are looked at again. */
const youngMs = 15_000;
/** Late exec and reuse of a pid between two reads: everything is looked at again. */
const fullLookMs = 60_000;
/** cwd and open files of agents. */
const detailsMs = 10_000;
/** ps-list starts two processes (some 50 ms of CPU), so it is asked at most this often; what appears in between is read from /proc alone. */
const listEveryMs = 5 * 60_000;
/** USER_HZ: the unit of the times in /proc/<pid>/stat, 100 on every architecture Node runs on. */
const ticksPerSecond = 100;

interface LinuxOptions {
  readonly procDir: string;
  readonly recorded: boolean;
  readonly ownPid: number;
  readonly now: () => EpochMs;
  readonly extraPatterns: readonly UserPattern[];
  readonly list: () => Promise<readonly ProcessDescriptor[]>;
}

/** Processes from /proc (or a folder in its shape). A read of an idle machine costs one readdir and one small file per agent. */
export const linuxTable = (options: LinuxOptions): (() => Promise<readonly OsProcess[]>) => {
  const table = new LinuxTable(options);
  return () => table.read();
};

interface Known {
  readonly process: OsProcess;
  readonly identity: Identity | undefined;
  readonly firstSeenAt: EpochMs;
  readonly detailsAt: EpochMs;
}

class LinuxTable {
  readonly #options: LinuxOptions;
  readonly #bootedAt: EpochMs | undefined;
  readonly #pageSize: number;
  #known: ReadonlyMap<number, Known> = new Map();
  #lookedAt = -Infinity;
  #listedAt = -Infinity;

  constructor(options: LinuxOptions) {
    this.#options = options;
    // Read once: the kernel's btime moves with the clock, start times must not.
    this.#bootedAt = bootTime(text(join(options.procDir, 'stat')));
    this.#pageSize = parsePageSize(bytes(join(options.procDir, String(options.ownPid), 'auxv'))) ?? 4096;
  }

  async read(): Promise<readonly OsProcess[]> {
    const now = this.#options.now();
    const pids = listPids(this.#options.procDir);
    const base = await this.#base(pids, now);
    const fullLook = now - this.#lookedAt >= fullLookMs;
    if (fullLook) this.#lookedAt = now;
    const known = new Map<number, Known>();
    for (const pid of pids) {
      const before = this.#known.get(pid);
      const after = before ? this.#again(before, fullLook, now) : this.#first(pid, base.get(pid), now);
      if (after) known.set(pid, after); // else it has vanished, which is normal
    }
    this.#known = known;
    return [...known.values()].map(({ process }) => process);
  }

  /** What ps-list says, when processes have appeared since it was asked. Without a `ps` to run, /proc alone is enough. */
  async #base(pids: readonly number[], now: EpochMs): Promise<ReadonlyMap<number, ProcessDescriptor>> {
    if (this.#options.recorded || now - this.#listedAt < listEveryMs || pids.every((pid) => this.#known.has(pid))) return new Map();
    this.#listedAt = now;
    try {
      return new Map((await this.#options.list()).map((process) => [process.pid, process]));
    } catch {
      return new Map();
    }
  }

  #first(pid: number, base: ProcessDescriptor | undefined, now: EpochMs): Known | undefined {
    const stat = this.#stat(pid);
    const argv = this.#argv(pid);
    if (!stat || !argv) return undefined;
    const process: OsProcess = {
      pid,
      argv,
      ...(base?.uid === undefined ? {} : { uid: base.uid }),
      ...(base?.path ? { executable: base.path } : {}),
      ...(base?.startTime ? { startedAt: base.startTime.getTime() } : {}), // to the second; the kernel's own is finer
      ...this.#fromStat(stat),
      ...(pid === this.#options.ownPid && !this.#options.recorded ? this.#user(pid) : {}),
    };
    const identity = identityOf(process, { platform: 'linux' }, this.#options.extraPatterns);
    const known = { process, identity: identity === 'none' ? undefined : identity, firstSeenAt: now, detailsAt: now };
    return known.identity ? { ...known, process: { ...process, ...this.#user(pid), ...this.#details(pid, known.identity), ...this.#configDir(pid, known.identity) } } : known;
  }

  #again(before: Known, fullLook: boolean, now: EpochMs): Known | undefined {
    const { process, identity } = before;
    const look = fullLook || now - before.firstSeenAt < youngMs;
    if (look && this.#isAnotherProgram(process, identity)) return this.#first(process.pid, undefined, now);
    if (!identity) return before;
    const stat = this.#stat(process.pid);
    if (!stat) return undefined;
    if (stat.startTicks !== process.startTicks) return this.#first(process.pid, undefined, now);
    const detailsDue = look || now - before.detailsAt >= detailsMs;
    return {
      ...before,
      process: { ...process, ...this.#fromStat(stat), ...(detailsDue ? this.#details(process.pid, identity) : {}) },
      detailsAt: detailsDue ? now : before.detailsAt,
    };
  }

  /** Claude and others overwrite their command line with a title: while the tool stays the same, the first line tells more and is kept. */
  #isAnotherProgram({ pid, argv }: OsProcess, identity: Identity | undefined): boolean {
    const current = this.#argv(pid);
    if (!current || (current.length === argv.length && current.every((token, index) => token === argv[index]))) return false;
    const now = identityOf({ pid, argv: current }, { platform: 'linux' }, this.#options.extraPatterns);
    return !identity || now === undefined || now === 'none' || now.tool !== identity.tool;
  }

  #stat(pid: number): Stat | undefined {
    const stat = parseStat(text(this.#path(pid, 'stat')));
    return stat?.gone ? undefined : stat;
  }

  #fromStat(stat: Stat): Pick<OsProcess, 'parentPid' | 'name' | 'startTicks' | 'startedAt' | 'cpuSeconds' | 'residentBytes'> {
    return {
      parentPid: stat.parentPid,
      name: stat.name,
      startTicks: stat.startTicks,
      ...(this.#bootedAt === undefined ? {} : { startedAt: this.#bootedAt + (Number(stat.startTicks) / ticksPerSecond) * 1000 }),
      cpuSeconds: stat.cpuTicks / ticksPerSecond,
      residentBytes: stat.residentPages * this.#pageSize,
    };
  }

  #argv(pid: number): readonly string[] | undefined {
    const line = text(this.#path(pid, 'cmdline'));
    return line === undefined ? undefined : parseCommandLine(line);
  }

  #user(pid: number): Pick<OsProcess, 'uid'> {
    const uid = parseStatus(text(this.#path(pid, 'status')))?.uid;
    return uid === undefined ? {} : { uid };
  }

  #details(pid: number, { openFiles }: Identity): Pick<OsProcess, 'cwd' | 'executable' | 'openFiles'> {
    const cwd = link(this.#path(pid, 'cwd'));
    const executable = link(this.#path(pid, 'exe'));
    return {
      ...(cwd === undefined ? {} : { cwd }),
      ...(executable === undefined ? {} : { executable }),
      ...(openFiles ? this.#openFiles(pid, openFiles) : {}),
    };
  }

  #openFiles(pid: number, wanted: RegExp): Pick<OsProcess, 'openFiles'> {
    try {
      const folder = this.#path(pid, 'fd');
      const paths = readdirSync(folder).flatMap((fd) => link(join(folder, fd)) ?? []);
      return { openFiles: [...new Set(paths.filter((path) => wanted.test(path)))] };
    } catch {
      return {}; // vanished, or another user's
    }
  }

  #configDir(pid: number, { variables }: Identity): Pick<OsProcess, 'configDir'> {
    if (variables.length === 0) return {};
    const environment = bytes(this.#path(pid, 'environ'));
    const configDir = environment && variables.map((name) => readVariable(environment, name)).find((value) => value !== undefined);
    return configDir === undefined ? {} : { configDir };
  }

  #path(pid: number, file: string): string {
    return `${this.#options.procDir}/${pid}/${file}`;
  }
}

const listPids = (procDir: string): number[] => {
  try {
    return readdirSync(procDir).filter((name) => /^\d+$/.test(name)).map(Number);
  } catch (cause) {
    throw new Error(`cannot list the processes in ${procDir}; is it a folder in the shape of /proc?`, { cause });
  }
};

const bootTime = (stat: string | undefined): EpochMs | undefined => {
  const seconds = stat === undefined ? undefined : /^btime (\d+)$/m.exec(stat)?.[1];
  return seconds === undefined ? undefined : Number(seconds) * 1000;
};

/** A process that vanishes between listing and reading, or that is not ours to read, says nothing. */
const bytes = (path: string): Buffer | undefined => {
  try {
    return readFileSync(path);
  } catch {
    return undefined;
  }
};

const text = (path: string): string | undefined => bytes(path)?.toString('utf8');

/** The kernel marks what was removed while in use. */
const link = (path: string): string | undefined => {
  try {
    return readlinkSync(path).replace(/ \(deleted\)$/, '');
  } catch {
    return undefined;
  }
};
