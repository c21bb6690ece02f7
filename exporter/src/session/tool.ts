/** The tools Watchroom knows. The id is the first half of every session id and the `tool` label. */
export const tools = [
  'claude', 'codex', 'gemini', 'opencode', 'copilot-cli', 'vscode-copilot', 'cursor', 'cursor-agent', 'qwen', 'amp', 'aider', 'windsurf',
] as const;
export type Tool = (typeof tools)[number];

export const toolNames: Readonly<Record<Tool, string>> = {
  claude: 'Claude Code',
  codex: 'Codex CLI',
  gemini: 'Gemini CLI',
  opencode: 'OpenCode',
  'copilot-cli': 'Copilot CLI',
  'vscode-copilot': 'VS Code Copilot Chat',
  cursor: 'Cursor',
  'cursor-agent': 'Cursor CLI',
  qwen: 'Qwen Code',
  amp: 'Amp',
  aider: 'Aider',
  windsurf: 'Windsurf',
};
