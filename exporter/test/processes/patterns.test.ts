import { describe, expect, it } from '@jest/globals';
import { identify } from '../../src/processes/patterns.ts';
import { splitPsLine, splitWindowsLine } from '../../src/processes/command-line.ts';

const uuid = '1af7c9d2-0000-4000-8000-000000000001';
const words = (line: string): string[] => line.split(' ');
const toolOf = (argv: readonly string[], windows = false): string | undefined => {
  const identity = identify(argv, windows);
  return identity === 'none' || identity === undefined ? identity : identity.tool;
};

describe('agents are known by the program of their command line', () => {
  it.each([
    ['claude', 'claude'],
    ['claude', '/home/ada/.local/bin/claude --resume'],
    ['claude', '/home/ada/.local/share/claude/versions/2.1.236'],
    ['claude', '/home/ada/.claude/remote/ccd-cli/2.1.99 --output-format stream-json'],
    ['claude', 'node /usr/lib/node_modules/@anthropic-ai/claude-code/cli.js'],
    ['claude', 'node --no-warnings --enable-source-maps /usr/local/bin/claude'],
    ['claude', 'bun /home/ada/.bun/bin/claude'],
    ['claude', '/usr/lib/node_modules/@anthropic-ai/claude-code/bin/claude.exe'],
    ['claude', 'claude -p hello'],
    ['codex', 'codex'],
    ['codex', 'node /usr/lib/node_modules/@openai/codex/bin/codex.js'],
    ['codex', '/usr/lib/node_modules/@openai/codex/vendor/x86_64-unknown-linux-musl/codex/codex'],
    ['codex', '/home/ada/.codex/packages/standalone/releases/0.140.0/bin/codex'],
    ['codex', 'codex -m gpt-5 exec fix it'],
    ['codex', '/Applications/Codex.app/Contents/Resources/codex app-server'],
    ['gemini', 'node /usr/local/bin/gemini'],
    ['gemini', 'node --no-warnings=DEP0040 /opt/gemini-cli/bundle/gemini.js'],
    ['gemini', 'node /opt/node_modules/@google/gemini-cli/dist/index.js'],
    ['qwen', 'node /usr/local/bin/qwen'],
    ['opencode', '/home/ada/.opencode/bin/opencode'],
    ['opencode', 'node /usr/lib/node_modules/opencode-ai/bin/opencode'],
    ['opencode', 'bun /home/ada/.bun/bin/opencode run hello'],
    ['copilot-cli', 'node /usr/lib/node_modules/@github/copilot/npm-loader.js'],
    ['copilot-cli', '/usr/lib/node_modules/@github/copilot-linux-x64/copilot'],
    ['amp', '/home/ada/.amp/bin/amp.exe'],
    ['amp', 'node /usr/lib/node_modules/@sourcegraph/amp/dist/main.js'],
    ['cursor-agent', 'node /home/ada/.local/share/cursor-agent/versions/2026.08.01-abc/index.js'],
    ['cursor-agent', '/home/ada/.local/bin/agent /home/ada/.local/share/cursor-agent/versions/2026.08.01-abc/index.js -p hi'],
    ['cursor-agent', 'cursor-agent'],
    ['aider', '/usr/bin/python3.12 /home/ada/.local/bin/aider --model sonnet'],
    ['aider', 'python -m aider'],
    ['windsurf', '/usr/share/windsurf/windsurf'],
  ])('%s: %s', (tool, line) => {
    expect(toolOf(words(line))).toBe(tool);
  });

  it('paths with spaces are one token', () => {
    expect(toolOf(['/Users/ada/Library/Application Support/Claude/claude-code/2.1.99/claude.app/Contents/MacOS/claude', '--output-format', 'stream-json'])).toBe('claude');
  });

  it('on Windows backslashes separate folders and capitals do not count', () => {
    expect(toolOf(['C:\\Program Files\\nodejs\\node.exe', 'C:\\Users\\Ada\\AppData\\Roaming\\npm\\node_modules\\@anthropic-ai\\claude-code\\cli.js'], true)).toBe('claude');
    expect(toolOf(['C:\\Users\\Ada\\.local\\bin\\Claude.exe'], true)).toBe('claude');
    expect(toolOf(['C:\\Users\\Ada\\AppData\\Local\\AnthropicClaude\\app-1.2.3\\claude.exe'], true)).toBeUndefined(); // the chat application
  });
});

describe('what only looks like an agent is none', () => {
  it.each([
    'grep claude',
    'vim CLAUDE.md',
    'tail -f /home/ada/.claude/projects/x/y.jsonl',
    'node /home/ada/bin/claude-watch',
    'npm exec @anthropic-ai/claude-code',
    'npm exec @openai/codex',
    '/Users/x/.local/share/claude/foo',
    'claude-launch',
    'node /usr/lib/node_modules/@zed-industries/claude-code-acp/dist/index.js',
    'bash -c claude',
    '/bin/sh /home/ada/.config/Code/copilotCli/copilot',
    'node -e console.log("claude")',
    'python3 /usr/local/bin/gemini',
    'codex-linux-sandbox --sandbox-policy x',
    'codex-execve-wrapper /bin/ls',
    '/usr/share/cursor/cursor --type=renderer',
    '/usr/share/cursor/cursor',
    '/Applications/Claude.app/Contents/MacOS/Claude',
    '/Applications/Codex.app/Contents/Frameworks/codex',
    'sudo',
  ])('%s', (line) => {
    expect(toolOf(words(line))).toBeUndefined();
  });

  it('a title that npm gave itself is not a path', () => {
    expect(toolOf(['npm exec @openai/codex'])).toBeUndefined();
    expect(toolOf([])).toBeUndefined();
  });
});

describe('commands of a tool that hold no conversation are left out', () => {
  it.each([
    'claude --version', 'claude --help', 'claude -v', 'claude mcp serve', 'claude daemon run', 'claude update', 'claude doctor',
    'claude --session-id x --bg-pty-host', 'claude --bg-spare',
    'codex --version', 'codex login', 'codex mcp list', 'codex sandbox linux ls',
    'gemini mcp list', 'opencode auth login', 'opencode attach http://localhost:4096', 'copilot svc deploy', 'copilot --help',
    'amp threads list', 'cursor-agent login', 'cursor-agent worker-server', '/usr/share/windsurf/windsurf --type=zygote',
  ])('%s', (line) => {
    expect(toolOf(words(line))).toBe('none');
  });

  it('a prompt that begins like a command is a conversation', () => {
    expect(toolOf(['claude', 'update the readme'])).toBe('claude');
    expect(toolOf(words('claude update the readme'))).toBe('claude');
    expect(toolOf(['claude', '--model', 'doctor'])).toBe('claude');
  });
});

describe('a command line tells how the process works', () => {
  it.each([
    ['codex app-server', true], ['codex mcp-server', true], ['opencode serve --port 4096', true], ['opencode web', true], ['gemini --experimental-acp', true], ['copilot --acp', true],
    ['codex', undefined], ['opencode', undefined],
  ])('%s serves many sessions: %s', (line, host) => {
    expect(identify(words(line))).toMatchObject(host ? { host } : {});
    expect((identify(words(line)) as { host?: true }).host).toBe(host);
  });

  it.each([
    ['claude -p hello', true], ['claude --print', true], ['codex exec fix', true], ['opencode run hello', true], ['gemini --prompt=hello', true],
    ['claude -p --input-format stream-json --output-format stream-json', undefined], ['claude --input-format=stream-json -p', undefined], ['claude', undefined], ['codex -p work', undefined],
  ])('%s answers once and ends: %s', (line, oneShot) => {
    expect((identify(words(line)) as { oneShot?: true }).oneShot).toBe(oneShot);
  });

  it.each([
    [`claude --session-id ${uuid}`, uuid], [`claude --resume ${uuid}`, uuid], [`claude -r ${uuid}`, uuid], [`claude --resume=${uuid}`, uuid],
    [`claude --resume /home/ada/.claude/projects/-x/${uuid}.jsonl`, uuid],
    [`copilot --resume=${uuid}`, uuid], [`codex resume ${uuid}`, uuid], [`codex exec resume ${uuid}`, uuid], [`gemini --resume ${uuid}`, uuid],
    ['opencode -s ses_19ea3aac2ffe5C0USJRj6zD2gL', 'ses_19ea3aac2ffe5C0USJRj6zD2gL'], [`amp threads continue T-${uuid}`, `T-${uuid}`],
    ['claude --resume my-title', undefined], ['gemini --resume latest', undefined], [`claude --resume ${uuid} --fork-session`, undefined], ['claude -c', undefined],
  ])('%s names the session %s', (line, sessionId) => {
    expect((identify(words(line)) as { sessionId?: string }).sessionId).toBe(sessionId);
  });
});

describe('tools the user adds', () => {
  const extra = [{ tool: 'claude', match: 'my-claude|cc\\d?' }] as const;
  it('are matched against the whole name of the program', () => {
    expect(identify(['/opt/bin/my-claude'], false, extra)).toMatchObject({ tool: 'claude' });
    expect(identify(['node', '/opt/bin/cc2'], false, extra)).toMatchObject({ tool: 'claude' });
    expect(identify(['/opt/bin/not-my-claude'], false, extra)).toBeUndefined();
  });
  it('never replace what is known', () => {
    expect(identify(['claude', '--version'], false, [{ tool: 'amp', match: 'claude' }])).toBe('none');
  });
});

describe('command lines that come as one string', () => {
  it('of ps: the program may hold spaces', () => {
    expect(splitPsLine('/a b/claude --resume x', '/a b/claude')).toEqual(['/a b/claude', '--resume', 'x']);
    expect(splitPsLine('claude  -p hi', '')).toEqual(['claude', '-p', 'hi']);
  });
  it('of Windows: quotes group, a backslash escapes a quote only', () => {
    expect(splitWindowsLine('"C:\\Program Files\\nodejs\\node.exe" C:\\x\\cli.js -p "say \\"hi\\"" ""')).toEqual(['C:\\Program Files\\nodejs\\node.exe', 'C:\\x\\cli.js', '-p', 'say "hi"', '']);
    expect(splitWindowsLine('claude "C:\\dir\\\\" x')).toEqual(['claude', 'C:\\dir\\', 'x']);
  });
});
