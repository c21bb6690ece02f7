import { eachLine } from '../files/lines.ts';
import { copilotFolder } from './copilot-cli/home.ts';
import { readLine } from './copilot-cli/lines.ts';
import { liveClaims } from './copilot-cli/live.ts';
import type { SessionLog } from './copilot-cli/log.ts';
import { readStore } from './copilot-cli/store.ts';
import { readWorkspace } from './copilot-cli/workspace.ts';
import type { Format, Reader, Source } from './reader.ts';

/** GitHub Copilot CLI. Format: README.md in this folder. */
export const copilotCli: Reader = {
  tool: 'copilot-cli',
  counts: ['turns', 'compactions', 'subagents'],

  roots: (machine) => [
    { path: copilotFolder(machine), depth: 0, kind: 'store' },
    { path: copilotFolder(machine, 'session-state'), depth: 1, kind: 'session-state' },
    { path: copilotFolder(machine, 'history-session-state'), depth: 1, kind: 'history-session-state' },
  ],

  claim: (path, root): Format | undefined => {
    if (root.kind === 'store') return path === 'session-store.db' ? { kind: 'database', read: readStore } : undefined;
    if (/^[^/]+\/events\.jsonl$/.test(path)) return { kind: 'log', open: (book, source) => open({ book, source, memo: book.memo, copyRank: 3 }) };
    // Up to 0.0.3xx a session was one flat file; a migrated one lies in both places.
    if (/^[^/]+\.jsonl$/.test(path)) return { kind: 'log', open: (book, source) => open({ book, source, memo: book.memo, copyRank: root.kind === 'history-session-state' ? 1 : 2 }) };
    return undefined;
  },

  sidecarOf: (path) => {
    if (path === 'session-store.db-wal') return 'session-store.db';
    return path.endsWith('/workspace.yaml') ? path.replace(/workspace\.yaml$/, 'events.jsonl') : undefined;
  },

  live: liveClaims,
};

const open = (log: SessionLog): ReturnType<Extract<Format, { kind: 'log' }>['open']> => ({ bytes, position }) => {
  eachLine(bytes, position, (line, at) => readLine(log, line, at));
  if (isSessionFolder(log.source)) readWorkspace(log);
};

const isSessionFolder = ({ relative }: Source): boolean => relative.endsWith('/events.jsonl');
