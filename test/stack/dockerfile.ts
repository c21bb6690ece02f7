import { textOf } from './compose.ts';

/** One stage of a Dockerfile. */
export interface Stage {
  readonly from: string;
  readonly name?: string;
  readonly instructions: readonly Instruction[];
}

export interface Instruction {
  readonly word: string;
  readonly rest: string;
}

/** The stages of a Dockerfile, lines that go on put together, comments left out. */
export const stagesOf = (path: string): readonly Stage[] => {
  const lines = textOf(path).replaceAll(/^#.*\n/gm, '').replaceAll(/\\\n\s*/g, ' ').split('\n').filter((line) => line.trim() !== '');
  const instructions = lines.map((line) => ({ word: line.split(' ', 1)[0]!, rest: line.slice(line.indexOf(' ') + 1).trim() }));
  const starts = instructions.flatMap(({ word }, index) => (word === 'FROM' ? [index] : []));
  return starts.map((start, index) => {
    const [from, , name] = instructions[start]!.rest.split(/\s+/);
    return { from: from!, ...(name === undefined ? {} : { name }), instructions: instructions.slice(start + 1, starts[index + 1]) };
  });
};

/** The values of one kind of instruction, in order. */
export const valuesOf = (stage: Stage, word: string): readonly string[] => stage.instructions.filter((one) => one.word === word).map(({ rest }) => rest);

/** ENV of a stage. */
export const environmentOf = (stage: Stage): Readonly<Record<string, string>> => Object.fromEntries(valuesOf(stage, 'ENV').flatMap((rest) => rest.split(/\s+/).map((pair) => [pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1)])));
