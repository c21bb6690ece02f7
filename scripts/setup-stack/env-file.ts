/** Variables of a .env file, in its order. Quotes are taken off; nothing is interpolated. */
export const variablesOf = (text: string): ReadonlyMap<string, string> =>
  new Map([...text.matchAll(/^([A-Z_][A-Z0-9_]*)=(.*)$/gm)].map(([, name, value]) => [name!, value!.trim().replace(/^(['"])(.*)\1$/, '$2')]));

/** The example with its empty lines filled in. */
export const filledIn = (example: string, values: Readonly<Record<string, string>>): string =>
  example.replaceAll(/^([A-Z_][A-Z0-9_]*)=$/gm, (line, name: string) => (values[name] === undefined ? line : `${line}${quoted(values[name])}`));

/** An older file with the lines it lacks; what stands in it stays as it is. */
export const completed = (text: string, example: string): { readonly text: string; readonly added: readonly string[] } => {
  const present = variablesOf(text);
  const lines = example.split('\n').filter((line) => /^[A-Z_]+=/.test(line) && !present.has(line.slice(0, line.indexOf('='))));
  const added = lines.map((line) => line.slice(0, line.indexOf('=')));
  return { added, text: added.length === 0 ? text : `${text.replace(/\n?$/, '\n')}\n# Added by setup:stack; see .env.example\n${lines.join('\n')}\n` };
};

/** As Compose reads it: in single quotes nothing has a meaning. */
const quoted = (value: string): string => {
  if (/^[\w./:@%+-]*$/.test(value)) return value;
  if (!/['\n]/.test(value)) return `'${value}'`;
  throw new Error(`.env cannot hold ${JSON.stringify(value)} because of its quote. Put the repository's user under a home folder without one, or write .env by hand from .env.example.`);
};
