import { calculateJwkThumbprint, exportJWK, generateKeyPair, importJWK } from 'jose';
import type { CryptoKey, JWK } from 'jose';
import { z } from 'zod';
import type { Base } from '../base.ts';
import { conflict } from '../routes/errors.ts';
import { route } from '../routes/route.ts';
import type { Route } from '../routes/route.ts';
import type { HubSettings } from '../settings.ts';
import { audit } from '../store/audit.ts';
import type { Work } from '../store/open.ts';
import type { Actor } from './account.ts';
import { dayMs, minuteMs } from './time.ts';

// Keys of the tokens for sockets and other services (ES256). A key signs for 30 days; when the next one takes over, the old one's public half
// stays known for an hour: longer than any of its tokens lives, and than others keep our list.

const algorithm = 'ES256';
const keyLifeMs = 30 * dayMs;
const overlapMs = 60 * minuteMs;
const hubItself: Actor = { name: 'hub', address: 'local' };

export interface SigningKey { readonly kid: string; readonly key: CryptoKey }

/** Whatever signs from now on: the environment's key, or the store's, made at need and anew when it is old. */
export const readySigningKey = async (base: Pick<Base, 'store' | 'settings' | 'now'>): Promise<SigningKey> => {
  if (base.settings.signingKey !== undefined) return adopted(base, await readEnvironmentKey(base.settings.signingKey));
  const row = await base.store.selectFrom('signing_keys').selectAll().where('retired_at', 'is', null).where('private_jwk', '!=', '').executeTakeFirst();
  if (row === undefined || row.created_at + keyLifeMs <= base.now()) return rotated(base, { actor: hubItself, ...(row === undefined ? {} : { unless: row.kid }) });
  return { kid: row.kid, key: await privateKeyOf(JSON.parse(row.private_jwk) as JWK) };
};

/** The public halves with which others check our tokens: of the present key and of those that just retired. */
export const publicKeys = async ({ store, now }: Pick<Base, 'store' | 'now'>): Promise<readonly JWK[]> => {
  const rows = await store.selectFrom('signing_keys').select('public_jwk').where((is) => is.or([is('retired_at', 'is', null), is('retired_at', '>', now() - overlapMs)])).orderBy('created_at', 'desc').execute();
  return rows.map((row) => JSON.parse(row.public_jwk) as JWK);
};

/** The public key of a token's header, while it counts. */
export const publicKey = async (base: Pick<Base, 'store' | 'now'>, kid: string | undefined): Promise<CryptoKey | undefined> => {
  const jwk = (await publicKeys(base)).find((one) => one.kid === kid);
  return jwk && (await importJWK(jwk, algorithm) as CryptoKey);
};

export const keyRoutes = (base: Base): readonly Route[] => [
  route({
    method: 'get', path: '/.well-known/jwks.json', tag: 'auth', summary: 'Public keys of this hub\'s tokens', access: { who: 'everybody' },
    answers: { schema: z.object({ keys: z.array(z.looseObject({ kid: z.string(), kty: z.string(), alg: z.string() })) }), about: 'A JSON Web Key Set (RFC 7517); ask again when a token names an unknown kid.' },
    example: {},
    handle: async () => {
      await readySigningKey(base);
      return { keys: await publicKeys(base) };
    },
  }),
  route({
    method: 'post', path: '/api/v1/auth/keys', tag: 'auth', summary: 'Sign with a new key from now on', access: { who: 'operator' }, scope: 'admin',
    answers: { status: 201, schema: z.object({ kid: z.string() }), about: 'The new key; the old one is known for another hour.' },
    example: {},
    handle: async ({ actor }) => {
      if (base.settings.signingKey !== undefined) throw conflict('The signing key comes from the environment. Give the hub another one and start it again: the old one stays known for an hour.', 'environment_key');
      return { kid: (await rotated(base, { actor })).kid };
    },
  }),
];

/** Makes a new key; with `unless`, only if no other call was faster than that one's successor. */
const rotated = async ({ store, now }: Pick<Base, 'store' | 'now'>, { actor, unless }: { readonly actor: Actor; readonly unless?: string }): Promise<SigningKey> => {
  const pair = await generateKeyPair(algorithm, { extractable: true });
  const { privateJwk, publicJwk, kid } = await namedJwk(await exportJWK(pair.privateKey));
  return store.transaction().execute(async (work) => {
    const present = await work.selectFrom('signing_keys').selectAll().where('retired_at', 'is', null).where('private_jwk', '!=', '').executeTakeFirst();
    if (actor === hubItself && present !== undefined && present.kid !== unless) return { kid: present.kid, key: await privateKeyOf(JSON.parse(present.private_jwk) as JWK) };
    await retireOthers(work, { kid, now: now() });
    await work.insertInto('signing_keys').values({ kid, private_jwk: JSON.stringify(privateJwk), public_jwk: JSON.stringify(publicJwk), created_at: now() }).execute();
    await audit(work, { at: now(), actor, action: 'key:rotate', target: kid, ...(present === undefined ? {} : { before: { kid: present.kid } }) });
    return { kid, key: pair.privateKey };
  });
};

/** The environment's key is used as it is; the store keeps its public half, so that its tokens stay good when another one takes its place. */
const adopted = async ({ store, now }: Pick<Base, 'store' | 'now'>, { privateJwk, publicJwk, kid }: NamedJwk): Promise<SigningKey> => {
  const known = await store.selectFrom('signing_keys').select('kid').where('kid', '=', kid).where('retired_at', 'is', null).executeTakeFirst();
  if (known === undefined) {
    await store.transaction().execute(async (work) => {
      await retireOthers(work, { kid, now: now() });
      await work.insertInto('signing_keys').values({ kid, private_jwk: '', public_jwk: JSON.stringify(publicJwk), created_at: now() }).onConflict((on) => on.column('kid').doUpdateSet({ retired_at: null })).execute();
      await audit(work, { at: now(), actor: hubItself, action: 'key:adopt', target: kid });
    });
  }
  return { kid, key: await privateKeyOf(privateJwk) };
};

/** A retired key never signs again, so its private half goes at once; those nobody asks for any more go whole. */
const retireOthers = async (work: Work, { kid, now }: { readonly kid: string; readonly now: number }): Promise<void> => {
  await work.deleteFrom('signing_keys').where('retired_at', '<=', now - overlapMs).execute();
  await work.updateTable('signing_keys').set({ retired_at: now, private_jwk: '' }).where('retired_at', 'is', null).where('kid', '!=', kid).execute();
};

const readEnvironmentKey = async (text: NonNullable<HubSettings['signingKey']>): Promise<NamedJwk> => {
  try {
    const jwk = JSON.parse(text) as JWK;
    if (jwk.kty !== 'EC' || jwk.crv !== 'P-256' || typeof jwk.d !== 'string') throw new Error('it is no private EC key on P-256');
    await privateKeyOf(jwk);
    return await namedJwk(jwk);
  } catch (error) {
    // The parser's own message may quote the key.
    throw new Error(`the signing key of the environment cannot be used: it must be a private JWK for ES256 as JSON, {"kty":"EC","crv":"P-256","x":…,"y":…,"d":…}${error instanceof Error && error.message.startsWith('it is') ? `; ${error.message}` : ''}`);
  }
};

interface NamedJwk { readonly kid: string; readonly privateJwk: JWK; readonly publicJwk: JWK }

/** A key is called by its thumbprint (RFC 7638), unless it has a name. */
const namedJwk = async (jwk: JWK): Promise<NamedJwk> => {
  const { d: _secret, key_ops: _ops, ...open } = jwk;
  const kid = jwk.kid ?? await calculateJwkThumbprint(open);
  return { kid, privateJwk: { ...jwk, kid, alg: algorithm }, publicJwk: { kty: open.kty!, crv: open.crv!, x: open.x!, y: open.y!, kid, alg: algorithm, use: 'sig' } };
};

const privateKeyOf = async ({ key_ops: _ops, ...jwk }: JWK): Promise<CryptoKey> => await importJWK(jwk, algorithm) as CryptoKey;
