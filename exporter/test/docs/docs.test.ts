import { describe, expect, it } from '@jest/globals';
import type { Command } from 'commander';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { createProgram } from '../../src/cli/program.ts';
import { settingKeys } from '../../src/config/settings.ts';
import { catalogue } from '../../src/metrics/catalogue.ts';
import { hubCatalogue } from '../../src/metrics/hub-metrics.ts';
import { readers } from '../../src/readers/registry.ts';
import { toolNames } from '../../src/session/tool.ts';
import { codeOf, inRepository, pages, proseOf, textOf } from './repository.ts';

describe.each(pages)('%s', (page) => {
  it('has no link that leads nowhere', () => {
    const links = [...proseOf(page).matchAll(/\]\((?!https?:)([^)\s]*)\)/g)].map(([, link]) => link!);
    expect(links.filter((link) => !leadsSomewhere(page, link))).toEqual([]);
  });

  it('names only commands and flags that exist', () => {
    expect(codeOf(page).flatMap(typedCommands).flatMap(mistakesIn)).toEqual([]);
  });

  it('names only metrics that are emitted', () => {
    const named = codeOf(page).flatMap((line) => [...line.matchAll(/(?<![\w/.-])((?:ai|watchroom)_[a-z0-9_]+)(\*?)/g)].map(([, name, star]) => ({ name: name!, open: star === '*' || name!.endsWith('_') })));
    expect(named.filter((metric) => !isEmitted(metric)).map(({ name }) => name)).toEqual([]);
  });

  it('names only settings and npm scripts that exist', () => {
    const keys = codeOf(page).filter((code) => /^(web|export|top|paths|hub|tools|processes|scan|log)\.[a-z_.]+$/.test(code));
    expect(keys.filter((key) => !settingKeys.includes(key))).toEqual([]);
    const scripts = codeOf(page).flatMap((line) => [...line.matchAll(/npm run ([\w:]+)/g)].map(([, name]) => name!));
    expect(scripts.filter((name) => !(name in packageScripts))).toEqual([]);
  });
});

describe('the README', () => {
  const readme = textOf('README.md');

  it('starts with the two commands, which are those of package.json and of CI', () => {
    expect([...readme.matchAll(/^```sh\n(.*?)```/gms)].slice(0, 2).map(([, block]) => block!.trim())).toEqual(['npm ci && npm start', 'npm ci && npm test']);
    expect(packageScripts).toMatchObject({ start: 'node exporter/bin/watchroom.js exporter', test: 'node scripts/test.js' });
    expect(textOf('.ci/run')).toMatch(/^npm ci && npm test$/m);
  });

  it('[D9] has a row for every tool, by the name that the program gives it, and for no other', () => {
    const rows = [...readme.matchAll(/^\| ([^|]+) \| ((?:`[\w-]+`(?:, )?)+) \|/gm)].flatMap(([, names, ids]) => ids!.split(', ').map((id, index) => [id.replaceAll('`', ''), names!.split(', ')[index]] as const));
    expect(Object.fromEntries(rows)).toEqual(toolNames);
    expect(rows.map(([id]) => id)).toEqual(expect.arrayContaining(readers.map(({ tool }) => tool)));
  });

  it('shows the picture of the page', () => {
    expect(readme).toContain('](docs/images/sessions-light.png)');
  });
});

describe('exporter/src/readers/README.md', () => {
  const page = textOf('exporter/src/readers/README.md');
  const registered = readers.map(({ tool }) => tool).sort();

  it('[D9] has a row and a section for every reader, and for no other', () => {
    expect([...page.matchAll(/^\| ([a-z-]+) \| [^|]+ \| [^|]+ \| [^|]+ \|$/gm)].map(([, tool]) => tool).filter((tool) => tool !== 'tool').sort()).toEqual(registered);
    expect([...page.matchAll(/^## ([a-z-]+)$/gm)].map(([, tool]) => tool).sort()).toEqual(registered);
  });
});

describe('docs/architecture.md', () => {
  it('has the import table that lint enforces', async () => {
    const { default: config } = (await import(inRepository('eslint.config.js'))) as { default: readonly { readonly files?: readonly string[]; readonly rules?: Readonly<Record<string, unknown>> }[] };
    const forbidden = new Map(config.flatMap(({ files, rules }) => (rules && 'no-restricted-imports' in rules && files![0]!.startsWith('exporter/src/') ? [[folderIn(files![0]!), foldersForbiddenBy(rules['no-restricted-imports'])] as const] : [])));
    const folders = [...forbidden.keys()];
    const enforced = folders.map((folder) => [folder, folders.filter((other) => other !== folder && !forbidden.get(folder)!.includes(other)).sort()]);
    const told = [...textOf('docs/architecture.md').matchAll(/^\| `(\w+)\/` \| .* \| (–|(?:`\w+` ?)+) \|$/gm)].map(([, folder, may]) => [folder, may === '–' ? [] : may!.replaceAll('`', '').split(' ').sort()]);
    expect(Object.fromEntries(told)).toEqual(Object.fromEntries(enforced));
  });
});

const { scripts: packageScripts } = JSON.parse(textOf('package.json')) as { scripts: Readonly<Record<string, string>> };

const leadsSomewhere = (page: string, link: string): boolean => {
  const [path = '', anchor] = link.split('#');
  const target = path === '' ? page : join(dirname(page), path);
  return existsSync(inRepository(target)) && (anchor === undefined || anchorsOf(target).includes(anchor));
};

/** "## Adding a tool" → "adding-a-tool", as GitHub makes them. */
const anchorsOf = (page: string): string[] => [...textOf(page).matchAll(/^#+ (.+)$/gm)].map(([, title]) => title!.toLowerCase().replaceAll(/[^\w\- ]/g, '').replaceAll(' ', '-'));

const isEmitted = ({ name, open }: { readonly name: string; readonly open: boolean }): boolean =>
  [...catalogue, ...hubCatalogue].some((metric) => metric.name === name || (open && metric.name.startsWith(name)) || (metric.type === 'histogram' && name.replace(/_(bucket|sum|count)$/, '') === metric.name));

const folderIn = (glob: string): string => /exporter\/src\/(\w+)\//.exec(glob)![1]!;
const foldersForbiddenBy = (rule: unknown): string[] =>
  (rule as [string, { patterns: { regex: string }[] }])[1].patterns.flatMap(({ regex }) => /\+(\w+)\/$/.exec(regex)?.[1] ?? []);

const program = createProgram({ version: '', machine: { platform: 'linux', home: '/home/ada', env: {} }, variables: {}, cwd: '/', now: () => 0, stdout: { write: () => true }, stderr: { write: () => true }, open: () => { throw new Error('documentation opens nothing'); } });

/** The command lines in a line of code, as words behind "watchroom". `npm start -- …` is the exporter's. */
const typedCommands = (line: string): string[][] => {
  const [command = ''] = line.split(/ #|[|&;] /);
  const typed = /(?:^|\$ |npx )watchroom ([a-z].*)$/.exec(command)?.[1] ?? /npm run watchroom -- (.*)$/.exec(command)?.[1];
  const started = /npm start -- (.*)$/.exec(command)?.[1];
  return [...(typed === undefined ? [] : [typed.split(/\s+/)]), ...(started === undefined ? [] : [['exporter', ...started.split(/\s+/)]])];
};

const mistakesIn = (words: readonly string[]): string[] => {
  let command: Command = program;
  for (const word of words) {
    const next = command.commands.find((one) => one.name() === word || one.aliases().includes(word));
    if (next) command = next;
    else if (command.commands.length > 0 && /^[a-z]+$/.test(word) && word !== 'help') return [`watchroom ${words.join(' ')}: there is no ${word}`];
    else break;
  }
  // What stands behind " -- " belongs to another program.
  const own = words.includes('--') ? words.slice(0, words.indexOf('--')) : words;
  const flags = own.filter((word) => /^--[a-z]/.test(word)).map((word) => word.replace(/[=.,;:]+.*$/, (end) => (end.startsWith('.') && end.length > 1 ? end : '')));
  const known = [...command.options, ...program.options].map(({ long }) => long);
  return flags.filter((flag) => !known.includes(flag) && flag !== '--help').map((flag) => `watchroom ${words.join(' ')}: there is no ${flag}`);
};
