import { liveClaims } from './claude/live.ts';
import { desktopKind, rootsOf } from './claude/places.ts';
import { transcript } from './claude/transcript.ts';
import type { Reader } from './reader.ts';

/** Claude Code, and the agents Claude Desktop runs on this machine. What its records mean: README.md here. */
export const claude: Reader = {
  tool: 'claude',
  counts: ['turns', 'compactions', 'subagents', 'filesEdited', 'linesAdded', 'linesRemoved', 'commits'],
  roots: rootsOf,
  claim: (path, root) => (isTranscript(root.kind === desktopKind ? belowProjects(path) : path) ? transcript : undefined),
  skips: (path) => /(^|\/)(node_modules|\.git|tool-results|memory)$/.test(path),
  live: liveClaims,
};

/** <folder>/<session>.jsonl, agents of old versions beside it, agents of newer ones below it. */
const isTranscript = (path: string): boolean => /^[^/]+\/([^/]+|[^/]+\/subagents\/(workflows\/[^/]+\/)?agent-[^/]+)\.jsonl$/.test(path);

const belowProjects = (path: string): string => /(?:^|\/)projects\/(.+)$/.exec(path)?.[1] ?? '';
