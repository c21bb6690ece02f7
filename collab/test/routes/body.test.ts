import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { request } from 'node:http';
import { gzipSync } from 'node:zlib';
import { startTestHub } from '../support/hub.ts';
import type { Client, TestHub } from '../support/hub.ts';

let hub: TestHub;
let ada: Client;
let room: string;
beforeAll(async () => {
  hub = await startTestHub({ limitFactor: 1000 });
  const team = await hub.team('reds');
  ada = await hub.person('ada', { id: team.id, role: 'member' });
  room = team.id;
});
afterAll(() => hub.stop());

/** Sends bytes as they are. */
const send = (body: Buffer | readonly Buffer[], headers: Readonly<Record<string, string>> = {}): Promise<{ readonly status: number; readonly body: { readonly id: string; readonly message: string } }> =>
  new Promise((resolve, reject) => {
    const call = request(`${hub.url}/api/v4/posts`, { method: 'POST', headers: { authorization: `Bearer ${ada.secret}`, ...(Buffer.isBuffer(body) ? { 'content-length': body.length } : {}), ...headers } }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (part: string) => { text += part; }).on('end', () => resolve({ status: response.statusCode!, body: JSON.parse(text) }));
    }).on('error', reject);
    for (const part of Buffer.isBuffer(body) ? [body] : body) call.write(part);
    call.end();
  });

const saying = (message: string): Buffer => Buffer.from(JSON.stringify({ channel_id: room, message }));

describe('[R11] a body', () => {
  it('is read however it comes: plain, by parts, packed, in another charset, with a mark at its beginning, whatever it calls itself', async () => {
    const long = 'Grüße '.repeat(2000);
    const ways: readonly Parameters<typeof send>[] = [
      [saying(long)], [saying(long), { 'content-type': 'application/json; charset=UTF-8' }], [saying(long), { 'content-type': 'text/plain' }],
      [[saying(long).subarray(0, 5000), saying(long).subarray(5000)]], [gzipSync(saying(long)), { 'content-encoding': 'gzip' }],
      [Buffer.from(saying(long).toString(), 'utf16le'), { 'content-type': 'application/json; charset=utf-16le' }], [Buffer.concat([Buffer.from('\uFEFF'), saying(long)])],
    ];
    for (const way of ways) expect(await send(...way)).toMatchObject({ status: 201, body: { message: long } });
  });

  it('is refused with a sentence where it cannot be read', async () => {
    for (const body of ['{', 'channel_id=1', '{"message": "a"} b', '\uFEFF']) expect(await send(Buffer.from(body))).toMatchObject({ status: 400, body: { id: 'unreadable' } });
    for (const body of ['', 'null', '[]', '"words"']) expect(await send(Buffer.from(body))).toMatchObject({ status: 400, body: { id: 'invalid_input' } });
    const tooLong = saying('x'.repeat(70_000));
    for (const body of [tooLong, [tooLong]]) expect(await send(body)).toMatchObject({ status: 413, body: { id: 'too_large' } });
    expect(await send(gzipSync(tooLong), { 'content-encoding': 'gzip' })).toMatchObject({ status: 413 });
    for (const headers of [{ 'content-encoding': 'rot13' }, { 'content-type': 'application/json; charset=klingon' }]) expect(await send(saying('a'), headers)).toMatchObject({ status: 415 });
  });
});
