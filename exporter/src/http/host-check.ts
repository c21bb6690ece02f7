import type { RequestHandler } from 'express';
import { isIP } from 'node:net';

/**
 * Refuses requests that ask for a host name this server does not go by. Any web page can let its own name point to 127.0.0.1 and
 * then read what listens there (DNS rebinding, TRAPS.md 48); the Host header still tells which name it used. An IP address cannot be rebound.
 * @param names names besides localhost: the listen address, and those of the configuration ("*" allows every name)
 */
export const hostCheck = (names: readonly string[]): RequestHandler => {
  const allowed = new Set(['localhost', ...names.map((name) => name.toLowerCase())]);
  return (request, response, next) => {
    const host = hostName(request.headers.host);
    if (host !== undefined && (allowed.has('*') || allowed.has(host) || host.endsWith('.localhost') || isIP(host) !== 0)) return next();
    response.status(host === undefined ? 400 : 403).type('text/plain').send(refusal(host));
  };
};

const refusal = (host: string | undefined): string =>
  host === undefined
    ? 'The request needs a Host header that names this server.\n'
    : `This server does not go by the name "${host.slice(0, 100)}". Ask for localhost or its IP address, or allow the name with --web.allowed-hosts ${host.slice(0, 100)}.\n`;

/** "localhost:10877" → "localhost", "[::1]:10877" → "::1" */
const hostName = (header: string | undefined): string | undefined => {
  const match = /^(?:\[([0-9a-f:.]+)\]|([a-z0-9._-]+))(?::\d+)?$/i.exec(header?.trim() ?? '');
  return (match?.[1] ?? match?.[2])?.toLowerCase().replace(/\.$/, '');
};
