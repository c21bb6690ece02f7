import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';

export const dist = fileURLToPath(new URL('../../../web/dist', import.meta.url));

interface Chunk { readonly file: string; readonly imports?: readonly string[] }

/** Bytes of the JavaScript, gzip, that the built page begins with: home, and a room. */
export const pageBytes = (): { readonly home: number; readonly room: number } => {
  const manifest = pageManifest();
  const withImports = (key: string, seen = new Set<string>()): Set<string> => {
    if (seen.has(key)) return seen;
    seen.add(key);
    for (const next of manifest[key]?.imports ?? []) withImports(next, seen);
    return seen;
  };
  const weigh = (keys: Iterable<string>): number => [...new Set([...keys].map((key) => manifest[key]!.file))].reduce((sum, file) => sum + gzipSync(readFileSync(join(dist, file)), { level: 9 }).length, 0);
  // Sockets are loaded on every page, though behind the first paint.
  const home = [...withImports('index.html'), ...withImports(Object.keys(manifest).find((key) => key.includes('socket.io-client'))!)];
  return { home: weigh(home), room: weigh([...home, ...withImports('src/room/page.tsx')]) };
};

export const pageManifest = (): Readonly<Record<string, Chunk>> => JSON.parse(readFileSync(join(dist, '.vite/manifest.json'), 'utf8')) as Readonly<Record<string, Chunk>>;
