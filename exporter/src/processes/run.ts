import { execFile } from 'node:child_process';

/** Runs a program and gives what it printed; rejects when it cannot be started or printed nothing and failed. */
export type Run = (command: string, args: readonly string[]) => Promise<string>;

const timeLimitMs = 15_000;

/** Runs the real program. A failing exit is fine as long as it printed: lsof fails when one of many pids has gone. */
export const runCommand: Run = (command, args) =>
  new Promise((resolve, reject) => {
    execFile(command, [...args], { encoding: 'utf8', timeout: timeLimitMs, maxBuffer: 64_000_000, windowsHide: true }, (cause, stdout) => {
      if (cause && stdout === '') reject(new Error(`cannot run ${command} to look at the processes`, { cause }));
      else resolve(stdout);
    });
  });
