import { posix, win32 } from 'node:path';
import { readThread } from './amp/thread.ts';
import { object, parseObject } from './fields.ts';
import type { Format, Reader } from './reader.ts';

/** Amp: one document a thread, rewritten with every message. Format: README.md in this folder. */
export const amp: Reader = {
  tool: 'amp',
  counts: ['turns'],

  roots: ({ platform, home, env }) => {
    const { join } = platform === 'win32' ? win32 : posix;
    const named = (env.AMP_DATA_DIR ?? '').split(',').map((path) => path.trim()).filter((path) => path !== '');
    const folders = named.length ? named : [join(env.XDG_DATA_HOME || join(home, '.local', 'share'), 'amp')];
    return folders.map((folder) => ({ path: join(folder, 'threads'), depth: 0 }));
  },

  claim: (path): Format | undefined => {
    if (!/^T-[\w-]+\.json$/.test(path)) return undefined;
    return {
      kind: 'document',
      maxBytes: 256 << 20,
      read: (bytes, book, source) => {
        const thread = parseObject(bytes);
        book.record();
        if (!thread) book.bad('bad_json');
        else if (!Array.isArray(thread.messages) && !object(thread.usageLedger)) book.bad('bad_shape');
        else readThread(thread, source.relative.replace(/\.json$/, ''), book);
      },
    };
  },
};
