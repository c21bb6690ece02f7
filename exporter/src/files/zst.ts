import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import { pipeline } from 'node:stream';
import { createZstdDecompress } from 'node:zlib';
import { LineCutter } from './cut-lines.ts';
import type { LineLimits, Piece } from './cut-lines.ts';

/**
 * Reads a zstd-compressed log whole, once, as the pieces a tail hands out (positions are those of the uncompressed bytes). The last line may lack its \n.
 * Throws when the file is gone, unreadable, damaged or cut off; what came before was good.
 */
export async function* readZst(path: string, limits: LineLimits = {}): AsyncGenerator<Piece, void, undefined> {
  const cutter = new LineCutter(limits);
  cutter.start();
  for await (const bytes of decompressed(path)) yield* cut(cutter, bytes);
  const rest = cutter.takeRest();
  if (rest) yield rest;
}

async function* decompressed(path: string): AsyncGenerator<Buffer> {
  try {
    const file = await open(path, openFlags);
    yield* pipeline(file.createReadStream(), createZstdDecompress(), () => {}); // errors arrive at the end of the pipe
  } catch (error) {
    throw new Error(`cannot decompress ${path}`, { cause: error });
  }
}

function* cut(cutter: LineCutter, bytes: Buffer): Generator<Piece> {
  for (let rest = bytes; rest.length > 0; ) {
    const copied = rest.copy(cutter.room());
    cutter.wrote(copied);
    rest = rest.subarray(copied);
    for (let piece = cutter.next(); piece; piece = cutter.next()) yield piece;
  }
}

// Links are not followed; Windows has no such flag.
const openFlags = constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0);
