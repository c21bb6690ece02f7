import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';

export const dist = fileURLToPath(new URL('../../../web/dist', import.meta.url));

interface Chunk { readonly file: string; readonly imports?: readonly string[] }

/** Bytes of the JavaScript, gzip, that the built page begins with: home, and a room. */
export const pageBytes = (): { readonly home: number; readonly room: number } => {
  const manifest = pageManifest();
  const withImports = (key: string): string[] => [manifest[key]!.file, ...(manifest[key]!.imports ?? []).flatMap(withImports)];
  const sockets = withImports(Object.keys(manifest).find((key) => key.includes('socket.io-client'))!);
  // Behind the first paint, but without anybody's doing: sockets on every page, and what a room's chat is kept and listed by.
  const home = [...namedIn('index.html'), ...sockets];
  const room = [...namedIn('room.html'), ...sockets, ...withImports('src/chat/room-chat.ts'), ...withImports('src/chat/message-list.tsx')];
  return { home: weigh(home), room: weigh(room) };
};

/** The scripts that a page names itself. */
export const namedIn = (page: string): readonly string[] => [...readFileSync(join(dist, page), 'utf8').matchAll(/(?:src|href)="\/(assets\/[^"]+\.js)"/g)].map(([, file]) => file!);

const weigh = (files: readonly string[]): number => [...new Set(files)].reduce((sum, file) => sum + gzipSync(readFileSync(join(dist, file)), { level: 9 }).length, 0);

export const pageManifest = (): Readonly<Record<string, Chunk>> => JSON.parse(readFileSync(join(dist, '.vite/manifest.json'), 'utf8')) as Readonly<Record<string, Chunk>>;
