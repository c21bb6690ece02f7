import { expect, it } from '@jest/globals';
import { readdirSync } from 'node:fs';
import { readers } from '../../src/readers/registry.ts';

const notReaders = new Set(['book.ts', 'reader.ts', 'registry.ts', 'fields.ts']);

it('[D9] every reader file is registered under its own name, and every registered tool has its file', () => {
  const files = readdirSync(new URL('../../src/readers', import.meta.url)).filter((name) => name.endsWith('.ts') && !notReaders.has(name));
  expect(readers.map((reader) => `${reader.tool}.ts`).sort()).toEqual(files.sort());
});
