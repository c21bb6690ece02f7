// Builds what is published and put into images: exporter/src → exporter/dist, collab → collab/dist (where its sources are).
// Or into other folders: node scripts/build.ts [exporter's [collab's]]
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, globSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { makeOneFile } from './one-file.ts';

const at = (path: string): string => fileURLToPath(new URL(`../${path}`, import.meta.url));
const require = createRequire(import.meta.url);
const [exporterTarget, collabTarget] = process.argv.slice(2);

await buildExporter(resolve(exporterTarget ?? at('exporter/dist')));
if ((exporterTarget === undefined || collabTarget !== undefined) && existsSync(at('collab/server'))) await buildCollab(resolve(collabTarget ?? at('collab/dist')));

async function buildExporter(target: string): Promise<void> {
  const source = at('exporter/src');
  rmSync(target, { recursive: true, force: true });
  run(join(dirname(require.resolve('typescript/package.json')), 'bin/tsc'), '-p', at('exporter/tsconfig.build.json'), '--outDir', target);
  // tsc leaves alone what it does not compile, such as the scanner that is loaded from beside its module.
  for (const asset of globSync('**/*.wasm', { cwd: source })) cpSync(join(source, asset), join(target, asset));
  // What bin/watchroom.js answers without the program.
  for (const command of ['statusline', 'search']) await makeOneFile(join(source, 'cli', command, 'quick.ts'), join(target, `quick-${command}.cjs`), { checks: false });
}

/** Types of the exporter come from its sources in a checkout and from its build elsewhere, so here types are only taken away; `npm run types` checks them. */
async function buildCollab(target: string): Promise<void> {
  const { default: ts } = await import('typescript');
  const compilerOptions = { target: ts.ScriptTarget.ES2024, module: ts.ModuleKind.ESNext, verbatimModuleSyntax: true, rewriteRelativeImportExtensions: true, sourceMap: false };
  rmSync(target, { recursive: true, force: true });
  for (const file of globSync(['server/**/*.ts', 'shared/**/*.ts', 'demo/**/*.ts'], { cwd: at('collab') })) {
    const made = join(target, file.replace(/\.ts$/, '.js'));
    mkdirSync(dirname(made), { recursive: true });
    writeFileSync(made, ts.transpileModule(readFileSync(join(at('collab'), file), 'utf8'), { compilerOptions, fileName: file }).outputText);
  }
  cpSync(at('collab/server/pages/static'), join(target, 'server/pages/static'), { recursive: true });
  if (existsSync(at('collab/web/build.js'))) run(at('collab/web/build.js'));
  if (existsSync(at('collab/web/dist'))) cpSync(at('collab/web/dist'), join(target, 'web'), { recursive: true });
}

function run(...args: readonly string[]): void {
  const { status } = spawnSync(process.execPath, args, { stdio: 'inherit' });
  if (status !== 0) process.exit(status ?? 1);
}
