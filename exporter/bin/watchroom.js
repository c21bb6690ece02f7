#!/usr/bin/env node
// The entry point: plain JavaScript that any Node parses, so that an old one ends with a sentence instead of a crash.
import { checkNode } from './check-node.js';

checkNode();
const { existsSync } = await import('node:fs');
const built = new URL('../dist/main.js', import.meta.url);
const source = new URL('../src/main.ts', import.meta.url);
// A checkout runs its sources as they are (Node strips the types); a published package has only dist.
await import((existsSync(source) ? source : built).href);
