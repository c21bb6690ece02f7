import express from 'express';
import type { ErrorRequestHandler, Express, Request, RequestHandler, Response } from 'express';
import helmet from 'helmet';
import { promisify } from 'node:util';
import { constants, gzip } from 'node:zlib';
import type { OwnRegistry } from '../metrics/own.ts';
import type { ScrapePage, ScrapeRequest } from '../metrics/scrape.ts';
import type { Health } from '../session/health-type.ts';
import type { NowAsk, NowPage } from '../session/now.ts';
import type { EpochMs } from '../session/part.ts';
import { publicSession } from '../session/public.ts';
import type { Session } from '../session/session.ts';
import type { Snapshot } from '../session/snapshot.ts';
import { authorize } from './authorize.ts';
import { hostCheck } from './host-check.ts';
import { docsPage } from './page/docs.ts';
import { liveScript } from './page/live-script.ts';
import { page } from './page/page.ts';
import type { LookedAt } from './page/page.ts';
import { icon, styleSheet } from './page/style.ts';
import { traced } from './traced.ts';
import type { WebConfig } from './web-config.ts';

export interface AppOptions {
  readonly snapshot: () => Snapshot;
  readonly scrape: (request: ScrapeRequest) => Promise<ScrapePage>;
  /** What `monitor` and `statusline` show; absent: there is no such page. */
  readonly present?: (ask: NowAsk) => NowPage;
  readonly now: () => EpochMs;
  /** Health as lists show it: an ended session keeps its last one. */
  readonly healthOf: (session: Session, now: EpochMs) => Health;
  readonly version: string;
  readonly own?: OwnRegistry;
  /** Host names this server goes by, besides localhost and IP addresses. */
  readonly allowedHosts?: readonly string[];
  readonly web?: () => WebConfig;
  /** Where sessions were looked for: told when there are none. */
  readonly lookedAt?: () => readonly LookedAt[];
  /** The lines for prometheus.yml. */
  readonly snippet?: () => string;
  readonly hubUrl?: string;
  /** Told what went wrong inside; the client only learns that something did. */
  readonly onProblem?: (problem: string) => void;
}

/** The exporter's pages as an express application. */
export const createApp = (options: AppOptions): Express => {
  const app = express();
  app.disable('x-powered-by');
  app.set('query parser', 'simple');
  app.set('etag', false);
  app.use(traced(routeOf));
  if (options.own) app.use(timed(options.own));
  app.use(guarded);
  app.use(hostCheck(options.allowedHosts ?? []));
  const web = options.web;

  // Probes tell nothing about sessions and need no password.
  get(app, '/healthz', (_request, response) => text(response, 200, 'ok\n'));
  get(app, '/readyz', (_request, response) => ready(response, options.snapshot()));
  if (web) app.use(authorize(web));

  get(app, '/', (_request, response) => { response.type('html').set('Cache-Control', 'no-store').send(pageOf(options)); });
  get(app, '/docs', (_request, response) => { response.type('html').send(docsPage(options.version)); });
  get(app, '/metrics', metricsHandler(options));
  get(app, '/api/sessions.json', (_request, response) => { response.set('Cache-Control', 'no-store').json(sessionsOf(options)); });
  if (options.present) get(app, '/api/now.json', nowHandler(options.present));
  get(app, '/live.js', asset('text/javascript', liveScript));
  get(app, '/page.css', asset('text/css', styleSheet));
  get(app, '/icon.svg', asset('image/svg+xml', icon));
  app.use((request, response) => text(response, 404, `There is nothing at ${request.path.slice(0, 200)}. Try ${paths.join(', ')}.\n`));
  app.use(failed(options.onProblem ?? (() => {})));
  return app;
};

const paths: string[] = ['/', '/metrics', '/docs', '/api/sessions.json', '/api/now.json', '/healthz', '/readyz'];

/** Anything else that is asked for is one route. */
const routeOf = (path: string): string => (paths.includes(path) ? path : 'other');

/** A route that answers GET and HEAD, and says so to anybody else. */
const get = (app: Express, path: string, handler: RequestHandler): void => {
  app.get(path, handler);
  app.all(path, (request, response) => text(response.set('Allow', 'GET, HEAD'), 405, `${request.method} makes no sense for ${path}: it can only be read. Use GET.\n`));
};

const pageOf = ({ snapshot, now, healthOf, lookedAt, snippet, version, hubUrl }: AppOptions): string => {
  const at = now();
  return page({ snapshot: snapshot(), now: at, healthOf: (session) => healthOf(session, at), lookedAt: lookedAt?.() ?? [], snippet: snippet?.() ?? '', version, ...(hubUrl ? { hubUrl } : {}) });
};

const sessionsOf = ({ snapshot, now, healthOf }: AppOptions): unknown => {
  const at = now();
  return snapshot().sessions.map((session) => publicSession(session, healthOf(session, at)));
};

const nowHandler = (present: (ask: NowAsk) => NowPage): RequestHandler => ({ query }, response) => {
  const limit = Number(query.limit);
  response.set('Cache-Control', 'no-store').json(present({
    ...(typeof query.session === 'string' ? { session: query.session } : {}),
    ...(typeof query.cwd === 'string' ? { cwd: query.cwd } : {}),
    ...(Number.isInteger(limit) && limit > 0 ? { limit } : {}),
  }));
};

const metricsHandler = ({ scrape }: AppOptions): RequestHandler => async (request, response) => {
  const names = namesOf(request);
  if (names === 'unreadable') return text(response, 400, 'name[] must be the name of a metric, such as /metrics?name[]=ai_tokens_total.\n');
  const timeoutSeconds = Number(request.get('x-prometheus-scrape-timeout-seconds'));
  const { contentType, body } = await scrape({
    accept: request.get('accept') ?? '',
    viewer: `${request.socket.remoteAddress} ${request.get('user-agent') ?? ''} ${request.get('x-prometheus-scrape-timeout-seconds') ?? ''}`,
    ...(timeoutSeconds > 0 && timeoutSeconds < 86_400 ? { intervalMs: timeoutSeconds * 1000 } : {}),
    ...(names.length > 0 ? { names } : {}),
  });
  response.set({ 'Content-Type': contentType, 'Cache-Control': 'no-store', Vary: 'Accept, Accept-Encoding' });
  await sendPacked(request, response, body);
};

/** `?name[]=a&name[]=b`, also without the brackets. */
const namesOf = ({ query }: Request): readonly string[] | 'unreadable' => {
  const given = [query['name[]'], query.name].flat().filter((name) => name !== undefined);
  return given.every((name) => typeof name === 'string' && /^[a-zA-Z_:][\w:]{0,199}$/.test(name)) ? (given as string[]) : 'unreadable';
};

const packed = promisify(gzip);

/** In the thread pool; the quickest level, as scrapes are many and the line is short. */
const sendPacked = async (request: Request, response: Response, body: Buffer): Promise<void> => {
  if (request.acceptsEncodings('gzip', 'identity') === 'gzip') response.set('Content-Encoding', 'gzip').end(await packed(body, { level: constants.Z_BEST_SPEED }));
  else response.end(body);
};

const ready = (response: Response, { complete, scanned }: Snapshot): void =>
  complete ? text(response, 200, 'ready\n') : text(response.set('Retry-After', '2'), 503, `The first scan of this machine is at ${Math.floor(scanned * 100)} %. /metrics answers already, with what has been read so far.\n`);

const asset = (type: string, content: string): RequestHandler => (_request, response) => {
  response.type(type).set('Cache-Control', 'no-cache').send(content);
};

const text = (response: Response, status: number, sentence: string): void => {
  response.status(status).type('text/plain').send(sentence);
};

const guarded = helmet({
  contentSecurityPolicy: {
    useDefaults: false,
    directives: { defaultSrc: ["'none'"], scriptSrc: ["'self'"], styleSrc: ["'self'"], imgSrc: ["'self'"], connectSrc: ["'self'"], baseUri: ["'none'"], formAction: ["'none'"], frameAncestors: ["'none'"] },
  },
  // Would pin every port of localhost to https.
  strictTransportSecurity: false,
  referrerPolicy: { policy: 'no-referrer' },
});

const timed = ({ http }: OwnRegistry): RequestHandler => (request, response, next) => {
  const done = http.startTimer();
  response.once('finish', () => done({ method: methodLabel(request.method), route: routeOf(request.path), status_class: `${Math.floor(response.statusCode / 100)}xx` }));
  next();
};

/** What a client sends may not make labels. */
const methodLabel = (method: string): string => (method === 'GET' || method === 'HEAD' || method === 'POST' ? method : 'other');

const failed = (onProblem: (problem: string) => void): ErrorRequestHandler => (error, request, response, next) => {
  if (response.headersSent) return next(error);
  const status = Number((error as { status?: unknown }).status);
  if (status >= 400 && status < 500) return text(response, status, 'The request cannot be read. Check the address.\n');
  onProblem(`${request.method} ${request.path} failed: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
  text(response, 500, 'Something went wrong here; the log of the exporter says what.\n');
};
