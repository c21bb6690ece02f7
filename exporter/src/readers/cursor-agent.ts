import { posix, win32 } from 'node:path';
import { openTranscript } from './cursor-agent/transcript.ts';
import { tellMeta } from './cursor-agent/meta.ts';
import { parseObject } from './fields.ts';
import type { DocumentFormat, LogFormat, Reader } from './reader.ts';

/** Cursor's command line: a small meta.json and a transcript per session. Facts: README.md, "cursor-agent". */
export const cursorAgent: Reader = {
  tool: 'cursor-agent',
  counts: ['turns'],
  roots: ({ platform, home }) => {
    const { join } = platform === 'win32' ? win32 : posix;
    return [
      { path: join(home, '.cursor', 'chats'), depth: 2, kind: 'chats' },
      { path: join(home, '.cursor', 'projects'), depth: 4, kind: 'projects' },
    ];
  },
  claim: (path, { kind }) => {
    if (kind === 'chats') return /^[^/]+\/[^/]+\/meta\.json$/.test(path) ? meta : undefined;
    return transcriptPath.test(path) ? transcript : undefined;
  },
  skips: (path) => path.includes('/') && !/^[^/]+\/(agent-transcripts(\/[^/]+(\/subagents)?)?|[0-9a-f-]+)$/.test(path),
};

/** <project>/agent-transcripts/<id>.jsonl, …/<id>/<id>.jsonl, …/<id>/subagents/<sub-agent>.jsonl */
const transcriptPath = /^[^/]+\/agent-transcripts\/([^/]+\/(subagents\/)?)?[^/]+\.jsonl$/;

const meta: DocumentFormat = {
  kind: 'document',
  maxBytes: 1024 * 1024,
  read: (bytes, book, source) => {
    const record = parseObject(bytes);
    if (!record) return book.bad('bad_json');
    book.record();
    if (record['hasConversation'] === false) return;
    tellMeta(record, book.draft(source.relative.split('/')[1]!), 1);
  },
};

const transcript: LogFormat = { kind: 'log', open: openTranscript };
