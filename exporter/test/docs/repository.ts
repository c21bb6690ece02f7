import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = new URL('../../../', import.meta.url);

/** Absolute path of a file of the repository. */
export const inRepository = (path: string): string => fileURLToPath(new URL(path, root));

export const textOf = (path: string): string => readFileSync(new URL(path, root), 'utf8');

const below = (folder: string): string[] => readdirSync(new URL(folder, root), { recursive: true, encoding: 'utf8' }).map((name) => `${folder}/${name}`);

/** Every page written for people, from the repository's root. */
export const pages: readonly string[] = [
  'README.md', 'CONTRIBUTING.md', 'CHANGELOG.md', 'exporter/README.md', 'exporter/src/readers/README.md', ...[...below('docs'), ...below('examples')].filter((path) => path.endsWith('.md')),
];

/** A page without what stands in fences. */
export const proseOf = (page: string): string => textOf(page).replaceAll(/^```.*?^```/gms, '');

/** Lines of code on a page: those of fences, and spans in the prose. */
export const codeOf = (page: string): readonly string[] => [
  ...[...textOf(page).matchAll(/^```\w*\n(.*?)^```/gms)].flatMap(([, block]) => block!.split('\n')),
  ...[...proseOf(page).matchAll(/`([^`\n]+)`/g)].map(([, span]) => span!),
];
