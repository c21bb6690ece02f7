import { quickStateFolder } from '../quick-state.ts';
import type { QuickAnswer, QuickWorld } from '../quick.ts';
import { simpleFlags } from './flags.ts';
import { makeLine } from './make.ts';
import { readInput } from './read-input.ts';

/** `watchroom statusline` without loading the program; undefined: the command line or the configuration needs all of it. */
export const quickly = async ({ args, machine, now, pid }: QuickWorld): Promise<QuickAnswer | undefined> => {
  const flags = simpleFlags(args);
  const stateFolder = flags && (flags.state ?? quickStateFolder(machine));
  if (!flags || stateFolder === undefined) return undefined;
  const { text } = await makeLine(flags, { stateFolder, now, pid, input: readInput, colours: (machine.env['NO_COLOR'] ?? '') === '' });
  return { text };
};
