import type { Request, RequestHandler, Response } from 'express';
import { promisify } from 'node:util';
import { constants, gzip } from 'node:zlib';
import { Gauge } from 'prom-client';
import { z } from 'zod';
import { hubOwnMetrics } from 'watchroom/metrics/hub-metrics';
import { createOwnRegistry } from 'watchroom/metrics/own';
import type { OwnRegistry } from 'watchroom/metrics/own';
import type { Agents } from '../agents/agents.ts';
import { badRequest, unavailable } from '../routes/errors.ts';
import { route } from '../routes/route.ts';
import type { Route } from '../routes/route.ts';
import type { TalkOf } from './exported.ts';
import type { BudgetBook } from '../budgets/book.ts';
import { createHubScraper } from './hub-page.ts';
import { discoveryRoute } from './discovery.ts';

export interface HubMetrics {
  readonly routes: readonly Route[];
  /** Measures every request: for `createApp`. */
  readonly timed: RequestHandler;
  /** prom-client's registry, for gauges of other parts (sockets, rooms). */
  readonly own: OwnRegistry;
}

/** The hub's /metrics, what discovers targets, and whether it is ready. */
export const createHubMetrics = (agents: Agents, { sockets, talk, budgets }: { readonly sockets?: () => number | undefined; readonly talk?: TalkOf; readonly budgets?: BudgetBook } = {}): HubMetrics => {
  const { base } = agents;
  const own = createOwnRegistry({ version: base.settings.version, nodeVersion: process.version });
  if (sockets) new Gauge({ name: hubOwnMetrics.sockets.name, help: hubOwnMetrics.sockets.help, registers: [own.registry], collect() { this.set(sockets() ?? 0); } });
  const scrape = createHubScraper(agents, own, { ...(talk ? { talk } : {}), ...(budgets ? { budgets } : {}) });
  const metricsRoute = route({
    method: 'get', path: '/metrics', tag: 'metrics', summary: "Every machine's sessions and the team's counters, for Prometheus", access: { who: 'scraper' }, query: z.looseObject({}),
    answers: { about: 'Prometheus text 0.0.4, or OpenMetrics by Accept; with gzip where it is taken. A token of a team sees that team.', type: 'text/plain' },
    example: { query: { 'name[]': 'watchroom_agent_up' } },
    handle: async ({ scraper, query, request, response }) => {
      const seconds = Number(request.get('x-prometheus-scrape-timeout-seconds'));
      const names = namesOf(query);
      const { contentType, body } = await scrape({
        accept: request.get('accept') ?? '',
        viewer: `${scraper.tokenId} ${request.ip} ${request.get('user-agent') ?? ''} ${request.get('x-prometheus-scrape-timeout-seconds') ?? ''}`,
        ...(seconds > 0 && seconds < 86_400 ? { intervalMs: seconds * 1000 } : {}),
        ...(names.length > 0 ? { names } : {}),
        ...(scraper.teamId === undefined ? {} : { teamId: scraper.teamId }),
      });
      response.set({ 'Content-Type': contentType, 'Cache-Control': 'no-store', Vary: 'Accept, Accept-Encoding, Authorization' });
      await sendPacked(request, response, body);
    },
  });
  return { routes: [metricsRoute, discoveryRoute(agents), readyRoute(agents)], timed: timed(own), own };
};

const readyRoute = ({ base }: Agents): Route => route({
  method: 'get', path: '/readyz', tag: 'hub', summary: 'Whether the hub can answer', access: { who: 'everybody' }, perMinute: 6000,
  answers: { about: 'The store answers.', type: 'text/plain' }, example: {},
  handle: async ({ response }) => {
    try {
      await base.store.selectFrom('meta').select('key').limit(1).execute();
    } catch (problem) {
      base.log.error({ problem: String(problem) }, 'the store does not answer');
      throw unavailable('The store does not answer.');
    }
    response.type('text/plain').set('Cache-Control', 'no-store').send('ready\n');
  },
});

/** `?name[]=a&name[]=b`, also without the brackets. */
const namesOf = (query: Readonly<Record<string, unknown>>): readonly string[] => {
  const given = [query['name[]'], query.name].flat().filter((name) => name !== undefined);
  if (given.every((name): name is string => typeof name === 'string' && /^[a-zA-Z_:][\w:]{0,199}$/.test(name))) return given;
  throw badRequest('name[] must be the name of a metric, such as /metrics?name[]=ai_tokens_total.');
};

const packed = promisify(gzip);

/** In the thread pool; the quickest level, as scrapes are many and the line is short. */
const sendPacked = async (request: Request, response: Response, body: Buffer): Promise<void> => {
  if (request.acceptsEncodings('gzip', 'identity') === 'gzip') response.set('Content-Encoding', 'gzip').end(await packed(body, { level: constants.Z_BEST_SPEED }));
  else response.end(body);
};

/** By the path as it is declared: what a client sends may not make labels. */
const timed = ({ http }: OwnRegistry): RequestHandler => (request, response, next) => {
  const done = http.startTimer();
  response.once('finish', () => {
    const path = (request.route as { path?: unknown } | undefined)?.path;
    done({ method: methods.has(request.method) ? request.method : 'other', route: typeof path === 'string' ? path : 'other', status_class: `${Math.floor(response.statusCode / 100)}xx` });
  });
  next();
};
const methods = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE']);
