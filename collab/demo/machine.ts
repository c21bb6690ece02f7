import { appendFileSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** A sample machine: a home folder the readers read, and a process table in the shape of /proc. Nothing of the real machine is in it. */
export interface DemoMachine {
  readonly host: string;
  readonly home: string;
  readonly proc: string;
  /** A working copy of a repository; the same origin on two machines is the same repository. */
  readonly repository: (name: string, branch: string) => string;
  /** Starts a process that the process table shows. */
  readonly start: (process: DemoProcess) => void;
  readonly stop: (pid: number) => void;
}

export interface DemoProcess {
  readonly pid: number;
  readonly argv: readonly string[];
  readonly cwd: string;
  /** Epoch ms. */
  readonly startedAt: number;
  readonly openFiles?: readonly string[];
}

/** Lays a sample machine out in a folder. */
export const layOutMachine = (folder: string, { host, user, bootedAt }: { readonly host: string; readonly user: string; readonly bootedAt: number }): DemoMachine => {
  const home = join(folder, host, 'home', user);
  const proc = join(folder, host, 'proc');
  mkdirSync(home, { recursive: true });
  mkdirSync(proc, { recursive: true });
  writeFileSync(join(proc, 'stat'), `cpu  1 2 3\nbtime ${Math.floor(bootedAt / 1000)}\nprocesses 9\n`);
  const stop = (pid: number): void => rmSync(join(proc, String(pid)), { recursive: true, force: true });
  return {
    host, home, proc, stop,
    repository: (name, branch) => {
      const path = join(home, name);
      write(join(path, '.git/config'), `[remote "origin"]\n\turl = https://git.example/teashop/${name}.git\n`);
      write(join(path, '.git/HEAD'), `ref: refs/heads/${branch}\n`);
      return path;
    },
    start: (process) => {
      stop(process.pid);
      show(join(proc, String(process.pid)), process, bootedAt);
    },
  };
};

/** Writes a file and the folders above it. */
export const write = (path: string, text: string): void => {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
};

/** Adds records to a file as the tools do: a line of JSON each. */
export const addLines = (path: string, records: readonly object[]): void => {
  mkdirSync(dirname(path), { recursive: true });
  appendFileSync(path, records.map((record) => `${JSON.stringify(record)}\n`).join(''));
};

/** proc_pid_stat(5): pid (comm) state ppid, 9 fields, utime stime, 6 fields, starttime vsize rss */
const show = (folder: string, { pid, argv, cwd, startedAt, openFiles = [] }: DemoProcess, bootedAt: number): void => {
  mkdirSync(folder, { recursive: true });
  const name = argv[0]!.slice(argv[0]!.lastIndexOf('/') + 1);
  const startTicks = Math.max(1, Math.round((startedAt - Math.floor(bootedAt / 1000) * 1000) / 10));
  writeFileSync(join(folder, 'cmdline'), argv.map((token) => `${token}\0`).join(''));
  writeFileSync(join(folder, 'comm'), `${name}\n`);
  symlinkSync(cwd, join(folder, 'cwd'));
  mkdirSync(join(folder, 'fd'));
  for (const [fd, file] of openFiles.entries()) symlinkSync(file, join(folder, 'fd', String(fd)));
  // Last: with it the process is there.
  writeFileSync(join(folder, 'stat'), `${pid} (${name}) S 1 1 1 0 -1 4194304 9 0 0 0 4200 800 0 0 20 0 1 0 ${startTicks} 1000000 61440 18446744073709551615 1\n`);
};
