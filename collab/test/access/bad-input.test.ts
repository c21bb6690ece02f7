import { afterAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { connect } from 'node:net';
import { gzipSync } from 'node:zlib';
import { callExample, insiderOf, pathOf } from '../support/call.ts';
import { dumpOf } from '../support/dump.ts';
import type { Answer } from '../support/hub.ts';
import { makeWorld } from '../support/world.ts';

// [R11] Bad input is answered with a 4xx in one shape and changes nothing.

const world = await makeWorld();
afterAll(() => world.hub.stop());
const { routes, base: { store } } = world.hub;
const withBody = routes.filter(({ body }) => body !== undefined).map((one) => ({ name: `${one.method.toUpperCase()} ${one.path}`, one }));
const runs = process.env.WATCHROOM_FULL ? 300 : 25;

const expectRefusal = ({ status, body, text }: Answer): void => {
  expect({ status, text: text.slice(0, 200) }).toMatchObject({ status: expect.any(Number) });
  if (status < 400 || status >= 500) throw new Error(`answered ${status}: ${text.slice(0, 300)}`);
  expect(body).toEqual({ id: expect.any(String), message: expect.any(String), detailed_error: '', request_id: expect.any(String), status_code: status });
};

describe('[R11] bad input', () => {
  it.each(withBody)('$name: whatever breaks its schema is refused and changes nothing', async ({ one }) => {
    const before = await dumpOf(store);
    const breaking = fc.oneof(fc.anything({ withBigInt: false, withDate: false }), mutated(one.example?.body)).map((value) => JSON.parse(JSON.stringify(value ?? null)) as unknown)
      .filter((value) => !one.body!.safeParse(value).success);
    await fc.assert(fc.asyncProperty(breaking, async (body) => expectRefusal(await callExample(one, insiderOf(one, world), world, 'team', body))), { numRuns: runs, endOnFailure: true });
    expect(await dumpOf(store)).toBe(before);
  });

  it.each(withBody)('$name: broken JSON, wrong encodings and too much are refused', async ({ one }) => {
    const before = await dumpOf(store);
    const path = pathOf(one, world);
    const send = async (body: string | Buffer, headers: Record<string, string> = {}): Promise<number> => {
      const response = await fetch(world.hub.url + path, { method: one.method.toUpperCase(), body: body as string, headers: { 'content-type': 'application/json', origin: world.hub.url, authorization: `Bearer ${insiderOf(one, world).secret}`, ...headers } });
      await response.arrayBuffer();
      return response.status;
    };
    const statuses = [
      await send('{"a":'), await send('\ud800'), await send(Buffer.from([0xff, 0xfe, 0x00])), await send('{}', { 'content-encoding': 'gzip' }), await send('{}', { 'content-encoding': 'nonsense' }),
      await send('{}', { 'content-type': 'application/json; charset=utf-99' }), await send(gzipSync(Buffer.alloc((one.bodyLimit ?? 65_536) * 3, 0x20)), { 'content-encoding': 'gzip' }), await send(' '.repeat((one.bodyLimit ?? 65_536) + 10)),
    ];
    for (const status of statuses) expect(status === 400 || status === 413 || status === 415).toBe(true);
    expect(await dumpOf(store)).toBe(before);
  });

  it.each(routes.map((one) => ({ name: `${one.method.toUpperCase()} ${one.path}`, one })))('$name: odd paths and queries are no failure of the hub', async ({ one }) => {
    if (one.answers.type !== undefined && one.path.includes('downlink')) return;
    const odd = fc.oneof(fc.string(), fc.constantFrom('..', '%00', "'; DROP TABLE users; --", '\u202e', 'a'.repeat(5000), '-1', '1e999', 'null', '[object Object]'));
    const before = await dumpOf(store);
    await fc.assert(fc.asyncProperty(odd, odd, fc.constantFrom('limit', 'after', 'from', 'to', 'step', 'team', 'user', 'tag', 'state', 'wait', 'q', 'format', 'tz'), async (segment, value, name) => {
      const path = one.path.replace(/:(\w+)/g, () => encodeURIComponent(segment.toWellFormed()));
      if (one.method !== 'get' && !one.path.includes(':')) return;
      if (/^\.?$/.test(segment)) return; // …/devices/ is …/devices: another call, and a good one
      const { status, text } = await insiderOf(one, world).ask(one.method.toUpperCase(), `${path}?${name}=${encodeURIComponent(value.toWellFormed())}`, one.body === undefined ? undefined : (one.example?.body ?? {}), { origin: world.hub.url });
      if (status >= 500) throw new Error(`answered ${status}: ${text.slice(0, 300)}`);
    }), { numRuns: Math.ceil(runs / 2), endOnFailure: true });
    if (one.method !== 'get' && one.path.includes(':')) expect(await dumpOf(store)).toBe(before);
  });

  it('thousands of half-open connections keep nobody else waiting, and go', async () => {
    const many = process.env.WATCHROOM_FULL ? 10_000 : 1000;
    const port = Number(new URL(world.hub.url).port);
    const sockets = Array.from({ length: many }, () => connect(port, '127.0.0.1').on('error', () => undefined).resume());
    for (const socket of sockets) socket.write('POST /api/v1/agents/report HTTP/1.1\r\nHost: localhost\r\nContent-Le');
    const answers = await Promise.all(Array.from({ length: 20 }, () => world.hub.nobody.ask('GET', '/healthz')));
    expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 20 }, () => 200));
    await Promise.all(sockets.map((socket) => new Promise((resolve) => (socket.closed ? resolve(undefined) : socket.once('close', resolve)))));
  }, 60_000);
});

/** The example with one thing cut out, exchanged or blown up. */
const mutated = (example: unknown): fc.Arbitrary<unknown> => {
  if (example === null || typeof example !== 'object') return fc.anything({ withBigInt: false });
  const keys = Object.keys(example);
  const nasty = fc.constantFrom<unknown>(null, -1, 1e308, '', 'x'.repeat(70_000), [], {}, { $ne: null }, true, '\u0000', Number.MAX_SAFE_INTEGER + 1);
  return fc.tuple(fc.constantFrom(...(keys.length > 0 ? keys : ['x'])), nasty, fc.boolean()).map(([key, value, cut]) => {
    const copy: Record<string, unknown> = { ...(example as Record<string, unknown>) };
    if (cut) delete copy[key];
    else copy[key] = value;
    return copy;
  });
};
