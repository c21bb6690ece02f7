import { SignJWT, errors, jwtVerify } from 'jose';
import { z } from 'zod';
import type { Person, Scope } from '../access/identity.ts';
import { scopes } from '../access/identity.ts';
import { roleInTeam } from '../access/find.ts';
import type { Base } from '../base.ts';
import { notFound } from '../routes/errors.ts';
import { route } from '../routes/route.ts';
import type { Route } from '../routes/route.ts';
import { newId } from '../store/ids.ts';
import { example } from './examples.ts';
import { publicKey, readySigningKey } from './signing-keys.ts';
import { iso, isoTime, minuteMs } from './time.ts';

// Tokens for sockets and other services: who, in which team, in which role, for 15 minutes. Others may trust the role; the hub itself
// reads it anew each time [R8].

const lifeMs = 15 * minuteMs;
const audience = 'watchroom';

const claims = z.object({ sub: z.string(), team: z.string(), exp: z.number(), scope: z.string(), device: z.string().exactOptional(), token: z.string().exactOptional() });

/** Gives whoever signed in a short-lived token for one of their teams. */
export const teamTokenRoute = (base: Base): Route => route({
  method: 'post', path: '/api/v1/auth/token', tag: 'auth', summary: 'Get a 15-minute token for sockets and other services', access: { who: 'person' }, scope: 'read',
  body: z.strictObject({ team: z.string().min(1).max(64).describe('Name or id of a team of yours.') }),
  answers: { status: 201, schema: z.object({ token: z.string().describe('A JWT signed with ES256; claims: sub (user id), name, team (id), team_name, role, scope. Keys: /.well-known/jwks.json'), expiresAt: isoTime }), about: 'The token.' },
  example: { body: { team: example.team } },
  handle: async ({ person, body, now }) => {
    const team = await base.store.selectFrom('teams').select(['id', 'name']).where('deleted_at', 'is', null).where((is) => is.or([is('id', '=', body.team), is('name', '=', body.team)])).executeTakeFirst();
    const role = team && await roleInTeam(base.store, person.userId, team.id);
    if (team === undefined || role === undefined) throw notFound(`You are in no team called "${body.team}".`);
    const { kid, key } = await readySigningKey(base);
    const { userId, name, deviceId, tokenId } = person;
    const token = await new SignJWT({ name, team: team.id, team_name: team.name, role, scope: person.scopes.join(' '), ...(deviceId === undefined ? {} : { device: deviceId }), ...(tokenId === undefined ? {} : { token: tokenId }) })
      .setProtectedHeader({ alg: 'ES256', kid, typ: 'JWT' }).setIssuer(base.settings.publicUrl).setAudience(audience).setSubject(userId).setJti(newId())
      .setIssuedAt(Math.floor(now / 1000)).setExpirationTime(Math.floor((now + lifeMs) / 1000)).sign(key);
    return { token, expiresAt: iso(Math.floor((now + lifeMs) / 1000) * 1000) };
  },
});

/** Whose token this is, for which team and how long; undefined when it is not ours, too old, or what it was made from has ended since. The role is not in it: read it. */
export const personOfTeamToken = async (base: Base, token: string, address: string): Promise<{ readonly person: Person; readonly teamId: string; readonly expiresAt: number } | undefined> => {
  const told = await verified(base, token);
  if (told === undefined) return undefined;
  const { sub: userId, team: teamId, exp, scope, device: deviceId, token: tokenId } = told;
  const user = await base.store.selectFrom('users').select(['username', 'operator']).where('id', '=', userId).where('deleted_at', 'is', null).executeTakeFirst();
  if (user === undefined || !(await stillThere(base, told))) return undefined;
  const may = scope.split(' ').filter((one): one is Scope => (scopes as readonly string[]).includes(one));
  return {
    teamId, expiresAt: exp * 1000,
    person: { kind: 'user', userId, name: user.username, operator: user.operator === 1, address, via: deviceId === undefined ? 'personal token' : 'device', scopes: may, cookie: false, ...(deviceId === undefined ? {} : { deviceId }), ...(tokenId === undefined ? {} : { tokenId }) },
  };
};

const verified = async (base: Base, token: string): Promise<z.output<typeof claims> | undefined> => {
  try {
    const { payload } = await jwtVerify(token, async ({ kid }) => (await publicKey(base, kid)) ?? noKey(), { issuer: base.settings.publicUrl, audience, algorithms: ['ES256'], currentDate: new Date(base.now()) });
    return claims.parse(payload);
  } catch (error) {
    if (error instanceof errors.JOSEError || error instanceof z.ZodError) return undefined;
    throw error;
  }
};

const noKey = (): never => { throw new errors.JWKSNoMatchingKey(); };

/** The login or personal token from which it was made. */
const stillThere = async ({ store, now }: Base, { device, token }: { readonly device?: string; readonly token?: string }): Promise<boolean> => {
  if (device !== undefined) return (await store.selectFrom('devices').select('id').where('id', '=', device).where('expires_at', '>', now()).executeTakeFirst()) !== undefined;
  if (token === undefined) return false;
  return (await store.selectFrom('tokens').select('id').where('id', '=', token).where('revoked_at', 'is', null).where((is) => is.or([is('expires_at', 'is', null), is('expires_at', '>', now())])).executeTakeFirst()) !== undefined;
};
