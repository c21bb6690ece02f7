import { amp } from './amp.ts';
import { claude } from './claude.ts';
import { codex } from './codex.ts';
import { copilotCli } from './copilot-cli.ts';
import { cursorAgent } from './cursor-agent.ts';
import { cursor } from './cursor.ts';
import { gemini } from './gemini.ts';
import { opencode } from './opencode.ts';
import { qwen } from './qwen.ts';
import type { Reader } from './reader.ts';
import { vscodeCopilot } from './vscode-copilot.ts';

/** Every tool whose files Watchroom reads. The order is stable: lists and tables follow it. */
export const readers: readonly Reader[] = [
  claude,
  codex,
  copilotCli,
  gemini,
  opencode,
  vscodeCopilot,
  cursor,
  cursorAgent,
  qwen,
  amp,
];
