import { textWidth } from './text-width.ts';

/** A text broken at its spaces into lines no wider than asked; a word that is wider (a path) stays whole. */
export const wrap = (text: string, width: number): string[] => text.split('\n').flatMap((line) => wrapLine(line, width));

/** "Name     text", the following lines of the text under the first. */
export const hanging = (name: string, text: string, width: number, painted = name): string => {
  const lines = wrap(text, width - textWidth(name));
  return `${painted}${lines.join(`\n${' '.repeat(textWidth(name))}`)}`;
};

const wrapLine = (line: string, width: number): string[] => {
  const lines = [''];
  for (const word of line.split(/(?<= )(?=[^ ])/)) {
    const last = lines.at(-1)!;
    if (last === '' || textWidth(last + word.trimEnd()) <= width) lines[lines.length - 1] = last + word;
    else lines.push(word);
  }
  return lines.map((text) => text.trimEnd());
};
