import { fstatSync, readFileSync } from 'node:fs';
import { Socket } from 'node:net';

/** Whoever pipes nothing for so long has nothing to say. */
const patienceMs = 300;
const mostCharacters = 1 << 20;

/**
 * What stands on stdin; nothing when a person sits there, or when its other end stays silent.
 * A socket on its number: process.stdin takes longer to set up, and a read of the file system that waits would keep the process from ending.
 */
export const readInput = async (): Promise<string> => {
  switch (kindOfInput()) {
    case 'file': return readFileSync(0, 'utf8');
    case 'pipe': return readPipe();
    default: return '';
  }
};

/** A terminal, /dev/null and a closed stdin say nothing. */
const kindOfInput = (): 'file' | 'pipe' | undefined => {
  try {
    const stat = fstatSync(0);
    return stat.isFile() ? 'file' : stat.isFIFO() || stat.isSocket() ? 'pipe' : undefined;
  } catch {
    return undefined;
  }
};

const readPipe = (): Promise<string> =>
  new Promise((resolve) => {
    let text = '';
    const socket = new Socket({ fd: 0, readable: true, writable: false });
    const end = (): void => {
      clearTimeout(late);
      socket.destroy();
      resolve(text);
    };
    const late = setTimeout(end, patienceMs);
    socket.setEncoding('utf8');
    socket.on('data', (piece) => {
      text += String(piece);
      if (text.length > mostCharacters) end();
    });
    socket.on('end', end);
    socket.on('error', end);
  });
