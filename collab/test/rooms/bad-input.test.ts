import { afterAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Route } from '../../server/routes/route.ts';
import { dumpOf } from '../support/dump.ts';
import { makeWorld } from '../support/world.ts';
import { posted } from './posting.ts';

// Every route of the Mattermost v4 subset with what breaks its schema and with odd paths.

const world = await makeWorld();
const { who, sessions, hub, team } = world;
const { store } = hub.base;
afterAll(() => hub.stop());
const post = await posted(who.owner, sessions.team.id, 'a post');

const pathOf = ({ path }: Route, given: Readonly<Record<string, string>> = {}): string => {
  const values: Readonly<Record<string, string>> = { channel: sessions.team.id, post: post.id, thread: post.id, team: team.id, user: 'me', tool: 'claude', nativeId: 'open-one', name: 'owner', emoji: 'x', at: '1', file: 'nothing', hook: 'nothing', ...given };
  return path.replace(/:(\w+)/g, (_all, name: string) => encodeURIComponent(values[name] ?? 'missing'));
};

describe('[R11] bad input', () => {
  const runs = process.env.WATCHROOM_FULL ? 100 : 8;

  it.each(hub.rooms.chatRoutes.filter(({ body }) => body !== undefined).map((one) => ({ name: `${one.method.toUpperCase()} ${one.path}`, one })))('$name: what breaks its schema is a 4xx and changes nothing', async ({ one }) => {
    const before = await dumpOf(store);
    // A string would be sent as it is, and an empty body is {}.
    const breaking = fc.anything({ withBigInt: false, withDate: false }).map((value) => JSON.parse(JSON.stringify(value ?? null)) as unknown).filter((value) => typeof value !== 'string' && !one.body!.safeParse(value ?? {}).success);
    await fc.assert(fc.asyncProperty(breaking, async (body) => {
      const answer = await who.owner.ask(one.method.toUpperCase(), pathOf(one), body);
      expect(answer.headers.get('content-type')).toBe('application/json');
      expect({ status: answer.status, body: answer.body }).toEqual({ status: expect.any(Number), body: { id: expect.any(String), message: expect.any(String), detailed_error: '', request_id: expect.any(String), status_code: answer.status } });
      if (answer.status < 400 || answer.status >= 500) throw new Error(`answered ${answer.status}`);
    }), { numRuns: runs, endOnFailure: true });
    expect(await dumpOf(store)).toBe(before);
  });

  it.each(hub.rooms.chatRoutes.filter(({ method }) => method === 'get').map((one) => ({ name: one.path, one })))('GET $name: odd paths and queries are no failure of the hub', async ({ one }) => {
    for (const odd of ['..', '%00', "'; DROP TABLE posts; --", '\u202e', 'a'.repeat(3000), '-1', '1e999', '[object Object]']) {
      const path = pathOf(one, Object.fromEntries([...one.path.matchAll(/:(\w+)/g)].map(([, name]) => [name!, odd])));
      for (const query of ['', `?page=${encodeURIComponent(odd)}&per_page=${encodeURIComponent(odd)}&since=${encodeURIComponent(odd)}&after=${encodeURIComponent(odd)}&before=${encodeURIComponent(odd)}&limit=${encodeURIComponent(odd)}`]) {
        expect((await who.owner.ask('GET', path + query)).status).toBeLessThan(500);
        expect((await who.owner.ask('GET', pathOf(one) + query)).status).toBeLessThan(500);
      }
    }
  });
});
