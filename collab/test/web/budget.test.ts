import { beforeAll, describe, expect, it } from '@jest/globals';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { buildPage } from './support/browser.ts';

const dist = fileURLToPath(new URL('../../web/dist', import.meta.url));
const sources = fileURLToPath(new URL('../../web/src', import.meta.url));

interface Chunk { readonly file: string; readonly src?: string; readonly isEntry?: boolean; readonly imports?: readonly string[]; readonly dynamicImports?: readonly string[] }

describe('[G10] what a page costs', () => {
  let manifest: Readonly<Record<string, Chunk>>;
  beforeAll(() => {
    buildPage();
    manifest = JSON.parse(readFileSync(join(dist, '.vite/manifest.json'), 'utf8')) as typeof manifest;
  });

  const weigh = (keys: Iterable<string>): number => [...new Set([...keys].map((key) => manifest[key]!.file))].reduce((sum, file) => sum + gzipSync(readFileSync(join(dist, file)), { level: 9 }).length, 0);
  const withImports = (key: string, seen = new Set<string>()): Set<string> => {
    if (seen.has(key)) return seen;
    seen.add(key);
    for (const next of manifest[key]?.imports ?? []) withImports(next, seen);
    return seen;
  };
  const keyOf = (part: string): string => Object.keys(manifest).find((key) => key.includes(part))!;
  /** Loaded on every page, though behind the first paint. */
  const live = (): string[] => [...withImports(keyOf('socket.io-client'))];

  it('home: at most 130 kB of JavaScript, gzip', () => {
    const bytes = weigh([...withImports('index.html'), ...live()]);
    console.log(`home: ${(bytes / 1000).toFixed(1)} kB`);
    expect(bytes).toBeLessThanOrEqual(130_000);
  });

  it('room: at most 300 kB', () => {
    const bytes = weigh([...withImports('index.html'), ...live(), ...withImports('src/room/page.tsx')]);
    console.log(`room: ${(bytes / 1000).toFixed(1)} kB`);
    expect(bytes).toBeLessThanOrEqual(300_000);
  });

  it('mattermost-redux is imported in web/chat alone', () => {
    const files = readdirSync(sources, { recursive: true, encoding: 'utf8' }).filter((name) => /\.tsx?$/.test(name));
    expect(files.filter((name) => !name.startsWith('chat/') && readFileSync(join(sources, name), 'utf8').includes("from 'mattermost-redux"))).toEqual([]);
  });

  it('everything that is large enough is there compressed', () => {
    for (const { file } of Object.values(manifest)) if (readFileSync(join(dist, file)).length > 1000 && /\.(js|css)$/.test(file)) expect([existsSync(join(dist, `${file}.br`)), existsSync(join(dist, `${file}.gz`))]).toEqual([true, true]);
  });
});
