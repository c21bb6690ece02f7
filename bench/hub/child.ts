import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** Starts a script of this folder on one core. */
export const start = (name: string, args: readonly string[], core: number): ChildProcess => {
  const child = spawn('taskset', ['-c', String(core), process.execPath, '--conditions=watchroom-source', fileURLToPath(new URL(`${name}.ts`, import.meta.url)), ...args], { stdio: ['pipe', 'pipe', 'inherit'] });
  process.once('exit', () => child.kill());
  return child;
};
