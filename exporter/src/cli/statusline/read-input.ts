import { fstatSync, read } from 'node:fs';

/** Whoever pipes nothing for so long has nothing to say. */
const patienceMs = 300;
const mostBytes = 1 << 20;
const pieceBytes = 1 << 16;

/**
 * What stands on stdin; nothing when a person sits there, or when its other end stays silent.
 * By its number: process.stdin takes longer to set up than the line may take.
 */
export const readInput = (): Promise<string> => (isPipedIn() ? Promise.race([readAll(), later()]) : Promise.resolve(''));

/** Not a terminal, and not /dev/null. */
const isPipedIn = (): boolean => {
  try {
    return !fstatSync(0).isCharacterDevice();
  } catch {
    return false; // closed
  }
};

const readAll = async (): Promise<string> => {
  const pieces: Buffer[] = [];
  for (let size = 0; size < mostBytes; size += pieces.at(-1)!.length) {
    const piece = await readPiece();
    if (piece.length === 0) break;
    pieces.push(piece);
  }
  return Buffer.concat(pieces).toString('utf8');
};

/** A piece that cannot be read is the end: a status line is better without it than not at all. */
const readPiece = (): Promise<Buffer> =>
  new Promise((resolve) => {
    const piece = Buffer.allocUnsafe(pieceBytes);
    read(0, piece, 0, pieceBytes, null, (error, size) => {
      if (error?.code === 'EAGAIN') setTimeout(() => resolve(readPiece()), 2); // somebody made it non-blocking
      else resolve(error ? Buffer.alloc(0) : piece.subarray(0, size));
    });
  });

const later = (): Promise<string> => new Promise((resolve) => setTimeout(() => resolve(''), patienceMs).unref());
