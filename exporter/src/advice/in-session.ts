import type { Session } from '../session/session.ts';
import type { Tool } from '../session/tool.ts';
import type { Command } from './advice.ts';

/** What people type into a session of each tool; a tool that is not named has no such command that we know of. */
const typed: Readonly<Record<'compact' | 'restart' | 'model' | 'leave', Readonly<Partial<Record<Tool, string>>>>> = {
  compact: { claude: '/compact', codex: '/compact', 'copilot-cli': '/compact', gemini: '/compress', qwen: '/compress', opencode: '/compact', 'cursor-agent': '/compress', aider: '/clear' },
  restart: { claude: '/clear', codex: '/new', 'copilot-cli': '/clear', gemini: '/clear', qwen: '/clear', opencode: '/new', 'cursor-agent': '/new-chat', aider: '/reset' },
  model: { claude: '/model', codex: '/model', 'copilot-cli': '/model', gemini: '/model', qwen: '/model', opencode: '/models', 'cursor-agent': '/model', aider: '/model' },
  leave: { claude: '/exit', codex: '/quit', 'copilot-cli': '/exit', gemini: '/quit', qwen: '/quit', opencode: '/exit', 'cursor-agent': '/quit', aider: '/exit' },
};

/** The command of the session's own tool; where it has none, the page that tells more. */
export const inSession = ({ tool, id }: Session, what: keyof typeof typed): Command => {
  const run = typed[what][tool];
  return run === undefined ? { run: `watchroom show ${id}`, where: 'shell' } : { run, where: 'session' };
};
