import type { Command } from 'commander';

/** Ends a command's help with lines to copy. */
export const withExamples = (command: Command, examples: readonly (readonly [line: string, meaning: string])[]): Command => {
  const widest = Math.max(...examples.map(([line]) => line.length));
  return command.addHelpText('after', `\nExamples:\n${examples.map(([line, meaning]) => `  $ ${line.padEnd(widest)}  # ${meaning}`).join('\n')}`);
};
