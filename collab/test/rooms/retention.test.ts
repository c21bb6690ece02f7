import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { sql } from 'kysely';
import { retentionJob } from '../../server/sessions/purge.ts';
import { makeWorld } from '../support/world.ts';
import type { World } from '../support/world.ts';
import { posted } from './posting.ts';

const day = 86_400_000;
const canary = 'xyzzyroomcanary';
let world: World;

/** Every row of the store that has this text in it, by table; who did what is kept in the audit log. */
const rowsWith = async (text: string): Promise<Readonly<Record<string, number>>> => {
  const { store } = world.hub.base;
  const { rows: tables } = await sql<{ name: string }>`SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' AND name <> 'audit'`.execute(store);
  const found: Record<string, number> = {};
  for (const { name } of tables) {
    const { rows } = await sql<Record<string, unknown>>`SELECT * FROM ${sql.table(name)}`.execute(store);
    const count = rows.filter((row) => Object.values(row).some((value) => (Buffer.isBuffer(value) ? value.includes(text) : String(value).includes(text)))).length;
    if (count > 0) found[name] = count;
  }
  return found;
};

/** A room with something of every kind in it. */
const fill = async (roomId: string): Promise<void> => {
  const { who, hub } = world;
  const form = new FormData();
  form.append('files', new Blob([canary]), `${canary}.txt`);
  form.append('channel_id', roomId);
  const { file_infos: [file] } = (await (await fetch(`${hub.url}/api/v4/files`, { method: 'POST', body: form, headers: { authorization: `Bearer ${who.owner.secret}` } })).json()) as { file_infos: [{ id: string }] };
  const post = await posted(who.owner, roomId, `${canary} for @host`, { file_ids: [file.id] });
  await posted(who.host, roomId, `${canary}, too`, { root_id: post.id });
  await posted(who.owner, roomId, canary, { type: 'custom_code_comment', props: { anchor: { path: `src/${canary}.ts`, startLine: 4 } } });
  await who.host.ask('POST', '/api/v4/reactions', { user_id: who.host.userId, post_id: post.id, emoji_name: 'eyes' });
  await who.host.ask('POST', '/api/v4/hooks/incoming', { channel_id: roomId, display_name: canary });
};

const silentFor = async (days: number, state: 'idle' | 'ended'): Promise<void> => {
  const at = world.hub.clock.now - days * day;
  await world.hub.base.store.updateTable('sessions').set({ state, ended_at: state === 'ended' ? at : null, last_activity_at: at }).where('id', '=', world.sessions.team.id).execute();
};

beforeAll(async () => {
  world = await makeWorld();
  const { who, hub, sessions: { team } } = world;
  await fill(team.id);
  const { token } = (await who.admin.ask('POST', '/api/v1/teams/reds/alert-tokens', { name: 'ours' })).body;
  const told = (labels: object, fingerprint: string) => hub.nobody.ask('POST', '/api/v1/alerts/alertmanager', { version: '4', status: 'firing', alerts: [{ status: 'firing', labels: { alertname: 'Full', ...labels }, annotations: { summary: canary }, startsAt: new Date(hub.clock.now).toISOString(), endsAt: '0001-01-01T00:00:00Z', fingerprint }] }, { authorization: `Bearer ${token}` });
  await told({ session_id: team.key }, 'f1');
  await hub.base.store.updateTable('teams').set({ settings: JSON.stringify({ retentionDays: 30 }) }).where('id', '=', world.team.id).execute();
});
afterAll(() => world.hub.stop());

describe('[R13] a room at the end of its team\'s retention', () => {
  it('stays as long as its session may: nothing goes of what is younger, or still runs', async () => {
    const before = await rowsWith(world.sessions.team.id);
    expect(Object.keys(before)).toEqual(expect.arrayContaining(['rooms', 'room_members', 'posts', 'post_words', 'reactions', 'mentions', 'thread_follows', 'comments', 'files', 'alerts', 'incoming_hooks']));
    for (const [state, days] of [['idle', 100], ['ended', 29]] as const) {
      await silentFor(days, state);
      await retentionJob(world.hub.base).run();
      expect(await rowsWith(world.sessions.team.id)).toEqual(before);
    }
  });

  it('goes with its session in the night: posts, words, files, comments, alerts, hooks; a tombstone stays', async () => {
    const { hub, sessions: { team, private: other } } = world;
    const othersRows = await rowsWith(other.id);
    await silentFor(31, 'ended');
    await retentionJob(hub.base).run();
    expect(await rowsWith(team.id)).toEqual({});
    expect(await rowsWith(canary)).toEqual({});
    expect(await rowsWith(team.key)).toEqual({ tombstones: 1 });
    expect(await rowsWith(other.id)).toEqual(othersRows);
    expect((await world.who.owner.ask('GET', `/api/v4/channels/${team.id}`)).status).toBe(404);
    expect((await world.who.owner.ask('POST', `/api/v4/teams/${world.team.id}/posts/search`, { terms: canary })).body.order).toEqual([]);
  });
});
