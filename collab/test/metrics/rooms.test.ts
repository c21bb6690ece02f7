import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { samplesOf } from '../../../exporter/test/metrics/page-of.ts';
import { aWire, anAgent } from '../agents/an-agent.ts';
import type { TestAgent } from '../agents/an-agent.ts';
import { posted } from '../rooms/posting.ts';
import { closeSockets, connect } from '../sockets/a-socket.ts';
import { startTestHub } from '../support/hub.ts';
import type { Client, TestHub } from '../support/hub.ts';

let hub: TestHub;
let ada: Client;
let eve: Client;
let desk: TestAgent;
/** Who runs the hub sees all teams, a team's token its own. */
const scrapers: Record<'operator' | 'blue' | 'red', Client> = {} as never;
const rooms: Record<string, string> = {};
const canary = 'xyzzycanary';

const page = async (by: Client): Promise<ReadonlyMap<string, number>> => samplesOf((await by.ask('GET', '/metrics')).text);
const roomSeries = async (by: Client): Promise<Record<string, number>> => Object.fromEntries([...(await page(by))].filter(([series]) => series.startsWith('ai_session_room_')).map(([series, value]) => [series.replace(/,team=.*/, '}'), value]));
const own = async (name: string): Promise<number | undefined> => (await page(scrapers.operator)).get(name);
const comment = { type: 'custom_code_comment', props: { anchor: { path: `src/${canary}.ts`, startLine: 3 } } };

beforeAll(async () => {
  hub = await startTestHub();
  const [blue, red] = [await hub.team('blue'), await hub.team('red')];
  ada = await hub.person('ada', { id: blue.id, role: 'admin' }, { operator: true });
  eve = await hub.person('eve', { id: red.id, role: 'admin' });
  desk = await anAgent(hub, { userId: ada.userId, teamId: blue.id });
  const theirs = await anAgent(hub, { userId: eve.userId, teamId: red.id, hostName: 'tower' });
  scrapers.operator = await hub.token('scrape', ada.userId);
  scrapers.blue = await hub.token('scrape', ada.userId, blue.id);
  scrapers.red = await hub.token('scrape', eve.userId, red.id);
  await desk.tells({ sessions: [aWire({ id: 'claude/open' }), aWire({ id: 'claude/closed' })] });
  await theirs.tells({ sessions: [aWire({ id: 'codex/theirs' })] });
  for (const { id, session_key: key } of await hub.base.store.selectFrom('sessions').select(['id', 'session_key']).execute()) rooms[key] = id;
  await ada.ask('PUT', '/api/v1/sessions/claude/closed', { visibility: 'private' });
});
afterAll(() => hub.stop());

describe('[M10] what was said in rooms, in numbers', () => {
  it('a room in which nobody has said anything has counters at 0, so that the first word is a growth', async () => {
    expect(await roomSeries(scrapers.blue)).toEqual({
      'ai_session_room_messages_total{session_id="claude/open",tool="claude"}': 0, 'ai_session_room_comments_total{session_id="claude/open",tool="claude"}': 0,
      'ai_session_room_messages_total{session_id="claude/closed",tool="claude"}': 0, 'ai_session_room_comments_total{session_id="claude/closed",tool="claude"}': 0,
    });
    expect(await own('watchroom_rooms')).toBe(0);
    expect(await own('watchroom_messages_total{kind="alert"}')).toBe(0);
  });

  it('messages and comments count; an edit, a reaction, an alert and its end do not, and nothing that is deleted is taken back', async () => {
    const first = await posted(ada, rooms['claude/open']!, `hello ${canary}`);
    const second = await posted(ada, rooms['claude/open']!, 'an answer', { root_id: first.id });
    await posted(ada, rooms['claude/open']!, `look here, ${canary}`, comment);
    await ada.ask('PUT', `/api/v4/posts/${first.id}/patch`, { message: 'hello again' });
    await ada.ask('POST', '/api/v4/reactions', { user_id: ada.userId, post_id: first.id, emoji_name: 'eyes' });
    const secret = (await ada.ask('POST', '/api/v1/teams/blue/alert-tokens', { name: 'ours' })).body.token;
    const at = (ms: number): string => new Date(hub.clock.now + ms).toISOString();
    for (const status of ['firing', 'resolved']) await hub.nobody.ask('POST', '/api/v1/alerts/alertmanager', { version: '4', status, alerts: [{ status, labels: { alertname: canary, session_id: 'claude/open' }, annotations: {}, startsAt: at(-5000), endsAt: status === 'firing' ? '0001-01-01T00:00:00Z' : at(-1000), fingerprint: 'f1' }] }, { authorization: `Bearer ${secret}` });
    const counted = { 'ai_session_room_messages_total{session_id="claude/open",tool="claude"}': 3, 'ai_session_room_comments_total{session_id="claude/open",tool="claude"}': 1 };
    expect(await roomSeries(scrapers.blue)).toMatchObject(counted);
    for (const { id } of [second, first]) expect((await ada.ask('DELETE', `/api/v4/posts/${id}`)).status).toBe(200);
    expect(await roomSeries(scrapers.blue)).toMatchObject(counted);
    expect([await own('watchroom_messages_total{kind="message"}'), await own('watchroom_messages_total{kind="comment"}'), await own('watchroom_messages_total{kind="alert"}')]).toEqual([2, 1, 2]);
  });

  it('watchroom_rooms, watchroom_delivery_seconds: rooms with words in them, and how long each message took', async () => {
    expect(await own('watchroom_rooms')).toBe(1);
    expect(await own('watchroom_delivery_seconds_count')).toBe(5);
    expect(await own('watchroom_delivery_seconds_sum')).toBeGreaterThan(0);
    expect(await own('watchroom_delivery_seconds_bucket{le="+Inf"}')).toBe(5);
  });

  it('watchroom_room_members: who has a room open, once in each room however many tabs there are', async () => {
    const looking = await Promise.all([ada, ada, eve].map((who) => connect(hub.url, who.secret)));
    for (const [index, room] of ['claude/open', 'claude/open', 'codex/theirs'].entries()) await looking[index]!.ask('room:join', { room: rooms[room]! });
    expect(await own('watchroom_room_members')).toBe(2);
    await looking[0]!.ask('room:leave', { room: rooms['claude/open']! });
    expect(await own('watchroom_room_members')).toBe(2);
    closeSockets();
  });

  it('a message that fails is not counted', async () => {
    expect((await eve.ask('POST', '/api/v4/posts', { channel_id: rooms['claude/open'], message: 'not mine' })).status).toBe(404);
    expect(await own('watchroom_messages_total{kind="message"}')).toBe(2);
  });

  it('[R7] a private session\'s room is a number among its other numbers; a team sees its own rooms alone, and nothing of the hub as a whole', async () => {
    await posted(ada, rooms['claude/closed']!, `for me alone: ${canary}`);
    await posted(eve, rooms['codex/theirs']!, canary);
    expect((await roomSeries(scrapers.blue))['ai_session_room_messages_total{session_id="claude/closed",tool="claude"}']).toBe(1);
    expect(await roomSeries(scrapers.red)).toEqual({ 'ai_session_room_messages_total{session_id="codex/theirs",tool="codex"}': 1, 'ai_session_room_comments_total{session_id="codex/theirs",tool="codex"}': 0 });
    expect([...(await page(scrapers.red)).keys()].filter((series) => /^watchroom_(rooms|room_members|messages|delivery|socket)/.test(series))).toEqual([]);
  });

  it('[R7] no word of a room, nor a name in it, is on the page', async () => {
    for (const scraper of Object.values(scrapers)) expect((await scraper.ask('GET', '/metrics')).text).not.toContain(canary);
  });

  it('[R13] a deleted session takes its room\'s series along', async () => {
    await ada.ask('DELETE', '/api/v1/sessions/claude/closed');
    expect(Object.keys(await roomSeries(scrapers.blue)).filter((series) => series.includes('closed'))).toEqual([]);
  });
});
