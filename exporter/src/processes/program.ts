/** What a command line runs: the tool's own program, whether it is started directly or by an interpreter. */
export interface Program {
  /** Path or name as written, with forward slashes and without .exe. */
  readonly path: string;
  readonly interpreter?: 'node' | 'python';
  readonly args: readonly string[];
}

/**
 * The program a command line runs: token 0, or the script when token 0 is node, bun or python. Never a part of the rest of the line.
 * @param windows backslashes separate folders, capitals do not count
 */
export const programOf = (argv: readonly string[], windows = false): Program | undefined => {
  const [first, ...rest] = words(argv);
  if (first === undefined) return undefined;
  const path = plain(first, windows);
  const interpreter = interpreterOf(path);
  if (interpreter === undefined) return { path, args: rest };
  const at = scriptIndex(rest, interpreter);
  const script = at === undefined ? undefined : rest[at];
  return at === undefined || script === undefined ? undefined : { path: plain(script, windows), interpreter, args: rest.slice(at + 1) };
};

/** "npm exec @openai/codex" is a title that npm gave itself, not the path of a program called codex. */
const words = (argv: readonly string[]): readonly string[] => {
  const first = argv[0] ?? '';
  return /\s/.test(first) && !/^(\/|[A-Za-z]:[\\/])/.test(first) ? [...first.trim().split(/\s+/), ...argv.slice(1)] : argv;
};

const plain = (token: string, windows: boolean): string => (windows ? token.replaceAll('\\', '/').toLowerCase() : token).replace(/\.exe$/, '');

const interpreterOf = (path: string): Program['interpreter'] => {
  const name = path.slice(path.lastIndexOf('/') + 1);
  if (/^(node(js)?[\d.]*|bun)$/.test(name)) return 'node';
  if (/^python[\d.]*w?$/.test(name)) return 'python';
  return undefined;
};

/** Options of the interpreters that take the next token as their value. */
const valued = new Set(['-r', '--require', '--import', '--loader', '--experimental-loader', '-C', '--conditions', '--env-file', '-W', '-X']);
/** After these comes code, not a script. */
const code = new Set(['-e', '--eval', '-p', '--print', '-c']);

const scriptIndex = (args: readonly string[], interpreter: 'node' | 'python'): number | undefined => {
  for (let index = 0; index < args.length; index += 1) {
    const arg = args[index]!;
    if (interpreter === 'python' && arg === '-m') return index + 1;
    if (!arg.startsWith('-')) return index;
    if (code.has(arg)) return undefined;
    if (valued.has(arg)) index += 1;
  }
  return undefined;
};
