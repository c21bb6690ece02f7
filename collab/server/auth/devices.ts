import { z } from 'zod';
import type { Base } from '../base.ts';
import { notFound } from '../routes/errors.ts';
import { route } from '../routes/route.ts';
import type { Route } from '../routes/route.ts';
import { audit } from '../store/audit.ts';
import type { Work } from '../store/open.ts';
import { example } from './examples.ts';
import { id } from './names.ts';
import { iso, isoTime } from './time.ts';

const device = z.object({
  id: z.string(), userAgent: z.string(), address: z.string().describe('Where it was last seen.'), createdAt: isoTime, lastSeenAt: isoTime, expiresAt: isoTime,
  current: z.boolean().describe('The one that asks.'),
}).meta({ id: 'Device', description: 'A browser or program in which you signed in.' });

/** One's own logins: "your devices". */
export const deviceRoutes = (base: Base): readonly Route[] => [
  route({
    method: 'get', path: '/api/v1/auth/devices', tag: 'auth', summary: 'Where you are signed in', access: { who: 'person' },
    answers: { schema: z.object({ devices: z.array(device) }), about: 'Your logins, the latest used first.' },
    example: {},
    handle: async ({ person: { userId, deviceId }, now }) => {
      const rows = await base.store.selectFrom('devices').selectAll().where('user_id', '=', userId).where('expires_at', '>', now).orderBy('last_seen_at', 'desc').execute();
      return { devices: rows.map((row) => ({ id: row.id, userAgent: row.user_agent, address: row.address, createdAt: iso(row.created_at), lastSeenAt: iso(row.last_seen_at), expiresAt: iso(row.expires_at), current: row.id === deviceId })) };
    },
  }),
  route({
    method: 'delete', path: '/api/v1/auth/devices/:device', tag: 'auth', summary: 'Sign a device out', access: { who: 'person' }, scope: 'admin',
    params: z.object({ device: id }),
    answers: { about: 'It is signed out, its live connections are closed.' },
    example: { params: { device: example.device } },
    handle: async ({ person: { userId }, params, now, actor }) => {
      await base.store.transaction().execute(async (work) => {
        const gone = await work.deleteFrom('devices').where('id', '=', params.device).where('user_id', '=', userId).returning('id').executeTakeFirst();
        if (gone === undefined) throw notFound('You are not signed in on such a device.');
        await audit(work, { at: now, actor, action: 'device:revoke', target: params.device });
      });
      base.events.emit('access:lost', { userId, deviceId: params.device });
    },
  }),
  route({
    method: 'delete', path: '/api/v1/auth/devices', tag: 'auth', summary: 'Sign all your other devices out', access: { who: 'person' }, scope: 'admin',
    answers: { schema: z.object({ ended: z.int() }), about: 'How many were signed out.' },
    example: {},
    handle: async ({ person: { userId, deviceId }, now, actor }) => {
      const ended = await base.store.transaction().execute(async (work) => {
        const gone = await endLogins(work, { userId, ...(deviceId === undefined ? {} : { but: deviceId }) });
        await audit(work, { at: now, actor, action: 'device:revoke-others', target: userId, after: { ended: gone.length } });
        return gone;
      });
      for (const one of ended) base.events.emit('access:lost', { userId, deviceId: one });
      return { ended: ended.length };
    },
  }),
];

/** Ends somebody's logins, but for one that may stay. Whoever calls tells of each when it is committed. */
export const endLogins = async (work: Work, { userId, but }: { readonly userId: string; readonly but?: string }): Promise<readonly string[]> => {
  const rows = await work.deleteFrom('devices').where('user_id', '=', userId).where('id', '!=', but ?? '').returning('id').execute();
  return rows.map((row) => row.id);
};
