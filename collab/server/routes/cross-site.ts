import type { RequestHandler } from 'express';
import { createHmac } from 'node:crypto';
import { loginOfCookies } from '../access/identity.ts';
import { sameSecret } from '../store/ids.ts';
import type { HubSettings } from '../settings.ts';
import { Refusal, forbidden } from './errors.ts';
import { identityOf } from './identified.ts';

/** What a page sends along with a cookie to prove it can read our answers: derived from the login, so nothing is stored. */
export const csrfTokenOf = (loginSecret: string): string => createHmac('sha256', loginSecret).update('csrf').digest('base64url');

/** Refuses changes that another site's page makes a browser send: the Origin must be ours, and whoever comes by cookie must know the CSRF token. */
export const crossSiteCheck = (settings: HubSettings): RequestHandler => (request, _response, next) => {
  if (request.method === 'GET' || request.method === 'HEAD') return next();
  const { origin } = request.headers;
  if (origin !== undefined && !isOwnOrigin(origin, request.headers.host, settings)) return next(forbidden(`Requests from pages of ${origin.slice(0, 100)} are not taken. The hub's own pages are at ${settings.publicUrl}.`, 'origin'));
  const identity = identityOf(request);
  if (identity.kind !== 'user' || !identity.cookie) return next();
  const login = loginOfCookies(request.headers.cookie, settings.publicUrl.startsWith('https:')) ?? '';
  const given = request.get('x-csrf-token') ?? '';
  next(sameSecret(given, csrfTokenOf(login)) ? undefined : forbidden('The header X-CSRF-Token is missing or not that of this login; GET /api/v1/auth/me tells it.', 'csrf'));
};

/** Ours are the public address, and loopback and the guests' door under the very name and port that was asked. */
export const isOwnOrigin = (origin: string, host: string | undefined, settings: HubSettings): boolean => {
  if (origin === new URL(settings.publicUrl).origin) return true;
  if (isGuestHost(host, settings)) return origin === `https://${host}`;
  const parsed = URL.canParse(origin) ? new URL(origin) : undefined;
  return parsed !== undefined && parsed.host === host && isLoopback(parsed.hostname);
};

/** Whether a Host header names this hub. */
export const isOwnHost = (header: string | undefined, settings: HubSettings): boolean => {
  const name = hostNameOf(header);
  if (isGuestHost(header, settings)) return true;
  return name !== undefined && (isLoopback(name) || [new URL(settings.publicUrl).hostname, ...settings.allowedHosts].some((own) => own === '*' || own.toLowerCase() === name));
};

/** Refuses requests for a host name that is not the hub's (DNS rebinding, TRAPS.md 48). */
export const hostCheck = (settings: HubSettings): RequestHandler => {
  return (request, _response, next) => {
    if (isOwnHost(request.headers.host, settings)) return next();
    const name = hostNameOf(request.headers.host);
    next(new Refusal(name === undefined ? 400 : 403, 'host', name === undefined ? 'The request needs a Host header.' : `This hub does not go by the name "${name.slice(0, 100)}". Its address is ${settings.publicUrl}; more names: --allowed-hosts.`));
  };
};

const isGuestHost = (header: string | undefined, { guestHosts }: HubSettings): boolean => header !== undefined && guestHosts !== undefined && guestHosts().includes(header.toLowerCase());

const hostNameOf = (header: string | undefined): string | undefined => {
  const match = /^(?:(\[[0-9a-f:.]+\])|([a-z0-9._-]+))(?::\d+)?$/i.exec(header?.trim() ?? '');
  return (match?.[1] ?? match?.[2])?.toLowerCase().replace(/\.$/, '');
};

const isLoopback = (name: string): boolean => name === 'localhost' || name.endsWith('.localhost') || name === '[::1]' || /^127(\.\d{1,3}){3}$/.test(name);
