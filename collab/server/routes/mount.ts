import express from 'express';
import type { ErrorRequestHandler, Express, RequestHandler, Response } from 'express';
import { rateLimit } from 'express-rate-limit';
import { randomUUID } from 'node:crypto';
import type { z } from 'zod';
import type { Identity } from '../access/identity.ts';
import type { Base } from '../base.ts';
import { admit } from './admit.ts';
import { crossSiteCheck } from './cross-site.ts';
import { Refusal, badRequest, notFound, tooMany } from './errors.ts';
import { identified, identityOf } from './identified.ts';
import type { Ask, Route } from './route.ts';

/** Puts routes into an application: each call is identified, limited, checked, admitted by the permission table and handled, in that order. */
export const mountRoutes = (app: Express, routes: readonly Route[], base: Base): void => {
  const routers = new Map([...Map.groupBy(routes, ({ path }) => beginningOf(path))].map(([beginning, own]) => [beginning, routerOf(own, base)]));
  app.use((request, response, next) => {
    const path = beginningOf(request.path);
    // /hooks/ab12 is looked for at /hooks/ab12, then at /hooks.
    const fitting = [...new Set([path, beginningOf(path, 2), beginningOf(path, 1)])].flatMap((beginning) => routers.get(beginning) ?? []);
    const tryNext = (error?: unknown): void => {
      const router = error === undefined ? fitting.shift() : undefined;
      if (router) router(request, response, tryNext);
      else next(error);
    };
    tryNext();
  });
};

/** The first parts of a path that are no parameters, at most three: /api/v4/posts. A call is compared with the few routes that begin as it does instead of all two hundred. */
const beginningOf = (path: string, most = 3): string => {
  const parts = path.toLowerCase().split('/', most + 1);
  const parameter = parts.findIndex((part) => part.startsWith(':'));
  return parts.slice(0, parameter < 0 ? undefined : parameter).join('/').replace(/\/$/, '');
};

const routerOf = (routes: readonly Route[], base: Base): RequestHandler => {
  const router = express.Router();
  for (const one of routes) router[one.method](one.path, limited(one, base), identified(base), crossSiteCheck(base.settings), bodyOf(one), handled(one, base));
  for (const path of new Set(routes.map((one) => one.path))) router.all(path, wrongMethod(routes.filter((one) => one.path === path)));
  return router;
};

/** The last two of the chain: what nothing answers, and what went wrong. */
export const mountEnd = (app: Express, base: Base): void => {
  app.use((request, _response, next) => next(notFound(`There is nothing at ${request.path.slice(0, 200)}. ${base.settings.publicUrl}/openapi.json lists what there is.`)));
  app.use(failed(base));
};

const limited = ({ perMinute = 600 }: Route, { settings: { limitFactor = 1 } }: Base): RequestHandler =>
  rateLimit({
    windowMs: 60_000, limit: perMinute * limitFactor, standardHeaders: 'draft-8', legacyHeaders: false,
    handler: (_request, _response, next) => next(tooMany(`More than ${perMinute} calls in a minute. Wait, then go on more slowly.`, 60)),
    // The address is a trusted one: "trust proxy" is explicit. And a stack for each of the routes is a third of what making a hub takes.
    validate: { trustProxy: false, xForwardedForHeader: false, forwardedHeader: false, creationStack: false },
  });

const bodyOf = ({ body, bodyLimit = 65_536 }: Route): RequestHandler =>
  body === undefined ? (_request, _response, next) => next() : express.json({ limit: bodyLimit, inflate: true, strict: false, type: () => true });

const handled = (one: Route, base: Base): RequestHandler => async (request, response, next) => {
  try {
    const identity = identityOf(request);
    const admitted = await admit(one, { identity, params: request.params as Record<string, string>, query: request.query, store: base.store });
    // After the door: whoever may not come in learns nothing of what would be right.
    const checked = { params: check(one.params, request.params, 'path'), query: check(one.query, request.query, 'query'), body: check(one.body, request.body, 'body') };
    const ask: Ask = { ...admitted, ...checked, identity, now: base.now(), actor: actorOf(identity), request, response };
    send(one, response, await one.handle(ask));
  } catch (error) {
    next(error);
  }
};

/** Everything of a request is checked at this edge, once; inner functions take complete objects. */
const check = (schema: z.ZodType | undefined, given: unknown, where: string): unknown => {
  if (schema === undefined) return {};
  const result = schema.safeParse(given ?? {});
  if (result.success) return result.data;
  throw badRequest(result.error.issues.slice(0, 5).map(({ path, message }) => `${[where, ...path].join('.')}: ${message}`).join('; '), 'invalid_input');
};

const actorOf = (identity: Identity): Ask['actor'] =>
  identity.kind === 'nobody' ? { name: 'nobody', address: identity.address } : { ...('userId' in identity ? { id: identity.userId } : {}), name: identity.name, address: identity.address };

const send = ({ answers }: Route, response: Response, answer: unknown): void => {
  if (response.headersSent || response.writableEnded) return;
  if (answers.type !== undefined && answers.type !== 'application/json') return; // the handler writes it
  const status = answers.status ?? (answers.schema === undefined ? 204 : 200);
  response.status(status).set('Cache-Control', 'no-store');
  if (answers.schema === undefined) response.end();
  else response.json(answer);
};

const wrongMethod = (routes: readonly Route[]): RequestHandler => (request, response, next) => {
  const allowed = routes.map(({ method }) => method.toUpperCase()).join(', ');
  response.set('Allow', allowed);
  next(new Refusal(405, 'wrong_method', `${request.method} makes no sense here. Use ${allowed}.`));
};

const failed = ({ log }: Base): ErrorRequestHandler => (error, request, response, next) => {
  if (response.headersSent) return next(error);
  const id = randomUUID();
  const refusal = refusalOf(error);
  if (refusal.status >= 500) log.error({ request: id, method: request.method, path: request.route?.path ?? request.path, problem: error instanceof Error ? error.stack : String(error) }, 'a request failed');
  if (refusal.retryAfterSeconds !== undefined) response.set('Retry-After', String(refusal.retryAfterSeconds));
  if (refusal.status === 401) response.set('WWW-Authenticate', 'Bearer realm="watchroom"');
  response.status(refusal.status).set('Cache-Control', 'no-store').json({ id: refusal.id, message: refusal.message, detailed_error: '', request_id: id, status_code: refusal.status });
};

/** Known refusals as they are; the parsers' complaints as 4xx; anything else is ours, and told as 503 [R11]. */
const refusalOf = (error: unknown): Refusal => {
  if (error instanceof Refusal) return error;
  const { status, type } = error as { status?: unknown; type?: unknown };
  if (status === 413) return new Refusal(413, 'too_large', 'The body is larger than this call may send.');
  if (status === 415) return new Refusal(415, 'encoding', 'The body must be JSON in UTF-8, plain or with gzip.');
  if (typeof status === 'number' && status >= 400 && status < 500) return badRequest(type === 'entity.parse.failed' ? 'The body is no valid JSON.' : 'The request cannot be read.', 'unreadable');
  return new Refusal(503, 'unavailable', 'The hub could not do that now; its log says why. Try again.', 5);
};
