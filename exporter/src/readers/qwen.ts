import { posix, win32 } from 'node:path';
import { eachLine } from '../files/lines.ts';
import { readLine } from './qwen/records.ts';
import type { Chat } from './qwen/records.ts';
import type { Format, Reader } from './reader.ts';

/** Qwen Code, a fork of Gemini CLI with logs of its own. Format: README.md in this folder. */
export const qwen: Reader = {
  tool: 'qwen',
  counts: ['turns', 'compactions'],

  roots: ({ platform, home, env }) => {
    const { join } = platform === 'win32' ? win32 : posix;
    return [{ path: join(env.QWEN_RUNTIME_DIR || env.QWEN_HOME || join(home, '.qwen'), 'projects'), depth: 3 }];
  },

  claim: (path): Format | undefined => {
    const chat = /^[^/]+\/chats\/([^/]+)\.jsonl$/.exec(path) ?? /^[^/]+\/subagents\/([^/]+)\/agent-[^/]+\.jsonl$/.exec(path);
    return chat ? log(chat[1]!, path.includes('/subagents/')) : undefined;
  },

  skips: (path) => !/^[^/]+(\/chats|\/subagents(\/[^/]+)?)?$/.test(path),
};

const log = (session: string, ofAgent: boolean): Format => ({
  kind: 'log',
  open: (book) => {
    const chat: Chat = { book, memo: book.memo, session, role: ofAgent ? 'subagent' : 'main' };
    return ({ bytes, position }) => eachLine(bytes, position, (line, at) => readLine(chat, line, at));
  },
});
