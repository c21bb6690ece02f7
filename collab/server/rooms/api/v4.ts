import type { Express } from 'express';
import { z } from 'zod';
import type { Base } from '../../base.ts';
import { mountRoutes } from '../../routes/mount.ts';
import { route } from '../../routes/route.ts';
import type { Access, Ask, Route } from '../../routes/route.ts';
import type { Scope } from '../../access/identity.ts';

export interface V4<Params extends z.ZodType, Query extends z.ZodType, Body extends z.ZodType> {
  readonly params?: Params;
  readonly query?: Query;
  readonly body?: Body;
  readonly bodyLimit?: number;
  readonly perMinute?: number;
  readonly scope?: Scope;
  /** @default whoever signed in; the room of the call decides the rest by the permission table. */
  readonly access?: Access;
  readonly status?: 200 | 201;
  /** The handler writes the answer itself. */
  readonly raw?: string;
  readonly handle: (ask: Ask<z.output<Params>, z.output<Query>, z.output<Body>>) => Promise<unknown> | unknown;
}

/** One route of the Mattermost v4 subset. Rooms are found by ids that only the handler knows how to read, so it asks the permission table by requireAct. */
export const v4 = <Params extends z.ZodType, Query extends z.ZodType, Body extends z.ZodType>(method: Route['method'], path: string, { status, raw, access = { who: 'person' }, ...rest }: V4<Params, Query, Body>): Route =>
  route({ method, path, tag: 'rooms', summary: `Mattermost API v4: ${path}`, access, perMinute: 1200, ...rest, answers: { schema: z.unknown(), about: 'As Mattermost API v4 says.', ...(status === undefined ? {} : { status }), ...(raw === undefined ? {} : { type: raw }) } });

/** Puts the routes in their place: @mattermost/client reads JSON only when Content-Type is exactly application/json, and Express would add a charset. */
export const mountV4 = (app: Express, routes: readonly Route[], base: Base): void => {
  app.use(['/api/v4', '/hooks'], (_request, response, next) => {
    response.json = (body: unknown) => {
      response.setHeader('Content-Type', 'application/json');
      response.end(JSON.stringify(body));
      return response;
    };
    next();
  });
  mountRoutes(app, routes, base);
};

/** An id in a path: ours have 26 characters, 'me' is the asker, 'watchroom' the hub. */
export const anId = z.string().min(1).max(64).regex(/^[a-z0-9-]+$/);
export const ids = z.array(z.string().min(1).max(320)).max(1000);
/** A flag of a query string. */
export const flag = z.stringbool().catch(false).default(false);
/** A number of a query string. */
export const number = (least: number, most: number, otherwise: number) => z.coerce.number().int().catch(otherwise).default(otherwise).transform((given) => Math.min(most, Math.max(least, given)));
export const paged = { page: number(0, 1_000_000, 0), per_page: number(0, 200, 60).transform((given) => (given === 0 ? 60 : given)) };

export const ok = { status: 'OK' } as const;
