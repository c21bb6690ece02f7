import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { runProgram } from './cli/run-program.ts';
import type { Machine } from './files/machine.ts';

// The only reader of argv, environment, home and clock. Everything else is told.

const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as { version: string };
const machine: Machine = { platform: process.platform as Machine['platform'], home: homeOf(), env: process.env };

/** In a container the user may have neither HOME nor an entry in passwd. */
function homeOf(): string {
  try {
    return homedir();
  } catch {
    return '/';
  }
}

const ending = new Promise<string>((resolve) => {
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.once(signal, () => {
      resolve(signal);
      process.once(signal, () => process.exit(130)); // asked twice: at once
    });
});

// A reader that goes away (`watchroom list | head`) is no failure.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(0);
  process.stderr.write(`watchroom: the output cannot be written: ${error.message}\n`);
  process.exit(1);
});

process.exitCode = await runProgram({
  version, machine, variables: process.env, cwd: process.cwd(), now: Date.now, stdout: process.stdout, stderr: process.stderr, ending,
  get stdin() { return process.stdin; }, // opened when somebody reads it
  // Loaded when something is to be done: help and mistakes need none of it.
  open: async (world) => (await import('./wiring/backend.ts')).createBackend(world, {
    version, nodeVersion: process.versions.node, now: Date.now, pid: process.pid, env: process.env, stdout: process.stdout, stderr: process.stderr, stdin: process.stdin, ending,
    ...(process.env.WATCHROOM_REVISION === undefined ? {} : { revision: process.env.WATCHROOM_REVISION }),
    reloading: () => new Promise((resolve) => process.once('SIGHUP', () => resolve('reload'))),
  }),
}, process.argv.slice(2));
