type Json = { readonly [key: string]: unknown };

/** The events at which Claude Code tells that it works or waits. */
export const hookedEvents = ['SessionStart', 'UserPromptSubmit', 'Notification', 'Stop', 'SessionEnd'] as const;

/** What is added to "hooks" of the settings. */
export const hooksFor = (command: string): Readonly<Record<(typeof hookedEvents)[number], readonly unknown[]>> =>
  Object.fromEntries(hookedEvents.map((event) => [event, [{ hooks: [{ type: 'command', command, timeout: 5 }] }]])) as unknown as Readonly<Record<(typeof hookedEvents)[number], readonly unknown[]>>;

/** The settings with our hooks behind everybody else's; order, indentation and line ends as they were. Throws a sentence for a text that is no JSON object. */
export const withHooks = (text: string, command: string): string => {
  const settings = parse(withoutHooks(text));
  const before = objectOf(settings['hooks'], '"hooks"');
  const hooks = { ...before };
  for (const [event, added] of Object.entries(hooksFor(command))) hooks[event] = [...listOf(before[event], event), ...added];
  return printed({ ...settings, hooks }, text);
};

/** The settings without our hooks, however they got there; what becomes empty by that goes too. */
export const withoutHooks = (text: string): string => {
  const settings = parse(text);
  if (!hasHooks(text)) return text;
  const before = objectOf(settings['hooks'], '"hooks"');
  const hooks = Object.fromEntries(Object.entries(before).flatMap(([event, matchers]) => {
    const kept = listOf(matchers, event).flatMap((matcher) => {
      const own = (matcher as Json | undefined)?.['hooks'];
      if (!Array.isArray(own) || !own.some(isOurs)) return [matcher];
      const others = own.filter((hook) => !isOurs(hook));
      return others.length === 0 ? [] : [{ ...(matcher as Json), hooks: others }];
    });
    return kept.length === 0 && listOf(matchers, event).length > 0 ? [] : [[event, kept]];
  }));
  const { hooks: _gone, ...others } = settings;
  return printed(Object.keys(hooks).length === 0 ? others : { ...settings, hooks }, text);
};

export const hasHooks = (text: string): boolean => text.includes(mark) && Object.values(objectOf(parse(text)['hooks'], '"hooks"')).some((matchers) => Array.isArray(matchers) && matchers.some((matcher) => { const own = (matcher as Json | undefined)?.['hooks']; return Array.isArray(own) && own.some(isOurs); }));

/** The folder of the script and of the states, beside the settings. */
export const hooksFolder = 'watchroom-hooks';
const mark = `${hooksFolder}/record.mjs`;

const isOurs = (hook: unknown): boolean => String((hook as Json | null)?.['command'] ?? '').includes(mark);

const parse = (text: string): Json => {
  if (text.trim() === '') return {};
  let value: unknown;
  try {
    value = JSON.parse(text.replace(/^\ufeff/, ''));
  } catch (error) {
    throw new Error(`is not plain JSON (${(error as Error).message}), so it was left as it is. Comments are not JSON. The hooks by hand: watchroom hooks install --print`, { cause: error });
  }
  return objectOf(value, 'it');
};

const objectOf = (value: unknown, what: string): Json => {
  if (value === undefined) return {};
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new Error(`cannot be understood: ${what} is no object. It was left as it is`);
  return value as Json;
};

const listOf = (value: unknown, event: string): readonly unknown[] => {
  if (value === undefined) return [];
  if (!Array.isArray(value)) throw new Error(`cannot be understood: "hooks.${event}" is no list. It was left as it is`);
  return value;
};

const printed = (settings: Json, as: string): string => {
  const indent = /\n([ \t]+)\S/.exec(as)?.[1] ?? (as.trim() === '' || as.includes('\n') ? '  ' : '');
  const text = `${JSON.stringify(settings, null, indent)}${/\n$/.test(as) || as.trim() === '' ? '\n' : ''}`;
  return `${as.startsWith('\ufeff') ? '\ufeff' : ''}${as.includes('\r\n') ? text.replaceAll('\n', '\r\n') : text}`;
};
