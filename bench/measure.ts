import { spawn } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Disturbance } from './machine.ts';

export interface Command {
  readonly argv: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

export interface Run {
  /** From the start of the process to its end. */
  readonly wallSeconds: number;
  /** User and system time of the process and everything it started. */
  readonly cpuSeconds: number;
  /** Most memory it held at a time. */
  readonly peakBytes: number;
  /** Part of the machine that others used meanwhile, 0–1. */
  readonly othersShare: number;
  readonly stdout: string;
}

/** Runs a command to its end. The shell around it adds up the CPU time of the whole tree; memory is what /proc says last; output goes to a file. */
export const run = async ({ argv, env = {} }: Command): Promise<Run> => {
  const folder = mkdtempSync(join(tmpdir(), 'watchroom-run-'));
  const files = ['out', 'err', 'times'].map((name) => join(folder, name));
  const [out, err, times] = files.map((file) => openSync(file, 'w')) as [number, number, number];
  try {
    const disturbance = new Disturbance();
    const started = performance.now();
    const shell = spawn('sh', ['-c', '"$@"; code=$?; times >&3; exit $code', 'sh', ...argv], { env: { PATH: process.env.PATH, ...env }, stdio: ['ignore', out, err, times] });
    const memory = watchMemory(shell.pid!);
    const code = await new Promise<number | null>((resolve, reject) => shell.once('error', reject).once('exit', resolve));
    const wallSeconds = (performance.now() - started) / 1000;
    const peakBytes = memory.stop();
    const [stdout, stderr, spent] = files.map((file) => readFileSync(file, 'utf8')) as [string, string, string];
    if (code !== 0) throw new Error(`${argv.join(' ')} ended with ${code}:\n${stderr}`);
    const cpuSeconds = secondsOfTimes(spent);
    return { wallSeconds, cpuSeconds, peakBytes, othersShare: disturbance.othersShare(cpuSeconds), stdout };
  } finally {
    for (const file of [out, err, times]) closeSync(file);
    rmSync(folder, { recursive: true });
  }
};

/** The second line of `times`: user and system time of the shell's children, "0m3.47s 0m1.05s". */
const secondsOfTimes = (text: string): number =>
  [...text.trim().split('\n')[1]!.matchAll(/(\d+)m([\d.]+)s/g)].reduce((sum, [, minutes, seconds]) => sum + Number(minutes) * 60 + Number(seconds), 0);

/** The high-water mark only rises, so the last one seen misses at most what was added in the last few milliseconds. */
const watchMemory = (shell: number): { stop: () => number } => {
  let most = 0;
  let pid: number | undefined;
  const timer = setInterval(() => {
    pid ??= childOf(shell);
    if (pid !== undefined) most = Math.max(most, memoryOf(pid).peakBytes);
  }, 5);
  return { stop: () => (clearInterval(timer), most) };
};

const childOf = (pid: number): number | undefined => {
  const child = procFile(`${pid}/task/${pid}/children`).trim().split(' ')[0];
  return child ? Number(child) : undefined;
};

/** Present and highest memory of a running process. */
export const memoryOf = (pid: number): { readonly nowBytes: number; readonly peakBytes: number } => {
  const status = procFile(`${pid}/status`);
  const kib = (name: string): number => Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(status)?.[1] ?? 0) * 1024;
  return { nowBytes: kib('VmRSS'), peakBytes: kib('VmHWM') };
};

const procFile = (name: string): string => {
  try {
    return readFileSync(`/proc/${name}`, 'utf8');
  } catch {
    return ''; // it has just ended
  }
};
