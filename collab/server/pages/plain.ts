import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Express, Response } from 'express';

const folder = fileURLToPath(new URL('./static/', import.meta.url));
const types: Readonly<Record<string, string>> = { '.html': 'text/html; charset=utf-8', '.js': 'text/javascript; charset=utf-8', '.css': 'text/css; charset=utf-8', '.svg': 'image/svg+xml' };
const files = ['page.js', 'doors.js', 'hub.js', 'row.js', 'api.js', 'page.css', 'icon.svg'];
/** Where links lead: of this machine, to set up, to join, to a new password. */
const doors = ['/', '/open', '/setup', '/join', '/reset', '/login'];

/** A plain list of sessions with live updates, for hubs without the page proper. */
export const servePlain = (app: Express): void => {
  app.get(doors, (_request, response) => send(response, join(folder, 'page.html')));
};

/** The page of the API, and the files both pages share. */
export const serveDocs = (app: Express): void => {
  app.get('/docs', (_request, response) => { response.redirect(302, '/docs/api'); });
  app.get('/docs/api', (_request, response) => send(response, join(folder, 'api.html')));
  for (const name of files) app.get(`/static/${name}`, (_request, response) => send(response, join(folder, name)));
  app.get('/static/socket.io.js', (_request, response) => send(response, socketClient));
};

const send = (response: Response, file: string): void => {
  response.set({ 'Content-Type': types[extname(file)]!, 'Cache-Control': 'no-cache' }).send(readFileSync(file));
};

/** The client of the very socket.io that answers. */
const socketClient = join(dirname(createRequire(import.meta.url).resolve('socket.io/package.json')), 'client-dist/socket.io.esm.min.js');
