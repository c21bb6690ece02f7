#!/usr/bin/env node
// The entry point: plain JavaScript that any Node parses, so that an old one ends with a sentence instead of a crash.
import { checkNode } from './check-node.js';

checkNode();
const { existsSync } = await import('node:fs');
const built = new URL('../dist/main.js', import.meta.url);
const source = new URL('../src/main.ts', import.meta.url);
const isCheckout = existsSync(source);
// A checkout runs its sources as they are (Node strips the types); a published package has only dist.
if (isCheckout) {
  const { registerHooks } = await import('node:module');
  // The workspaces' sources instead of what a build would make of them; the condition is in the "exports" of each package.json.
  registerHooks({ resolve: (specifier, context, next) => next(specifier, { ...context, conditions: [...context.conditions, 'watchroom-source'] }) });
}
// React's development build is slow, and its warnings would be drawn over the screen.
if (process.argv[2] === 'monitor' || process.argv[2] === 'top') process.env.NODE_ENV ??= 'production';
await import((isCheckout ? source : built).href);
