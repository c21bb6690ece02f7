import { StreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/streamableHttp.js';
import type { Transport } from '@modelcontextprotocol/sdk/shared/transport.js';
import express from 'express';
import type { Express, RequestHandler } from 'express';
import { createHash, timingSafeEqual } from 'node:crypto';
import { hostCheck } from '../http/host-check.ts';
import { createMcpServer } from './server.ts';
import type { Sources } from './sources.ts';

/** The server over HTTP: POST /mcp, each request on its own, so that nothing is remembered of anybody. */
export const mcpApp = (sources: Sources, { token, hosts }: { readonly token: string | undefined; readonly hosts: readonly string[] }): Express => {
  const app = express();
  app.disable('x-powered-by');
  app.use(hostCheck(hosts), originCheck, ...(token === undefined ? [] : [tokenCheck(token)]));
  app.post('/mcp', express.json({ limit: '1mb' }), async (request, response) => {
    const server = createMcpServer(sources);
    const transport = new StreamableHTTPServerTransport({ sessionIdGenerator: undefined as unknown as () => string, enableJsonResponse: true });
    response.on('close', () => void server.close());
    await server.connect(transport as Transport);
    await transport.handleRequest(request, response, request.body);
  });
  app.all('/mcp', (_request, response) => { response.status(405).set('Allow', 'POST').json({ jsonrpc: '2.0', error: { code: -32_000, message: 'Only POST: this server remembers no sessions.' }, id: null }); });
  return app;
};

/** Pages of the web may not ask, whatever they come from, but for those of this machine (the protocol demands it). */
const originCheck: RequestHandler = (request, response, next) => {
  const { origin } = request.headers;
  if (origin === undefined || isOfThisMachine(origin)) return next();
  response.status(403).type('text/plain').send('A page of another origin may not ask this server.\n');
};

const isOfThisMachine = (origin: string): boolean => {
  try {
    const { hostname } = new URL(origin);
    return hostname === 'localhost' || hostname.endsWith('.localhost') || hostname === '127.0.0.1' || hostname === '[::1]';
  } catch {
    return false;
  }
};

const tokenCheck = (token: string): RequestHandler => (request, response, next) => {
  const given = /^bearer +(.+)$/i.exec(request.headers.authorization ?? '')?.[1] ?? '';
  if (timingSafeEqual(digest(given.trim()), digest(token))) return next();
  response.status(401).set('WWW-Authenticate', 'Bearer realm="watchroom"').type('text/plain').send('This server wants its token.\n');
};

const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
