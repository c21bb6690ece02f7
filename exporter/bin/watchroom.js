#!/usr/bin/env node
// The entry point: plain CommonJS that any Node parses, so that an old one ends with a sentence instead of a crash, and that starts faster than a module.
require('./check-node.js').checkNode();
const { existsSync, writeSync } = require('node:fs');
const { enableCompileCache, registerHooks } = require('node:module');
const { homedir } = require('node:os');
const { join } = require('node:path');
const { pathToFileURL } = require('node:url');

// A checkout runs its sources as they are (Node strips the types); a published package has only dist.
const isCheckout = existsSync(join(__dirname, '../src/main.ts'));
const [command, ...args] = process.argv.slice(2);

if (command === 'exporter' || command === 'agent') require('./frugal-memory.js').startFrugally();

// What was compiled once need not be again; a folder that cannot be written costs nothing but that. What runs for days starts as before, and leaves nothing.
const cache = ['exporter', 'agent', 'hub'].includes(command) ? undefined : cacheFolder();
if (cache !== undefined) enableCompileCache(cache);

if (command === 'statusline' || command === 'search') answerQuickly(command).then((rest) => rest && runProgram(rest));
else runProgram(process.argv.slice(2));

/**
 * A status line is asked for several times a second, and a search should show something at once: they go by a few small modules, in one file.
 * Returns the arguments with which the whole program goes on; undefined: everything is said.
 */
async function answerQuickly(name) {
  const { quickly } = isCheckout ? await require('./quick-module.js').quickModule(name) : require(`../dist/quick-${name}.cjs`);
  const answer = await quickly({
    args, now: Date.now(), pid: process.pid,
    machine: { platform: process.platform, home: homeOf(), env: process.env },
    get stdout() { return process.stdout; },
  });
  if (answer === undefined) return process.argv.slice(2);
  try {
    writeSync(1, `${answer.text}\n`);
    if (answer.aside !== undefined) writeSync(2, `${answer.aside}\n`);
  } catch {
    process.exit(0); // nobody reads it any more (watchroom search … | head)
  }
  if (answer.goOnWith) return [name, ...answer.goOnWith];
  process.exit(0); // whoever keeps stdin open is not waited for
}

function runProgram(words) {
  process.argv.splice(2, Infinity, ...words);
  // The workspaces' sources instead of what a build would make of them; the condition is in the "exports" of each package.json.
  if (isCheckout) registerHooks({ resolve: (specifier, context, next) => next(specifier, { ...context, conditions: [...context.conditions, 'watchroom-source'] }) });
  // React's development build is slow, and its warnings would be drawn over the screen.
  if (command === 'monitor' || command === 'top') process.env.NODE_ENV ??= 'production';
  return import(pathToFileURL(join(__dirname, isCheckout ? '../src/main.ts' : '../dist/main.js')).href);
}

/** In a container the user may have neither HOME nor an entry in passwd. */
function homeOf() {
  try {
    return process.env.HOME || homedir();
  } catch {
    return '/';
  }
}

/** Where Node keeps what it compiled of Watchroom: below the user's own folder of caches, because whoever can write there decides what runs. */
function cacheFolder() {
  const { XDG_CACHE_HOME: caches, LOCALAPPDATA: local, NODE_COMPILE_CACHE: other, NODE_DISABLE_COMPILE_CACHE: none } = process.env;
  if (other !== undefined || none !== undefined) return undefined; // its user decides
  if (caches) return join(caches, 'watchroom');
  if (process.platform === 'win32') return join(local || join(homeOf(), 'AppData', 'Local'), 'watchroom', 'cache');
  return process.platform === 'darwin' ? join(homeOf(), 'Library', 'Caches', 'watchroom') : join(homeOf(), '.cache', 'watchroom');
}
