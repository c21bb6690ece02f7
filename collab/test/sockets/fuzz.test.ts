import { afterAll, afterEach, beforeAll, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { askErrors, asks } from '../../shared/events.ts';
import { askBudget } from '../../server/sockets/budget.ts';
import { startTestHub } from '../support/hub.ts';
import type { TestHub } from '../support/hub.ts';
import { closeSockets, connect } from './a-socket.ts';

let hub: TestHub;
beforeAll(async () => { hub = await startTestHub(); });
afterEach(closeSockets);
afterAll(() => hub.stop());

const runs = process.env.WATCHROOM_FULL ? 5000 : 400;

it('[R11] whatever a socket sends, it is answered {data} or {error} with a known id, and the hub lives on', async () => {
  const reds = await hub.team('reds');
  const ada = await hub.person('ada', { id: reds.id, role: 'member' });
  let socket = await connect(hub.url, ada.secret);
  let asked = 0;
  const event = fc.oneof(fc.constantFrom(...Object.keys(asks)), fc.string({ maxLength: 30 }).filter((name) => !['connect', 'connect_error', 'disconnect', 'disconnecting', 'newListener', 'removeListener'].includes(name)));
  const payload = fc.oneof(fc.jsonValue(), fc.record({ channel: fc.constantFrom('sessions', 'team', 'notifications', 'x'), team: fc.oneof(fc.constant('reds'), fc.string()), filters: fc.jsonValue() }, { requiredKeys: [] }), fc.record({ session: fc.string(), team: fc.jsonValue() }), fc.record({ token: fc.string() }));
  await fc.assert(fc.asyncProperty(event, payload, async (name, given) => {
    if ((asked += 1) % askBudget.atOnce === 0) { // another connection has a budget of its own
      socket.socket.disconnect();
      socket = await connect(hub.url, ada.secret);
    }
    const answer = await socket.ask(name, given);
    if ('error' in answer) expect(askErrors.filter((id) => id !== 'unavailable' && id !== 'too_many')).toContain(answer.error.id);
    else expect(answer).toHaveProperty('data');
  }), { numRuns: runs });
  expect((await hub.nobody.ask('GET', '/healthz')).status).toBe(200);
});
