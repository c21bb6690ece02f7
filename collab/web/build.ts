// Builds the page when it is missing or older than its sources: before `npm start`, and by `npm run build:web -- --always`.
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
const sources = ['src', 'public', 'index.html', 'vite.config.ts', 'precompress.ts', 'left-out.ts', '../shared'].map(here);

const newest = (path: string): number => {
  const stat = statSync(path);
  return stat.isDirectory() ? Math.max(stat.mtimeMs, ...readdirSync(path).map((name) => newest(join(path, name)))) : stat.mtimeMs;
};

const built = here('dist/index.html');
const isFresh = existsSync(built) && Math.max(...sources.map(newest)) <= statSync(built).mtimeMs;
if (!isFresh || process.argv.includes('--always')) {
  const started = performance.now();
  process.stderr.write('watchroom: building the page … ');
  try {
    // Whoever asks: tests set another one, and React would come with its warnings.
    process.env.NODE_ENV = 'production';
    const { build } = await import('vite');
    await build({ configFile: here('vite.config.ts'), logLevel: 'error' });
    process.stderr.write(`done in ${((performance.now() - started) / 1000).toFixed(1)} s\n`);
  } catch (error) {
    // Everything but the page works without it: the hub then shows a plain list.
    process.stderr.write(`not built: ${error instanceof Error ? error.message : String(error)}\nwatchroom: going on with the plain list of sessions; npm ci brings what building needs\n`);
    if (process.argv.includes('--always')) process.exitCode = 1;
  }
}
