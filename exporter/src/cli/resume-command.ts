/** The tool's own command that goes on with a session; undefined: it has none, or none we are sure of. */
export const resumeCommand = ({ session, cwd }: { readonly session?: string; readonly cwd?: string }): string | undefined => {
  const [tool, ...rest] = session?.split('/') ?? [];
  const nativeId = rest.join('/');
  const command = tool === undefined ? undefined : commands[tool]?.(nativeId);
  if (command === undefined || !/^[\w.:-]+$/.test(nativeId)) return undefined; // it is meant to be pasted into a shell
  return cwd === undefined || !/^[\w./~@+:-]+$/.test(cwd) ? command : `cd ${cwd} && ${command}`;
};

const commands: Readonly<Record<string, (id: string) => string>> = {
  claude: (id) => `claude --resume ${id}`,
  codex: (id) => `codex resume ${id}`,
  opencode: (id) => `opencode --session ${id}`,
  'copilot-cli': (id) => `copilot --resume ${id}`,
  'cursor-agent': (id) => `cursor-agent --resume ${id}`,
  amp: (id) => `amp threads continue ${id}`,
};
