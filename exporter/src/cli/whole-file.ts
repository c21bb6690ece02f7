import { closeSync, fsyncSync, openSync, realpathSync, renameSync, rmSync, statSync, writeSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { CommandError } from './exit-codes.ts';

/**
 * Writes a file piece by piece, beside its place, and puts it there when it is whole: nobody finds half a file, whatever happens in between.
 * @param isStopped asked between two pieces: the person does not want it any more
 * @returns its size in bytes
 */
export const writeWholeFile = async (asked: string, pieces: AsyncIterable<string> | Iterable<string>, isStopped: () => boolean = () => false): Promise<number> => {
  const there = found(asked);
  const path = there === undefined ? asked : realpathSync(asked); // a link goes on to lead where it led
  if (there?.isDirectory()) throw new CommandError(`${path} is a folder. Name a file in it`);
  const isDevice = there !== undefined && !there.isFile(); // /dev/null, a pipe: written to, never replaced
  const beside = isDevice ? path : join(dirname(path), `.${basename(path)}.${process.pid}.part`);
  let file: number | undefined;
  try {
    file = openSync(beside, 'w', 0o600);
    let size = 0;
    for await (const piece of pieces) {
      if (isStopped()) throw new CommandError(`stopped: nothing was written to ${path}`);
      for (let bytes = Buffer.from(piece); bytes.length > 0; ) {
        const written = writeSync(file, bytes);
        size += written;
        bytes = bytes.subarray(written);
      }
    }
    if (isStopped()) throw new CommandError(`stopped: nothing was written to ${path}`);
    if (!isDevice) fsyncSync(file);
    closeSync(file);
    file = undefined;
    if (!isDevice) renameSync(beside, path);
    return size;
  } catch (error) {
    if (file !== undefined) closeSync(file);
    if (!isDevice) rmSync(beside, { force: true });
    const { code, syscall } = error as NodeJS.ErrnoException;
    if (code === undefined || syscall === undefined) throw error;
    throw new CommandError(`cannot write ${path} (${code}: ${reasons[code] ?? syscall}). Nothing was written; try another place`);
  }
};

const found = (path: string): ReturnType<typeof statSync> => {
  try {
    return statSync(path, { throwIfNoEntry: false });
  } catch {
    return undefined; // opening it says why
  }
};

const reasons: Readonly<Record<string, string>> = { ENOENT: 'there is no such folder', EACCES: 'it is not allowed', ENOSPC: 'the disk is full', EROFS: 'it can only be read', EISDIR: 'it is a folder', ENOTDIR: 'a part of it is no folder', EDQUOT: 'the quota is used up' };
