import { readFileSync } from 'node:fs';
import { configPath, statePath } from '../../config/paths.ts';
import type { Machine } from '../../files/machine.ts';
import { simpleFlags } from './flags.ts';
import { makeLine } from './make.ts';
import { readInput } from './read-input.ts';

/** What bin/watchroom.js knows of the process. */
export interface QuickWorld {
  readonly args: readonly string[];
  readonly machine: Machine;
  readonly now: number;
  readonly pid: number;
}

/** `watchroom statusline` without loading the program; undefined: the command line or the configuration needs all of it. */
export const quickStatusLine = async ({ args, machine, now, pid }: QuickWorld): Promise<string | undefined> => {
  const flags = simpleFlags(args);
  const stateFolder = flags && (flags.state ?? stateFolderOf(machine));
  if (!flags || stateFolder === undefined) return undefined;
  const { text } = await makeLine(flags, { stateFolder, now, pid, input: readInput, colours: (machine.env['NO_COLOR'] ?? '') === '' });
  return text;
};

const stateFolderOf = (machine: Machine): string | undefined => {
  const { env } = machine;
  if (env['WATCHROOM_HOME'] || env['WATCHROOM_CONFIG'] || env['WATCHROOM_PROC']) return undefined;
  return env['WATCHROOM_STATE'] || (configNamesState(configPath(machine)) ? undefined : statePath(machine));
};

/** A state folder or another home in the configuration file: then it has to be read properly. */
const configNamesState = (file: string): boolean => {
  try {
    return /^\s*["']?(state|home|proc)["']?\s*:/m.test(readFileSync(file, 'utf8'));
  } catch {
    return false;
  }
};
