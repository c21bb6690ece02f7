import { createServer } from 'node:http';
import type { Server } from 'node:http';
import { closeSync, mkdirSync, openSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Express } from 'express';
import type { Logger } from 'pino';
import { createApp } from './app.ts';
import { authRoutes } from './auth/routes.ts';
import { readySigningKey } from './auth/signing-keys.ts';
import type { Base } from './base.ts';
import { createEvents } from './events.ts';
import { measureRooms } from './rooms/measures.ts';
import { createRooms } from './rooms/rooms.ts';
import type { Rooms } from './rooms/rooms.ts';
import { serveDocs, servePlain } from './pages/plain.ts';
import { serveWeb } from './pages/web.ts';
import type { Route } from './routes/route.ts';
import { createReader } from './analytics/reader.ts';
import { analyticsRoutes } from './analytics/routes.ts';
import { askAgent } from './agents/commands.ts';
import { retentionJob } from './sessions/purge.ts';
import { sessionRoutes } from './sessions/routes.ts';
import type { HubSettings } from './settings.ts';
import { socketCounts } from './sockets/counts.ts';
import { startSockets } from './sockets/sockets.ts';
import { openStore } from './store/open.ts';
import { storeFile } from './store/store-file.ts';
import { allTeamRoutes } from './teams/routes.ts';
import { createAgents, startJobs } from './agents/agents.ts';
import type { Agents } from './agents/agents.ts';
import { BudgetBook } from './budgets/book.ts';
import { budgetRoutes } from './budgets/routes.ts';
import { createHubMetrics } from './metrics/metrics.ts';

export interface HubParts {
  readonly settings: HubSettings;
  readonly log: Logger;
  readonly now: () => number;
}

/** The hub, put together but not yet listening. */
export interface Hub {
  readonly base: Base;
  readonly routes: readonly Route[];
  readonly server: Server;
  readonly agents: Agents;
  readonly rooms: Rooms;
  readonly close: () => Promise<void>;
}

/** Opens the store and wires every part of the hub to it. */
export const createHub = async ({ settings, log, now }: HubParts): Promise<Hub> => {
  mkdirSync(settings.dataFolder, { recursive: true, mode: 0o700 });
  const file = storeFile(settings.dataFolder);
  closeSync(openSync(file, 'a', 0o600)); // SQLite gives its other files the mode of this one
  const store = await openStore(file);
  const base: Base = { store, now, log, settings, events: createEvents() };
  await readySigningKey(base);
  const agents = await createAgents(base);
  const stopJobs = startJobs(base, [...agents.jobs, retentionJob(base)]);
  const auth = authRoutes(base);
  const rooms = createRooms(base, auth);
  const budgets = new BudgetBook(store);
  const metrics = createHubMetrics(agents, { sockets: () => socketCounts(base)?.connections, talk: rooms.talk.of, budgets });
  measureRooms(metrics.own.registry, { store, live: rooms.live, bus: rooms.bus });
  const reader = createReader({ file, log });
  const routes: readonly Route[] = [
    ...auth,
    ...rooms.routes,
    ...allTeamRoutes(base),
    ...budgetRoutes(budgets),
    ...agents.routes,
    ...sessionRoutes(base, { askAgent, here: (sessionId) => rooms.live.here(sessionId) }),
    ...analyticsRoutes(base, reader),
    ...metrics.routes,
  ];
  const server = createServer({ requestTimeout: 30_000, headersTimeout: 10_000, connectionsCheckingInterval: 2_000 }, createApp(base, { routes, pages: [serveDocs, rooms.mount, servePage], timed: metrics.timed }));
  const sockets = startSockets({ base, server, watched: agents.watched, extension: rooms.live });
  return {
    base, routes, server, agents, rooms,
    close: async () => {
      stopJobs();
      await sockets.close();
      await agents.close();
      await reader.close();
      await rooms.close();
      await new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      });
      await store.destroy();
    },
  };
};

/** The page as it was built, or else a plain list. */
const servePage = (app: Express): void => {
  if (!serveWeb(app, webFolder)) servePlain(app);
};
const webFolder = fileURLToPath(new URL(import.meta.url.endsWith('.ts') ? '../web/dist' : '../web', import.meta.url));
