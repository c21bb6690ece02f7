import { posix, win32 } from 'node:path';
import type { Book } from './book.ts';
import { parseObject } from './fields.ts';
import { userFolder } from './places/editor-folders.ts';
import type { DocumentFormat, Reader, Source } from './reader.ts';
import { tellChat } from './vscode-copilot/chat.ts';
import { replay } from './vscode-copilot/replay.ts';

const products = ['Code', 'Code - Insiders', 'VSCodium', 'Cursor'] as const;
const servers = ['.vscode-server', '.vscode-server-insiders'] as const;

/** Copilot Chat in VS Code: chatSessions of every workspace, one document or (since 1.109) one log of mutations each. Facts: README.md, "vscode-copilot". */
export const vscodeCopilot: Reader = {
  tool: 'vscode-copilot',
  counts: ['turns'],
  roots: (machine) => {
    const { join } = machine.platform === 'win32' ? win32 : posix;
    const local = products.map((product) => userFolder(machine, product));
    const remote = servers.map((server) => join(machine.home, server, 'data', 'User'));
    return [...local, ...remote].map((path) => ({ path, depth: 3 }));
  },
  claim: (path) => {
    if (!/^(workspaceStorage\/[^/]+\/chatSessions|globalStorage\/emptyWindowChatSessions)\/[^/]+\.jsonl?$/.test(path)) return undefined;
    return path.endsWith('.jsonl') ? mutations : snapshot;
  },
  // Debug logs and transcripts of the extension tell the same turns once more.
  skips: (path) => !/^(workspaceStorage(\/[^/]+(\/chatSessions)?)?|globalStorage(\/emptyWindowChatSessions)?)$/.test(path),
};

const maxBytes = 64 * 1024 * 1024;

/** Of a session in both forms the log is the newer: VS Code rewrites old snapshots as logs. */
const rank = { mutations: 2, snapshot: 1 };

const snapshot: DocumentFormat = {
  kind: 'document',
  maxBytes,
  read: (bytes: Buffer, book: Book, source: Source) => {
    const chat = parseObject(bytes);
    if (!chat) return book.bad('bad_json');
    tellChat(chat, { book, source, copyRank: rank.snapshot });
  },
};

const mutations: DocumentFormat = {
  kind: 'document',
  maxBytes,
  read: (bytes: Buffer, book: Book, source: Source) => {
    const chat = replay(bytes, book);
    if (chat) tellChat(chat, { book, source, copyRank: rank.mutations });
  },
};
