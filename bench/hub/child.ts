import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** Starts a script of this folder, on one core or wherever there is room. */
export const start = (name: string, args: readonly string[], core?: number): ChildProcess => {
  const [program, ...first] = core === undefined ? [process.execPath] : ['taskset', '-c', String(core), process.execPath];
  const child = spawn(program!, [...first, '--conditions=watchroom-source', fileURLToPath(new URL(`${name}.ts`, import.meta.url)), ...args], { stdio: ['pipe', 'pipe', 'inherit'] });
  process.once('exit', () => child.kill());
  return child;
};
