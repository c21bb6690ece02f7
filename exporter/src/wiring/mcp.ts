import { StdioServerTransport } from '@modelcontextprotocol/sdk/server/stdio.js';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { Writable } from 'node:stream';
import type { Backend, McpAsk, World } from '../cli/backend.ts';
import { CommandError } from '../cli/exit-codes.ts';
import { healthSettings } from '../config/health-settings.ts';
import { addressText, closeGently, listen } from '../http/listen.ts';
import { createHubRooms } from '../mcp/hub-rooms.ts';
import type { HubRooms } from '../mcp/hub-rooms.ts';
import { mcpApp } from '../mcp/http.ts';
import { createMcpServer } from '../mcp/server.ts';
import type { Sources } from '../mcp/sources.ts';
import type { Surroundings } from './books.ts';
import type { About } from './exporter.ts';

export interface McpScene {
  readonly world: World;
  readonly about: Surroundings & About;
  readonly ask: McpAsk;
  /** A backend of its own for a few questions. */
  readonly fresh: () => Backend;
}

/** Answers assistants until it is told to end, or its client goes away. */
export const serveMcp = async ({ world, about, ask, fresh }: McpScene): Promise<void> => {
  const rooms = roomsOf(world, ask);
  const sources: Sources = { version: about.version, ask: asking(fresh), health: healthSettings(world.config), now: about.now, ...(rooms ? { rooms } : {}) };
  await (ask.http ? serveHttp(sources, ask, about) : serveStdio(sources, about));
};

const serveStdio = async (sources: Sources, { stdin, stdout, ending }: About): Promise<void> => {
  const server = createMcpServer(sources);
  const gone = new Promise<void>((resolve) => stdin?.once('end', resolve).once('close', resolve));
  await server.connect(new StdioServerTransport(stdin as NodeJS.ReadStream, stdout as Writable));
  await Promise.race([gone, ending]);
  await server.close();
};

const serveHttp = async (sources: Sources, { listenOn, tokenFile }: McpAsk, about: About): Promise<void> => {
  const token = tokenFile === undefined ? undefined : tokenIn(tokenFile);
  const isLocal = listenOn.host !== undefined && (listenOn.host === 'localhost' || listenOn.host === '::1' || listenOn.host.startsWith('127.'));
  if (token === undefined && !isLocal) throw new CommandError(`${addressText(listenOn)} can be reached from other machines: give the server a token with --token-file FILE, or try --listen 127.0.0.1:${listenOn.port}`, 'usage');
  const server = createServer(mcpApp(sources, { token, hosts: listenOn.host === undefined ? [] : [listenOn.host] }));
  const port = await listen(server, listenOn);
  about.stderr.write(`MCP: http://${addressText({ ...listenOn, host: listenOn.host ?? 'localhost', port })}/mcp${token === undefined ? '; every user of this machine can ask it, unless --token-file says otherwise' : ''}\n`);
  await about.ending;
  await closeGently(server);
};

const roomsOf = ({ config }: World, { hubTokenFile, token }: McpAsk): HubRooms | undefined => {
  const found = hubTokenFile === undefined ? token?.trim() : tokenIn(hubTokenFile);
  return config.hubUrl === undefined || !found ? undefined : createHubRooms(config.hubUrl, found);
};

const tokenIn = (file: string): string => {
  try {
    const token = readFileSync(file, 'utf8').trim();
    if (token !== '') return token;
  } catch (error) {
    throw new CommandError(`the token file ${file} cannot be read (${(error as NodeJS.ErrnoException).code})`, 'config');
  }
  throw new CommandError(`the token file ${file} is empty`, 'config');
};

/** How long what was read is good for another question. */
const freshMs = 3000;

/** One backend for questions that come together; it is closed soon, because whoever holds the ledger keeps an exporter from starting. */
const asking = (fresh: () => Backend): Sources['ask'] => {
  let open: { readonly backend: Backend; readonly timer: NodeJS.Timeout } | undefined;
  let before: Promise<unknown> = Promise.resolve();
  const give = (): Backend => {
    if (!open) open = { backend: fresh(), timer: setTimeout(() => void (before = before.then(close, close)), freshMs).unref() };
    return open.backend;
  };
  const close = async (): Promise<void> => {
    const closing = open;
    open = undefined;
    clearTimeout(closing?.timer);
    await closing?.backend.close?.();
  };
  return (question) => {
    const answer = before.then(() => question(give()));
    before = answer.catch(close);
    return answer;
  };
};
