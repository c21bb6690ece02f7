import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { makeFolder } from '../../files/make-folder.ts';
import { CommandError } from '../exit-codes.ts';
import { ourMark } from './definition.ts';

/** The file of an installed service; undefined: there is none. */
export const installedText = (file: string): string | undefined => {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw new Error(`cannot read ${file}`, { cause: error });
  }
};

/** Somebody's own file is left alone. */
export const refuseForeign = (file: string, text: string | undefined): void => {
  if (text !== undefined && !text.includes(ourMark)) throw new CommandError(`${file} was not made by watchroom service install, so it is left as it is. Move it away first, or go on using it`);
};

/** Whole or not at all. */
export const writeWhole = (file: string, text: string): void => {
  const beside = `${file}.new`;
  try {
    makeFolder(dirname(file));
    writeFileSync(beside, text, { mode: 0o644 });
    renameSync(beside, file);
  } catch (error) {
    rmSync(beside, { force: true });
    throw new CommandError(`cannot write ${file}: ${(error as Error).message}`);
  }
};
