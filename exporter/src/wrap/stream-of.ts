import type { Tool } from '../session/tool.ts';

/** What a command line says of the agent it starts. */
export interface Recognised {
  /** The program's name. */
  readonly program: string;
  readonly tool?: Tool;
  /** Its stdout is JSON of this tool: worth reading on its way. */
  readonly speaksJson: boolean;
  /** The model as the command line names it. */
  readonly model?: string;
}

/** Which agent a command is, and whether its output can be read. Everything else is known by its process only. */
export const recognise = (command: readonly string[]): Recognised => {
  const program = (command[0] ?? '').split(/[\\/]/).at(-1)!.replace(/\.(exe|cmd|ps1|bat)$/i, '');
  const tool = programs[program];
  const model = valueOf(command, ['--model', '-m']);
  return { program, ...(tool === undefined ? {} : { tool }), speaksJson: tool !== undefined && speaksJson(tool, command), ...(model === undefined ? {} : { model }) };
};

const programs: Readonly<Record<string, Tool>> = { claude: 'claude', codex: 'codex', gemini: 'gemini', qwen: 'qwen', aider: 'aider', opencode: 'opencode', copilot: 'copilot-cli', 'cursor-agent': 'cursor-agent', amp: 'amp' };

const speaksJson = (tool: Tool, command: readonly string[]): boolean => {
  if (tool === 'codex') return command.includes('--json') || command.includes('--experimental-json');
  const format = valueOf(command, ['--output-format', '-o']);
  return (tool === 'claude' || tool === 'gemini' || tool === 'qwen') && (format === 'stream-json' || format === 'json');
};

const valueOf = (command: readonly string[], names: readonly string[]): string | undefined => {
  for (const [index, word] of command.entries()) for (const name of names) {
    if (word === name) return command[index + 1];
    if (word.startsWith(`${name}=`)) return word.slice(name.length + 1);
  }
  return undefined;
};
