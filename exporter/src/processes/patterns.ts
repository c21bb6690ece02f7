import type { Tool } from '../session/tool.ts';
import { programOf } from './program.ts';
import type { Program } from './program.ts';

/** How one tool's processes look. Facts and their sources: FORMATS.md 1.3, 2.5, 3, 4, 5, 7, 8.2, 9. */
interface ToolPattern {
  readonly tool: Tool;
  /** The whole path of the program, or its end after a slash. */
  readonly program: RegExp;
  /** Paths that end the same but are something else. */
  readonly notProgram?: RegExp;
  /** @default 'node' (which stands for bun too) */
  readonly interpreter?: Program['interpreter'];
  /** Words after the program (options left out) of commands that hold no conversation. */
  readonly notSession?: RegExp;
  /** Options of processes that hold no conversation. */
  readonly notOptions?: readonly string[];
  /** One process, many sessions: servers of an editor or a desktop application. */
  readonly host?: { readonly words?: RegExp; readonly options?: readonly string[] };
  /** Answers one prompt and ends. */
  readonly oneShot?: { readonly words?: RegExp; readonly options?: readonly string[] };
  /** Options that take the next token as their value. */
  readonly valued?: readonly string[];
  /** Options naming the session; the value counts when it looks like an id. */
  readonly sessionOptions?: readonly string[];
  /** Words naming the session; group 1 is the id. */
  readonly sessionWords?: RegExp;
  /** With one of these the named session is only the origin of a new one. */
  readonly forkOptions?: readonly string[];
  /** Environment variables naming the tool's folder: the only ones ever read. */
  readonly variables?: readonly string[];
  /** Session files it keeps open tell which session it works on. */
  readonly openFiles?: RegExp;
}

const patterns: readonly ToolPattern[] = [
  {
    tool: 'claude',
    program: /(^|\/)claude$|\/claude\/versions\/\d+\.\d+\.\d[^/]*$|\/\.claude\/remote\/ccd-cli\/\d+\.\d[^/]*$|\/@anthropic-ai\/(claude-code|claude-agent-sdk)\/cli\.m?js$/,
    // Claude.app and its helpers are the chat application; claude.app below claude-code/<version> is Claude Code run by it.
    notProgram: /^(?!.*\/claude-code\/[^/]+\/claude\.app\/contents\/macos\/claude$).*(\.app\/|\/anthropicclaude\/|\/windowsapps\/)/i,
    notSession: /^(daemon run|mcp (serve|add|list|get|remove|reset)|(update|upgrade|doctor|setup-token|agents)$|install( \S+)?$|(plugins?|auth|config) \w+)/,
    notOptions: ['--bg-pty-host', '--bg-spare'],
    oneShot: { options: ['-p', '--print'] },
    valued: ['--model', '--settings', '--permission-mode', '--append-system-prompt', '--system-prompt', '--mcp-config', '--allowedTools', '--disallowedTools', '--add-dir', '--output-format', '--input-format', '--agent', '--agents', '--fallback-model', '--max-turns', '--session-id', '--resume', '-r'],
    sessionOptions: ['--session-id', '--resume', '-r'],
    forkOptions: ['--fork-session'],
    variables: ['CLAUDE_CONFIG_DIR'],
  },
  {
    tool: 'codex',
    program: /(^|\/)codex$|(^|\/)codex-(x86_64|aarch64)-[^/]+$|\/@openai\/codex\/bin\/codex\.js$/,
    notProgram: /^(?!.*\/Contents\/Resources\/codex$).*\.app\//i,
    notSession: /^(login|logout|mcp|completion|sandbox|debug|apply|features|update|exec-server|proto)( |$)/,
    host: { words: /^(app-server|mcp-server)/ },
    oneShot: { words: /^(exec|e|review)( |$)/ },
    valued: ['-c', '--config', '-m', '--model', '-p', '--profile', '-s', '--sandbox', '-a', '--ask-for-approval', '-C', '--cd', '-i', '--image', '--add-dir', '--enable', '--disable'],
    sessionWords: /^(?:exec )?resume (\S+)/,
    variables: ['CODEX_HOME'],
    openFiles: /\/rollout-[^/]*\.jsonl$/,
  },
  {
    tool: 'gemini',
    program: /(^|\/)gemini$|\/gemini-cli\/(dist\/index|bundle\/gemini)\.js$/,
    notSession: /^(mcp|extensions?|skills|hooks) \w+/,
    notOptions: ['--list-extensions', '--list-sessions'],
    host: { options: ['--acp', '--experimental-acp'] },
    oneShot: { options: ['-p', '--prompt'] },
    valued: ['-m', '--model', '--approval-mode', '--resume', '-r', '--include-directories', '-e', '--extensions'],
    sessionOptions: ['--resume', '-r'],
    variables: ['GEMINI_CLI_HOME'],
  },
  {
    tool: 'qwen',
    program: /(^|\/)qwen$|\/@qwen-code\/qwen-code\/(dist\/)?(cli|index)\.js$/,
    notSession: /^(mcp|extensions?) \w+/,
    notOptions: ['--list-extensions'],
    host: { options: ['--acp', '--experimental-acp'] },
    oneShot: { options: ['-p', '--prompt'] },
    valued: ['-m', '--model', '--approval-mode', '--resume', '-r'],
    sessionOptions: ['--resume', '-r', '--session-id'],
    variables: ['QWEN_RUNTIME_DIR', 'QWEN_HOME'],
  },
  {
    tool: 'opencode',
    program: /(^|\/)opencode(-cli)?$/,
    // `attach` is only a window on the conversation of a server.
    notSession: /^(attach|auth|models|upgrade|uninstall|export|import|stats|mcp|debug|db|github|agent|session)( |$)/,
    host: { words: /^(serve|web|acp)( |$)/ },
    oneShot: { words: /^run( |$)/ },
    valued: ['-m', '--model', '-s', '--session', '--agent', '--port', '--hostname', '--prompt'],
    sessionOptions: ['-s', '--session'],
    forkOptions: ['--fork'],
  },
  {
    tool: 'copilot-cli',
    program: /(^|\/)copilot$|\/@github\/copilot(-[^/]+)?\/(npm-loader|index)\.js$/,
    // The other `copilot` is Amazon's, for deployments.
    notSession: /^((app|env|svc|job|task|pipeline|secret|storage) \w+|(init|deploy|completion|docs|login|update|version|help)( |$))/,
    host: { options: ['--acp', '--server'] },
    oneShot: { options: ['-p', '--prompt'] },
    valued: ['--model', '--resume', '--session-id', '--add-dir', '--config-dir', '--log-dir', '--log-level'],
    sessionOptions: ['--resume', '--session-id'],
    variables: ['COPILOT_HOME'],
  },
  {
    tool: 'amp',
    program: /(^|\/)amp$|\/@(sourcegraph\/amp|ampcode\/cli)\/dist\/main\.js$/,
    notSession: /^((login|logout|update|doctor|usage)$|(mcp|tools|permissions|skill) \w+|threads (?!continue)\w+)/,
    oneShot: { options: ['-x', '--execute'] },
    sessionWords: /^threads continue (\S+)/,
  },
  {
    tool: 'cursor-agent',
    program: /(^|\/)cursor-agent$|\/cursor-agent\/versions\/[^/]+\/(index\.js|cursor-agent)$/,
    notSession: /^((login|logout|update|upgrade|status|whoami|models|about|ls|worker-server)( |$)|mcp \w+)/,
    host: { words: /^acp( |$)/ },
    oneShot: { options: ['-p', '--print'] },
    valued: ['--model', '-m', '--resume', '--output-format', '--workspace'],
    sessionOptions: ['--resume'],
  },
  {
    tool: 'aider',
    program: /(^|\/)aider$/,
    interpreter: 'python',
    oneShot: { options: ['-m', '--message', '--msg', '-f', '--message-file'] },
  },
  {
    tool: 'windsurf',
    // The editor's main process; its helpers carry --type=, its command line runs out/cli.js.
    program: /(^|\/)windsurf$|\/Windsurf\.app\/Contents\/MacOS\/(Electron|Windsurf)$/,
    notSession: /\/out\/(cli|bootstrap-fork)/,
  },
];

/** A tool the user added: its name among ours, and how the name of its program looks. */
export interface UserPattern {
  readonly tool: Tool;
  /** Regular expression, matched against the whole name of the program (no folders, no .exe). */
  readonly match: string;
}

/** What a command line says of an agent. */
export interface Identity {
  readonly tool: Tool;
  readonly program: Program;
  readonly host?: true;
  readonly oneShot?: true;
  readonly sessionId?: string;
  readonly variables: readonly string[];
  readonly openFiles?: RegExp;
}

/**
 * Which agent a command line runs. 'none': it is no agent, or a part of one that holds no conversation (a server's helper, `--version`).
 * undefined: the line names no tool we know.
 */
export const identify = (argv: readonly string[], windows = false, extra: readonly UserPattern[] = []): Identity | 'none' | undefined => {
  const program = programOf(argv, windows);
  if (!program) return undefined;
  for (const pattern of patterns) {
    const run = runOf(pattern, program);
    if (run) return holdsNoConversation(pattern, run) ? 'none' : describe(pattern, run);
  }
  const name = program.path.slice(program.path.lastIndexOf('/') + 1);
  const users = extra.find((pattern) => wholeName(pattern).test(name));
  return users && { tool: users.tool, program, variables: [] };
};

const compiled = new WeakMap<UserPattern, RegExp>();

const wholeName = (pattern: UserPattern): RegExp => {
  const known = compiled.get(pattern) ?? new RegExp(`^(?:${pattern.match})$`);
  compiled.set(pattern, known);
  return known;
};

interface RunOfTool extends Program {
  /** The arguments that are neither options nor their values, joined by spaces. */
  readonly words: string;
}

const runOf = (pattern: ToolPattern, program: Program): RunOfTool | undefined => {
  const chosen = cursorScript(pattern, program) ?? program;
  if (!pattern.program.test(chosen.path) || pattern.notProgram?.test(chosen.path)) return undefined;
  if (chosen.interpreter !== undefined && chosen.interpreter !== (pattern.interpreter ?? 'node')) return undefined;
  return { ...chosen, words: positional(chosen.args, pattern.valued ?? []).join(' ') };
};

/** cursor-agent's launcher runs node under its own name: `agent …/cursor-agent/versions/<v>/index.js`. */
const cursorScript = (pattern: ToolPattern, program: Program): Program | undefined => {
  const [script, ...args] = program.args;
  if (pattern.tool !== 'cursor-agent' || script === undefined || !/(^|\/)(cursor-)?agent$/.test(program.path) || !pattern.program.test(script)) return undefined;
  return { path: script, interpreter: 'node', args };
};

const positional = (args: readonly string[], valued: readonly string[]): string[] => args.filter((arg, index) => !arg.startsWith('-') && !valued.includes(args[index - 1] ?? '')).slice(0, 4);

const holdsNoConversation = (pattern: ToolPattern, run: RunOfTool): boolean =>
  ['--version', '--help'].some((option) => run.args.slice(0, 2).includes(option)) ||
  ['-v', '-V', '-h'].includes(run.args.length === 1 ? run.args[0]! : '') ||
  run.args.some((arg) => arg.startsWith('--type=')) || // Electron's helpers
  hasOption(run.args, pattern.notOptions) ||
  (pattern.notSession?.test(run.words) ?? false);

const describe = (pattern: ToolPattern, run: RunOfTool): Identity => {
  const { words: _words, ...program } = run;
  const host = is(pattern.host, run);
  // With a stream as its input a program run by another one (an editor, an SDK) goes on as long as it is fed.
  const oneShot = !host && is(pattern.oneShot, run) && optionValue(run.args, ['--input-format']) !== 'stream-json';
  const sessionId = sessionNamed(pattern, run);
  return {
    tool: pattern.tool,
    program,
    variables: pattern.variables ?? [],
    ...(host ? { host: true } : {}),
    ...(oneShot ? { oneShot: true } : {}),
    ...(sessionId === undefined ? {} : { sessionId }),
    ...(pattern.openFiles ? { openFiles: pattern.openFiles } : {}),
  };
};

const is = (kind: ToolPattern['host'], run: RunOfTool): boolean => (kind?.words?.test(run.words) ?? false) || hasOption(run.args, kind?.options);

const hasOption = (args: readonly string[], options: readonly string[] = []): boolean => args.some((arg) => options.some((option) => arg === option || (option.startsWith('--') && arg.startsWith(`${option}=`))));

const sessionNamed = (pattern: ToolPattern, { args, words }: RunOfTool): string | undefined => {
  if (hasOption(args, pattern.forkOptions)) return asSessionId(optionValue(args, ['--session-id']));
  return asSessionId(pattern.sessionWords?.exec(words)?.[1] ?? optionValue(args, pattern.sessionOptions ?? []));
};

const optionValue = (args: readonly string[], options: readonly string[]): string | undefined => {
  for (const [index, arg] of args.entries()) {
    if (options.includes(arg)) return args[index + 1];
    const option = options.find((name) => arg.startsWith(`${name}=`));
    if (option !== undefined) return arg.slice(option.length + 1);
  }
  return undefined;
};

/** An id, or the path of a transcript that is named after it; a search word, a number or "latest" is none. */
const asSessionId = (value: string | undefined): string | undefined => {
  const name = value?.slice(value.lastIndexOf('/') + 1).replace(/\.jsonl$/, '');
  return name !== undefined && /^(T-)?[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$|^ses_\w+$/i.test(name) ? name : undefined;
};
