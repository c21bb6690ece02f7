import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Plugin, Rolldown } from 'vite';

/** What each address draws first; the others load theirs when somebody goes there. */
const firsts = { 'index.html': ['src/main.tsx', 'src/sessions/page.tsx'], 'room.html': ['src/main.tsx', 'src/room/page.tsx'] } as const;

/** Names in the page what its address will need, so that the browser fetches everything at once instead of finding one file in another. A room's page is apart: server/pages/web.ts chooses. */
export const firstFiles = (): Plugin => ({
  name: 'first-files', apply: 'build', enforce: 'post',
  writeBundle: ({ dir }, bundle) => {
    if (dir === undefined || !('index.html' in bundle)) return;
    const html = readFileSync(join(dir, 'index.html'), 'utf8');
    for (const [name, modules] of Object.entries(firsts)) writeFileSync(join(dir, name), withLinks(html, filesOf(bundle, modules)));
  },
});

const withLinks = (html: string, { scripts, styles }: Files): string => {
  const isNew = (file: string): boolean => !html.includes(`"/${file}"`);
  const links = [
    ...[...styles].filter(isNew).map((file) => `<link rel="stylesheet" crossorigin href="/${file}">`),
    ...[...scripts].filter(isNew).map((file) => `<link rel="modulepreload" crossorigin href="/${file}">`),
  ];
  return html.replace('  </head>', () => `${links.map((link) => `    ${link}\n`).join('')}  </head>`);
};

interface Files { readonly scripts: Set<string>; readonly styles: Set<string> }

/** The chunks of these modules, with all that they import. */
const filesOf = (bundle: Rolldown.OutputBundle, modules: readonly string[]): Files => {
  const found: Files = { scripts: new Set(), styles: new Set() };
  const add = (file: string): void => {
    const chunk = bundle[file];
    if (chunk?.type !== 'chunk' || found.scripts.has(file)) return;
    found.scripts.add(file);
    for (const style of chunk.viteMetadata?.importedCss ?? []) found.styles.add(style);
    for (const next of chunk.imports) add(next);
  };
  const chunks = Object.values(bundle).filter((one) => one.type === 'chunk');
  for (const module of modules) {
    const its = chunks.filter(({ facadeModuleId, moduleIds }) => [facadeModuleId, ...moduleIds].some((id) => id?.endsWith(`/${module}`)));
    if (its.length === 0) throw new Error(`the page has no chunk of ${module}`);
    for (const { fileName } of its) add(fileName);
  }
  return found;
};
