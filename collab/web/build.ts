// Builds the page when it is missing or older than its sources: before `npm start`, and by `npm run build:web -- --always`.
import { existsSync, mkdirSync, readdirSync, rmSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
const sources = ['src', 'public', 'index.html', 'vite.config.ts', 'first-files.ts', 'first-script.ts', 'precompress.ts', 'left-out.ts', '../shared'].map(here);
const built = here('dist/index.html');
const isAsked = process.argv.includes('--always');

const newest = (path: string): number => {
  const stat = statSync(path);
  return stat.isDirectory() ? Math.max(stat.mtimeMs, ...readdirSync(path).map((name) => newest(join(path, name)))) : stat.mtimeMs;
};
const isFresh = (): boolean => existsSync(built) && Math.max(...sources.map(newest)) <= statSync(built).mtimeMs;

const buildPage = async (): Promise<void> => {
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
    if (isAsked) process.exitCode = 1;
  }
};

/** Suites that run side by side build one after the other: a build empties the folder that another one fills or serves. */
const lock = here('../../.cache/building-the-page');
const staleMs = 60_000;

const alone = async (work: () => Promise<void>): Promise<void> => {
  if (!(await locked())) return work();
  try {
    await work();
  } finally {
    rmSync(lock, { recursive: true, force: true });
  }
};

/** False: nothing can be written there, so nobody else builds either. */
const locked = async (): Promise<boolean> => {
  for (;;) {
    try {
      mkdirSync(dirname(lock), { recursive: true });
      mkdirSync(lock);
      return true;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') return false;
    }
    // Whoever was killed in the middle left it behind.
    const age = Date.now() - (statSync(lock, { throwIfNoEntry: false })?.mtimeMs ?? Date.now());
    if (age > staleMs) rmSync(lock, { recursive: true, force: true });
    else await sleep(100);
  }
};

await alone(async () => { if (isAsked || !isFresh()) await buildPage(); });
