/**
 * Tokens of a command line that ps printed with spaces between them, as good as they can be told apart.
 * @param executable the program's path when it is known to exist: it may hold spaces itself ("Application Support")
 */
export const splitPsLine = (line: string, executable: string): string[] => {
  const rest = executable !== '' && line.startsWith(executable) ? line.slice(executable.length) : undefined;
  const tokens = (rest ?? line).split(/\s+/).filter((token) => token !== '');
  return rest === undefined ? tokens : [executable, ...tokens];
};

/** Tokens of a Windows command line: quotes group, backslashes escape only before a quote (CommandLineToArgvW). */
export const splitWindowsLine = (line: string): string[] => {
  const tokens: string[] = [];
  let token: string | undefined;
  let quoted = false;
  for (let at = 0; at < line.length; at += 1) {
    const char = line[at]!;
    if (!quoted && /\s/.test(char)) {
      if (token !== undefined) tokens.push(token);
      token = undefined;
    } else if (char === '"') {
      const slashes = /\\*$/.exec(token ?? '')![0].length;
      const kept = (token ?? '').slice(0, (token ?? '').length - Math.ceil(slashes / 2));
      if (slashes % 2 === 1) token = `${kept}"`;
      else {
        token = kept;
        quoted = !quoted;
      }
    } else token = (token ?? '') + char;
  }
  if (token !== undefined) tokens.push(token);
  return tokens;
};
