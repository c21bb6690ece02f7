import type { Tool } from '../../session/tool.ts';
import { ampConversation } from './amp.ts';
import { claudeConversation } from './claude.ts';
import { codexConversation } from './codex.ts';
import { copilotCliConversation } from './copilot-cli.ts';
import { cursorAgentConversation } from './cursor-agent.ts';
import { cursorConversation } from './cursor.ts';
import { geminiConversation } from './gemini.ts';
import type { Message } from './message.ts';
import { opencodeConversation } from './opencode.ts';
import { qwenConversation } from './qwen.ts';
import type { ReadConversation } from './source.ts';
import { vscodeCopilotConversation } from './vscode-copilot.ts';

/** Whose conversation is asked for: a session as the ledger knows it. */
export interface Asked {
  readonly tool: Tool;
  readonly nativeId: string;
  readonly sources: readonly string[];
}

/** What was said, and what of it could not be read. */
export interface Conversation {
  readonly messages: readonly Message[];
  /** Sources that are gone or cannot be read, in a sentence each. */
  readonly missing: readonly string[];
}

/** Tools whose words can be read again from their files. */
export const conversations: Readonly<Partial<Record<Tool, ReadConversation>>> = {
  claude: claudeConversation,
  codex: codexConversation,
  'copilot-cli': copilotCliConversation,
  gemini: geminiConversation,
  opencode: opencodeConversation,
  'vscode-copilot': vscodeCopilotConversation,
  cursor: cursorConversation,
  'cursor-agent': cursorAgentConversation,
  qwen: qwenConversation,
  amp: ampConversation,
};

/** The conversation of a session, read again from its transcripts, in the order of time. Nothing of it is kept. */
export const conversationOf = ({ tool, nativeId, sources }: Asked): Conversation => {
  const read = conversations[tool];
  const missing: string[] = [];
  const told: Message[][] = [];
  for (const path of read ? sources : []) {
    try {
      told.push([...read!({ path, nativeId })]);
    } catch (error) {
      missing.push(sentence(path, error));
    }
  }
  return { messages: named(inOrder(told)), missing };
};

const sentence = (path: string, error: unknown): string => {
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === 'ENOENT') return `${path} is no longer there`;
  return message?.includes(path) ? message : `${path} cannot be read (${code ?? message})`;
};

/** By time; a message without one stays behind the one before it. */
const inOrder = (sources: readonly (readonly Message[])[]): readonly Message[] =>
  sources.flatMap((messages) => {
    let last = messages.find(({ at }) => at !== undefined)?.at ?? 0;
    return messages.map((message) => ({ message, at: (last = message.at ?? last) }));
  }).sort((a, b) => a.at - b.at).map(({ message }) => message);

/** Results name their tool only where the call is known. */
const named = (messages: readonly Message[]): readonly Message[] => {
  const tools = new Map<string, string>();
  return messages.map((message) => {
    if (message.callId === undefined) return message;
    if (message.tool !== undefined) tools.set(message.callId, message.tool);
    const tool = tools.get(message.callId);
    return message.tool === undefined && tool !== undefined ? { ...message, tool } : message;
  });
};
