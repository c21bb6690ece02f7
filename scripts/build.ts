// Builds what is published and put into images: exporter/src → exporter/dist, or another folder: node scripts/build.ts [folder]
import { spawnSync } from 'node:child_process';
import { cpSync, globSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const exporter = fileURLToPath(new URL('../exporter/', import.meta.url));
const source = join(exporter, 'src');
const target = resolve(process.argv[2] ?? join(exporter, 'dist'));

rmSync(target, { recursive: true, force: true });
const tsc = join(dirname(createRequire(import.meta.url).resolve('typescript/package.json')), 'bin/tsc');
const { status } = spawnSync(process.execPath, [tsc, '-p', join(exporter, 'tsconfig.build.json'), '--outDir', target], { stdio: 'inherit' });
if (status !== 0) process.exit(status ?? 1);
// tsc leaves alone what it does not compile, such as the scanner that is loaded from beside its module.
for (const asset of globSync('**/*.wasm', { cwd: source })) cpSync(join(source, asset), join(target, asset));
