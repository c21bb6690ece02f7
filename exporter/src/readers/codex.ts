import { posix, win32 } from 'node:path';
import { zstdDecompressSync } from 'node:zlib';
import { eachLine } from '../files/lines.ts';
import type { Book } from './book.ts';
import { readLine } from './codex/lines.ts';
import type { Rollout } from './codex/rollout.ts';
import type { Chunk, Format, Reader, Root, Source } from './reader.ts';

const maxPackedBytes = 256 << 20;
const maxUnpackedBytes = 1 << 30;

/** OpenAI Codex CLI and everything that writes its rollouts (IDE extension, desktop app, exec). Format: README.md in this folder. */
export const codex: Reader = {
  tool: 'codex',
  counts: ['turns', 'compactions', 'subagents', 'filesEdited', 'linesAdded', 'linesRemoved', 'commits'],

  roots: ({ platform, home, env }) => {
    const { join } = platform === 'win32' ? win32 : posix;
    const folder = env.CODEX_HOME || join(home, '.codex');
    return [
      { path: join(folder, 'sessions'), depth: 4, kind: 'sessions' },
      { path: join(folder, 'archived_sessions'), depth: 1, kind: 'archived_sessions' },
    ];
  },

  claim: (path, root): Format | undefined => {
    if (path.endsWith('.jsonl')) return { kind: 'log', open: (book, source) => open(book, source, copyRank(path, root)) };
    if (path.endsWith('.jsonl.zst')) return { kind: 'document', maxBytes: maxPackedBytes, read: (bytes, book, source) => readPacked(bytes, book, open(book, source, copyRank(path, root))) };
    return undefined;
  },
};

/** One rollout can lie in both trees and packed beside itself: sessions/ wins, plain wins over its .zst. */
const copyRank = (path: string, root: Root): number => (root.kind === 'archived_sessions' ? 1 : 2) - (path.endsWith('.zst') ? 0.5 : 0);

const open = (book: Book, source: Source, rank: number): ((chunk: Chunk) => void) => {
  const rollout: Rollout = { book, source, memo: book.memo, copyRank: rank };
  return ({ bytes, position }) => eachLine(bytes, position, (line, at) => readLine(rollout, line, at));
};

const readPacked = (bytes: Buffer, book: Book, read: (chunk: Chunk) => void): void => {
  let lines: Buffer;
  try {
    lines = zstdDecompressSync(bytes, { maxOutputLength: maxUnpackedBytes });
  } catch (cause) {
    return book.bad((cause as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE' ? 'too_large' : 'unreadable');
  }
  read({ bytes: lines, position: 0 });
};
