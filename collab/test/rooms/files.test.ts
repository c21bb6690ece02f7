import { afterAll, describe, expect, it } from '@jest/globals';
import { makeWorld } from '../support/world.ts';
import type { Client } from '../support/hub.ts';
import { postTo, posted } from './posting.ts';

const world = await makeWorld();
const { who, sessions, hub } = world;
const room = sessions.team.id;
afterAll(() => hub.stop());

const png = Buffer.from('iVBORw0KGgoAAAANSUhEUgAAAAMAAAACCAIAAAASFvFNAAAAEElEQVR4nGP4z8AARAwQCgAf7gP9i18U1AAAAABJRU5ErkJggg==', 'base64');

const upload = async (by: Client, name: string, data: Uint8Array<ArrayBuffer>, channel = room) => {
  const form = new FormData();
  form.append('files', new Blob([data]), name);
  form.append('channel_id', channel);
  form.append('client_ids', 'mine');
  const response = await fetch(`${hub.url}/api/v4/files`, { method: 'POST', body: form, headers: { authorization: `Bearer ${by.secret}` } });
  return { status: response.status, body: (await response.json()) as any }; // eslint-disable-line @typescript-eslint/no-explicit-any
};
const bytes = (text: string): Uint8Array<ArrayBuffer> => new Uint8Array(Buffer.from(text));
const get = (by: Client, path: string) => fetch(hub.url + path, { headers: { authorization: `Bearer ${by.secret}` } });

describe('files of posts', () => {
  it('an image is known by its bytes and shown in place; its post carries it', async () => {
    const { status, body } = await upload(who.owner, 'picture.txt', new Uint8Array(png));
    expect(status).toBe(201);
    expect(body).toMatchObject({ client_ids: ['mine'], file_infos: [{ name: 'picture.txt', mime_type: 'image/png', width: 3, height: 2, size: png.length, has_preview_image: true }] });
    const [{ id }] = body.file_infos;
    expect((await get(who.host, `/api/v4/files/${id}`)).status).toBe(404); // not posted yet: its uploader's alone
    const post = await posted(who.owner, room, '', { file_ids: [id] });
    expect(post.metadata.files).toMatchObject([{ id, post_id: post.id }]);
    const response = await get(who.viewer, `/api/v4/files/${id}`);
    expect(Object.fromEntries(response.headers)).toMatchObject({ 'content-type': 'image/png', 'x-content-type-options': 'nosniff', 'content-security-policy': "default-src 'none'; sandbox", 'content-disposition': "inline; filename*=UTF-8''picture.txt", 'cache-control': 'private, no-store' });
    expect(Buffer.from(await response.arrayBuffer()).equals(png)).toBe(true);
    expect((await postTo(who.owner, room, 'again', { file_ids: [id] })).status).toBe(400);
  });

  it.each([['evil.html', '<script>alert(1)</script>'], ['evil.svg', '<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>'], ['evil.png', 'GIF89 no image'], ['../../etc/pass\u0000wd', 'x'], ['ä"\r\nX: 1.txt', 'x']])('%j is an attachment, whatever it says it is', async (name, text) => {
    const { body } = await upload(who.owner, name, bytes(text));
    const response = await get(who.owner, `/api/v4/files/${body.file_infos[0].id}`);
    expect(response.headers.get('content-type')).toBe('application/octet-stream');
    expect(response.headers.get('content-disposition')).toMatch(/^attachment; filename\*=UTF-8''[^"\r\n/\\]+$/);
    expect(response.headers.get('x')).toBeNull();
  });

  it('[R7] [R8] every GET asks for the room\'s permission', async () => {
    const { body: { file_infos: [{ id }] } } = await upload(who.owner, 'secret.txt', bytes('canary'), sessions.private.id);
    await posted(who.owner, sessions.private.id, 'see', { file_ids: [id] });
    for (const path of ['', '/thumbnail', '/preview', '/info']) {
      for (const one of ['member', 'admin', 'other team', 'team viewer'] as const) expect((await get(who[one], `/api/v4/files/${id}${path}`)).status).toBe(404);
      expect((await get(who.nobody, `/api/v4/files/${id}${path}`)).status).toBe(401);
      expect((await get(who.viewer, `/api/v4/files/${id}${path}`)).status).toBe(200);
    }
    expect((await upload(who.member, 'x', bytes('x'), sessions.private.id)).status).toBe(404);
    expect((await upload(who['team viewer'], 'x', bytes('x'))).status).toBe(403);
    expect((await postTo(who.owner, room, 'elsewhere', { file_ids: [id] })).status).toBe(400);
  });

  it('[R11] too much, nothing and nonsense are refused', async () => {
    expect((await upload(who.owner, 'big', new Uint8Array(5 * 2 ** 20 + 1))).status).toBe(413);
    expect((await upload(who.owner, 'empty', bytes(''))).status).toBe(400);
    expect((await upload(who.owner, 'x', bytes('x'), '../..')).status).toBe(400);
    const raw = (body: string, headers: Record<string, string>) => fetch(`${hub.url}/api/v4/files?channel_id=${room}`, { method: 'POST', body, headers: { authorization: `Bearer ${who.owner.secret}`, ...headers } });
    expect((await raw('--x\r\nbroken', { 'content-type': 'multipart/form-data; boundary=x' })).status).toBe(400);
    expect((await raw('x', { 'content-type': 'text/plain', 'content-encoding': 'gzip' })).status).toBe(415);
    expect((await raw('plain', { 'content-type': 'text/plain' })).status).toBe(201);
  });

  it('[R13] goes with its post', async () => {
    const { body: { file_infos: [{ id }] } } = await upload(who.owner, 'x.txt', bytes('x'));
    const post = await posted(who.owner, room, 'with a file', { file_ids: [id] });
    await who.owner.ask('DELETE', `/api/v4/posts/${post.id}`);
    expect((await get(who.owner, `/api/v4/files/${id}`)).status).toBe(404);
  });
});

describe('incoming webhooks', () => {
  const send = async (url: string, body: string, headers: Record<string, string> = { 'content-type': 'application/json' }) => fetch(hub.url + new URL(url).pathname, { method: 'POST', body, headers });

  it('[U5] write into their room in Mattermost\'s and Slack\'s shape, once per Idempotency-Key [R1]', async () => {
    const { status, body } = await who.host.ask('POST', '/api/v4/hooks/incoming', { channel_id: room, display_name: 'CI' });
    expect(status).toBe(201);
    expect(await (await send(body.url, JSON.stringify({ text: 'build *failed*', username: 'ci-bot', attachments: [{ title: 'log', title_link: 'https://ci.example/1', fields: [{ title: 'n', value: 3, short: true }] }], icon_url: 'x' }))).text()).toBe('ok');
    expect((await send(body.url, new URLSearchParams({ payload: '{"text": "as a form"}' }).toString(), { 'content-type': 'application/x-www-form-urlencoded' })).status).toBe(200);
    for (let times = 0; times < 3; times += 1) await send(body.url, '{"text": "once"}', { 'content-type': 'application/json', 'idempotency-key': 'a' });
    const { order, posts } = (await who.viewer.ask('GET', `/api/v4/channels/${room}/posts`)).body;
    expect(order.slice(0, 3).map((id: string) => [posts[id].message, posts[id].props.override_username])).toEqual([['once', 'CI'], ['as a form', 'CI'], ['build *failed*', 'ci-bot']]);
    expect(posts[order[2]].props).toMatchObject({ from_webhook: 'true', attachments: [{ title: 'log', fields: [{ value: '3' }] }] });
    expect(JSON.stringify(await hub.base.store.selectFrom('incoming_hooks').selectAll().execute())).not.toContain(body.id);
  });

  it('[R8] [R11] are refused where they may not, and what is no message', async () => {
    expect((await who.member.ask('POST', '/api/v4/hooks/incoming', { channel_id: room })).status).toBe(403);
    expect((await who.member.ask('POST', '/api/v4/hooks/incoming', { channel_id: sessions.private.id })).status).toBe(404);
    const { body } = await who.owner.ask('POST', '/api/v4/hooks/incoming', { channel_id: room });
    for (const [text, status] of [['{', 400], ['{}', 400], ['{"text": "x", "type": "custom_alert"}', 403], ['{"text": "x", "attachments": [{"title_link": "javascript:alert(1)"}]}', 400], ['x'.repeat(200_000), 413]] as const) expect((await send(body.url, text)).status).toBe(status);
    expect((await send('http://x/hooks/wrh_unknown', '{"text":"x"}')).status).toBe(404);
    expect((await who.owner.ask('GET', '/api/v4/hooks/incoming')).body.map(({ id }: { id: string }) => id)).toContain(body.hook_id);
    expect((await who.member.ask('GET', '/api/v4/hooks/incoming')).body).toEqual([]);
    expect((await who.owner.ask('DELETE', `/api/v4/hooks/incoming/${body.hook_id}`)).status).toBe(200);
    expect((await send(body.url, '{"text":"x"}')).status).toBe(404);
  });
});
