#!/usr/bin/env node
// The entry point: plain JavaScript that any Node parses, so that an old one ends with a sentence instead of a crash.
import { existsSync, writeSync } from 'node:fs';
import { checkNode } from './check-node.js';

checkNode();
// A checkout runs its sources as they are (Node strips the types); a published package has only dist.
const isCheckout = existsSync(new URL('../src/main.ts', import.meta.url));
const part = (name) => new URL(isCheckout ? `../src/${name}.ts` : `../dist/${name}.js`, import.meta.url).href;

if (process.argv[2] !== 'statusline' || !(await printedQuickly())) await runProgram();

async function runProgram() {
  if (isCheckout) {
    const { registerHooks } = await import('node:module');
    // The workspaces' sources instead of what a build would make of them; the condition is in the "exports" of each package.json.
    registerHooks({ resolve: (specifier, context, next) => next(specifier, { ...context, conditions: [...context.conditions, 'watchroom-source'] }) });
  }
  // React's development build is slow, and its warnings would be drawn over the screen.
  if (process.argv[2] === 'monitor' || process.argv[2] === 'top') process.env.NODE_ENV ??= 'production';
  await import(part('main'));
}

/** A status line is asked for several times a second: it goes by a few small modules, which Node keeps compiled. */
async function printedQuickly() {
  const [{ enableCompileCache }, { homedir }] = [process.getBuiltinModule('node:module'), process.getBuiltinModule('node:os')];
  enableCompileCache();
  const { quickStatusLine } = await import(part('cli/statusline/quick'));
  const home = process.env.HOME || homedir();
  const line = await quickStatusLine({ args: process.argv.slice(3), machine: { platform: process.platform, home, env: process.env }, now: Date.now(), pid: process.pid });
  if (line === undefined) return false;
  writeSync(1, `${line}\n`);
  process.exit(0); // whoever keeps stdin open is not waited for
}
