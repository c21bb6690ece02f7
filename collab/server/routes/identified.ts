import type { Request, RequestHandler } from 'express';
import { identify } from '../access/identity.ts';
import type { Identity } from '../access/identity.ts';
import type { Base } from '../base.ts';

const identities = new WeakMap<Request, Identity>();

/** Finds who sent each request, once. */
export const identified = ({ store, now, settings }: Base): RequestHandler => async (request, _response, next) => {
  identities.set(request, await identify(store, request, { now: now(), secure: settings.publicUrl.startsWith('https:') }));
  next();
};

/** Who sent this request; known behind `identified`. */
export const identityOf = (request: Request): Identity => identities.get(request)!;
