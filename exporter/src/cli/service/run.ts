import { spawnSync } from 'node:child_process';
import type { Command } from './definition.ts';

/** Runs a command of the system; says what it said when it failed. */
export const runCommand = ([program, ...args]: Command): { readonly ok: boolean; readonly said: string } => {
  const { status, stdout, stderr, error } = spawnSync(program, args, { encoding: 'utf8', timeout: 30_000 });
  if (error) return { ok: false, said: (error as NodeJS.ErrnoException).code === 'ENOENT' ? `there is no ${program} here` : error.message };
  return { ok: status === 0, said: (stderr || stdout).trim() };
};

export const commandText = (command: Command): string => command.map((word) => (/^[\w@%+=:,./\\-]+$/.test(word) ? word : JSON.stringify(word))).join(' ');
