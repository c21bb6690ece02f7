import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const repository = fileURLToPath(new URL('..', import.meta.url));

export interface Built {
  /** The program, as a package has it: JavaScript behind its entry point. */
  readonly main: string;
  /** A script of bench/children. */
  readonly child: (name: string) => string;
  readonly remove: () => void;
}

/** Compiles the exporter and the bench's children into a temporary folder: measured is what people install, not type stripping. */
export const build = (): Built => {
  const folder = mkdtempSync(join(tmpdir(), 'watchroom-bench-build-'));
  const { stdout } = spawnSync(process.execPath, [join(repository, 'node_modules', 'typescript', 'bin', 'tsc'), '-p', join(repository, 'bench'), '--outDir', folder], { encoding: 'utf8' });
  if (!existsSync(join(folder, 'exporter', 'src', 'main.js'))) throw new Error(`the exporter could not be compiled:\n${stdout}`);
  cpSync(join(repository, 'package.json'), join(folder, 'package.json'));
  for (const file of ['package.json', 'bin', 'prices', 'src/files/scan.wasm']) cpSync(join(repository, 'exporter', file), join(folder, 'exporter', file), { recursive: true });
  symlinkSync('src', join(folder, 'exporter', 'dist'));
  symlinkSync(join(repository, 'node_modules'), join(folder, 'node_modules'));
  return {
    main: join(folder, 'exporter', 'bin', 'watchroom.js'),
    child: (name) => join(folder, 'bench', 'children', `${name}.js`),
    remove: () => rmSync(folder, { recursive: true }),
  };
};
