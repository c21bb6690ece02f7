import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** One process of a recorded /proc. */
export interface RecordedProcess {
  readonly pid: number;
  readonly parentPid?: number;
  readonly argv: readonly string[];
  /** @default the last part of argv[0] */
  readonly comm?: string;
  /** Clock ticks since boot. @default 100 × pid */
  readonly startTicks?: number;
  readonly state?: string;
  readonly cpuTicks?: number;
  readonly residentPages?: number;
  readonly uid?: number;
  readonly cwd?: string;
  readonly openFiles?: readonly string[];
  readonly environ?: Readonly<Record<string, string>>;
}

/** When the machine of every recorded tree was booted, epoch ms. */
export const bootedAt = Date.parse('2026-09-01T00:00:00Z');

/** A folder in the shape of /proc. */
export interface ProcTree {
  readonly path: string;
  readonly add: (process: RecordedProcess) => void;
  readonly remove: (pid: number) => void;
  readonly delete: () => void;
}

/** Writes processes into a temporary folder as the kernel shows them. */
export const aProcTree = (processes: readonly RecordedProcess[] = []): ProcTree => {
  const path = mkdtempSync(join(tmpdir(), 'watchroom-proc-'));
  writeFileSync(join(path, 'stat'), `cpu  1 2 3\nbtime ${bootedAt / 1000}\nprocesses 9\n`);
  mkdirSync(join(path, 'sys'));
  const remove = (pid: number): void => rmSync(join(path, String(pid)), { recursive: true, force: true });
  const add = (process: RecordedProcess): void => {
    remove(process.pid);
    write(join(path, String(process.pid)), process);
  };
  for (const process of processes) add(process);
  return { path, add, remove, delete: () => rmSync(path, { recursive: true }) };
};

const write = (folder: string, { pid, parentPid = 1, argv, comm, startTicks = pid * 100, state = 'S', cpuTicks = 0, residentPages = 0, uid, cwd, openFiles = [], environ }: RecordedProcess): void => {
  mkdirSync(folder);
  const name = comm ?? argv[0]?.slice(argv[0].lastIndexOf('/') + 1) ?? '';
  // proc_pid_stat(5): pid (comm) state ppid, 9 fields, utime stime, 6 fields, starttime vsize rss
  writeFileSync(join(folder, 'stat'), `${pid} (${name}) ${state} ${parentPid} 1 1 0 -1 4194304 9 0 0 0 ${cpuTicks} 0 0 0 20 0 1 0 ${startTicks} 1000000 ${residentPages} 18446744073709551615 1\n`);
  writeFileSync(join(folder, 'cmdline'), argv.map((token) => `${token}\0`).join(''));
  writeFileSync(join(folder, 'comm'), `${name}\n`);
  if (uid !== undefined) writeFileSync(join(folder, 'status'), `Name:\t${name}\nUid:\t${uid}\t${uid}\t${uid}\t${uid}\n`);
  if (cwd !== undefined) symlinkSync(cwd, join(folder, 'cwd'));
  if (environ) writeFileSync(join(folder, 'environ'), Object.entries(environ).map(([key, value]) => `${key}=${value}\0`).join(''));
  mkdirSync(join(folder, 'fd'));
  for (const [fd, file] of openFiles.entries()) symlinkSync(file, join(folder, 'fd', String(fd)));
};
