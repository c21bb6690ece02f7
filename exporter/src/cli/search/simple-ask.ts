import type { SearchAsk } from '../../search/find.ts';
import { tools } from '../../session/tool.ts';

/** A simple command line of `watchroom search`; undefined: there is more to it, and the whole program understands it (help, mistakes, --since, --format …). */
export const simpleAsk = (args: readonly string[]): { readonly ask: SearchAsk; readonly state?: string } | undefined => {
  const [words, given]: [string[], Map<string, string>] = [[], new Map()];
  for (let index = 0; index < args.length; index += 1) {
    const word = args[index]!;
    if (!word.startsWith('-') || word === '-') words.push(word);
    else {
      const [name = '', inline] = word.split(/=(.*)/s);
      const value = inline ?? args[(index += 1)];
      const known = flags[name];
      if (known === undefined || value === undefined || value === '' || given.has(known)) return undefined;
      given.set(known, value);
    }
  }
  const [limit, tool, project, session, voice, state] = ['limit', 'tool', 'project', 'session', 'by', 'state'].map((name) => given.get(name));
  const named = tool?.split(',');
  if (words.length === 0 || !/^[1-9]\d{0,3}$/.test(limit ?? '10') || named?.some((one) => !(tools as readonly string[]).includes(one)) || (voice !== undefined && !voices.includes(voice))) return undefined;
  const ask: SearchAsk = {
    words: words.join(' '), limit: Number(limit ?? 10),
    ...(named ? { tools: named } : {}),
    ...(project === undefined ? {} : { projects: project.split(',').map((one) => one.trim()).filter(Boolean) }),
    ...(session === undefined ? {} : { session }),
    ...(voice === undefined ? {} : { voice }),
  };
  return { ask, ...(state === undefined ? {} : { state }) };
};

const voices: readonly string[] = ['user', 'assistant', 'tool', 'note'];
const flags: Readonly<Record<string, string>> = { '--limit': 'limit', '-n': 'limit', '--tool': 'tool', '-t': 'tool', '--project': 'project', '-p': 'project', '--session': 'session', '--by': 'by', '--state': 'state' };
