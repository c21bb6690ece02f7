import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { extname, join, relative, sep } from 'node:path';
import type { Express, Request, Response } from 'express';

/** A file of the built page as it is served: plain, and as the build has compressed it. */
interface Built {
  readonly type: string;
  readonly bodies: Readonly<Partial<Record<'br' | 'gzip' | 'identity', Buffer>>>;
}

const types: Readonly<Record<string, string>> = { '.js': 'text/javascript; charset=utf-8', '.css': 'text/css; charset=utf-8', '.html': 'text/html; charset=utf-8', '.svg': 'image/svg+xml', '.md': 'text/markdown; charset=utf-8' };

/** Addresses that the page itself answers; everything else is a file, the API, or nothing. */
const pagePaths = ['/', '/inbox', '/settings', '/settings/*rest', '/login', '/open', '/join', '/reset', '/setup'];

/** Serves the built page; false: it was not built, and something else must answer. */
export const serveWeb = (app: Express, folder: string): boolean => {
  if (!existsSync(join(folder, 'index.html'))) return false;
  const files = readBuilt(folder);
  const [page, room] = [files.get('/index.html')!, files.get('/room.html')!];
  app.get(pagePaths, (request, response) => send(request, response, page, 'no-cache'));
  // The same page, which names a room's files first (web/first-files.ts).
  app.get('/rooms/*rest', (request, response) => send(request, response, room, 'no-cache'));
  app.get(/^\/(?:assets\/.+|[^/]+\.(?:js|svg|md))$/, (request, response, next) => {
    const file = files.get(request.path);
    if (file === undefined) return next();
    // Names of assets carry a hash of what is in them.
    send(request, response, file, request.path.startsWith('/assets/') ? 'public, max-age=31536000, immutable' : 'public, max-age=3600');
  });
  return true;
};

const send = (request: Request, response: Response, { type, bodies }: Built, caching: string): void => {
  const encoding = request.acceptsEncodings(['br', 'gzip', 'identity']) || 'identity';
  const chosen = encoding in bodies ? (encoding as keyof typeof bodies) : 'identity';
  response.status(200).set({ 'Content-Type': type, 'Cache-Control': caching, Vary: 'Accept-Encoding', 'X-Content-Type-Options': 'nosniff', ...(chosen === 'identity' ? {} : { 'Content-Encoding': chosen }) });
  response.end(bodies[chosen]);
};

/** Everything that was built, in memory: a megabyte, read once. */
const readBuilt = (folder: string): ReadonlyMap<string, Built> => {
  const names = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  const known = new Set(names);
  const read = (name: string): Buffer | undefined => (known.has(name) ? readFileSync(name) : undefined);
  return new Map(names.flatMap((name): [string, Built][] => {
    const type = types[extname(name)];
    if (type === undefined) return [];
    const [br, gzip] = [read(`${name}.br`), read(`${name}.gz`)];
    return [[`/${relative(folder, name).split(sep).join('/')}`, { type, bodies: { identity: readFileSync(name), ...(br ? { br } : {}), ...(gzip ? { gzip } : {}) } }]];
  }));
};
