import type { ErrorRequestHandler, Express, Request, Response } from 'express';
import { randomUUID } from 'node:crypto';
import type { z } from 'zod';
import { identify } from '../access/identity.ts';
import type { Identity } from '../access/identity.ts';
import type { Base } from '../base.ts';
import { admit } from './admit.ts';
import { bodyReader } from './body.ts';
import { checkSite } from './cross-site.ts';
import { Refusal, badRequest, notFound } from './errors.ts';
import { callLimit } from './limit.ts';
import { pathTable } from './paths.ts';
import type { Place } from './paths.ts';
import type { Ask, Route } from './route.ts';

/** Puts routes into an application: each call is limited, identified, checked, admitted by the permission table and handled, in that order. */
export const mountRoutes = (app: Express, routes: readonly Route[], base: Base): void => {
  const placesOf = pathTable(routes.map((one) => ({ path: one.path, method: one.method, answer: answering(one, base) })));
  app.use((request, response, next) => {
    const places = placesOf(request.path);
    const [first] = places;
    if (first === undefined) return next();
    const way = wayOf(places, request.method === 'HEAD' ? 'get' : request.method.toLowerCase());
    request.route = { path: (way ?? first).path }; // as Express has it: what is timed and logged goes by the path as it is declared
    if (way === undefined) return next(wrongMethod(request, response, first.entries));
    way.answer(request, response, way.params).catch(next);
  });
};

type Answering = (request: Request, response: Response, params: Readonly<Record<string, string>>) => Promise<void>;

const wayOf = (places: readonly Place<{ readonly method: string; readonly answer: Answering }>[], method: string) => {
  for (const { path, params, entries } of places) {
    const entry = entries.find((one) => one.method === method);
    if (entry !== undefined) return { path, params, answer: entry.answer };
  }
  return undefined;
};

/** The last two of the chain: what nothing answers, and what went wrong. */
export const mountEnd = (app: Express, base: Base): void => {
  app.use((request, _response, next) => next(notFound(`There is nothing at ${request.path.slice(0, 200)}. ${base.settings.publicUrl}/openapi.json lists what there is.`)));
  app.use(failed(base));
};

const answering = (one: Route, base: Base): Answering => {
  const { perMinute = 600, bodyLimit = 65_536 } = one;
  const { settings, store, now } = base;
  const limit = callLimit(perMinute * (settings.limitFactor ?? 1));
  const readBody = one.body === undefined ? undefined : bodyReader(bodyLimit);
  const secure = settings.publicUrl.startsWith('https:');
  return async (request, response, params) => {
    const address = request.ip ?? 'unknown';
    limit(address, response);
    const identity = await identify(store, { address, headers: request.headers }, { now: now(), secure });
    checkSite(request, identity, settings);
    const body = await readBody?.(request, response);
    const admitted = await admit(one, { identity, params, query: request.query, store });
    // After the door: whoever may not come in learns nothing of what would be right.
    const checked = { params: check(one.params, params, 'path'), query: check(one.query, request.query, 'query'), body: check(one.body, body, 'body') };
    const ask: Ask = { ...admitted, ...checked, identity, now: now(), actor: actorOf(identity), request, response };
    send(one, response, await one.handle(ask));
  };
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

const wrongMethod = ({ method }: Request, response: Response, entries: readonly { readonly method: string }[]): Refusal => {
  const allowed = entries.map((one) => one.method.toUpperCase()).join(', ');
  response.set('Allow', allowed);
  return new Refusal(405, 'wrong_method', `${method} makes no sense here. Use ${allowed}.`);
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
