import type { IncomingMessage } from 'node:http';
import type { Base } from '../base.ts';
import { identifySecret } from '../access/identity.ts';
import type { Identity } from '../access/identity.ts';
import { personOfTeamToken } from '../auth/team-token.ts';
import { isOwnHost, isOwnOrigin } from '../routes/cross-site.ts';
import type { HubSettings } from '../settings.ts';
import type { Holder } from './connection.ts';
import type { Ending } from './counts.ts';

/** A handshake that is turned away, with a sentence. */
export class Turned extends Error {
  readonly why: Ending;

  constructor(why: Ending, message: string) {
    super(message);
    this.why = why;
  }
}

/** Why a request for a websocket is refused: CORS does not cover those, so Origin and Host are looked at here. */
export const admitHandshake = ({ headers }: IncomingMessage, settings: HubSettings): Extract<Ending, 'origin' | 'host'> | undefined => {
  if (!isOwnHost(headers.host, settings)) return 'host';
  // Browsers always say where a page came from; other programs have none.
  return headers.origin === undefined || isOwnOrigin(headers.origin, headers.host, settings) ? undefined : 'origin';
};

/** Whose token came with a handshake. */
export const holderOf = async (base: Base, { auth, address }: { readonly auth: unknown; readonly address: string }): Promise<Holder> => {
  const token = typeof auth === 'object' && auth !== null && 'token' in auth ? auth.token : undefined;
  if (typeof token !== 'string' || token === '' || token.length > 4096) throw new Turned('not signed in', 'Connect with auth: {token}: a JWT of POST /api/v1/auth/token, a login or a personal access token.');
  return holderOfToken(base, { token, address });
};

/** Whose token this is: a JWT for one team, a login, or a personal access token that may read. */
export const holderOfToken = async (base: Base, { token, address }: { readonly token: string; readonly address: string }): Promise<Holder> => {
  if (token.split('.').length !== 3) return holderOfPerson(await identifySecret(base.store, { secret: token, address, now: base.now() }));
  const found = await personOfTeamToken(base, token, address);
  if (found === undefined) throw new Turned('not signed in', 'This token is over or not of this hub. POST /api/v1/auth/token makes a new one.');
  return { ...holderOfPerson(found.person), teamId: found.teamId, expiresAt: found.expiresAt };
};

const holderOfPerson = (identity: Identity): Holder => {
  if (identity.kind !== 'user' || !identity.scopes.includes('read')) throw new Turned('not signed in', 'This login or token is unknown, over, or may not read.');
  const { userId, deviceId, tokenId } = identity;
  return { userId, ...(deviceId === undefined ? {} : { deviceId }), ...(tokenId === undefined ? {} : { tokenId }) };
};
