import { afterAll, describe, expect, it } from '@jest/globals';
import { makeWorld } from '../support/world.ts';
import { messagesIn, postTo, posted } from './posting.ts';

const world = await makeWorld();
const { who, sessions, hub, team } = world;
const room = sessions.team.id;
// The tests move the clock by weeks.
await hub.base.store.updateTable('devices').set({ expires_at: hub.clock.now + 60 * 86_400_000 }).execute();
afterAll(() => hub.stop());

describe('posts', () => {
  it('[C2] are written, read, edited, answered and deleted', async () => {
    const first = await posted(who.owner, room, 'Good morning');
    expect(first).toMatchObject({ channel_id: room, user_id: who.owner.userId, message: 'Good morning', root_id: '', type: '', delete_at: 0, edit_at: 0, reply_count: 0 });
    const answer = await posted(who.member, room, 'Hello', { root_id: first.id });
    expect(answer.create_at).toBeGreaterThan(first.create_at);
    const thread = (await who.host.ask('GET', `/api/v4/posts/${first.id}/thread`)).body;
    expect(thread.order).toEqual([first.id, answer.id]);
    expect(thread.posts[first.id]).toMatchObject({ reply_count: 1, last_reply_at: answer.create_at });
    const edited = (await who.owner.ask('PUT', `/api/v4/posts/${first.id}/patch`, { id: first.id, message: 'Good evening' })).body;
    expect(edited).toMatchObject({ message: 'Good evening', create_at: first.create_at });
    expect(edited.edit_at).toBe(edited.update_at);
    expect(await messagesIn(who.viewer, room)).toEqual(['Hello', 'Good evening']);
    expect((await who.owner.ask('DELETE', `/api/v4/posts/${first.id}`)).body).toEqual({ status: 'OK' });
    expect(await messagesIn(who.viewer, room)).toEqual([]);
  });

  it('[R1] the same pending_post_id is the same post for 24 hours, another body is refused', async () => {
    const body = { pending_post_id: `${who.owner.userId}:1` };
    const first = await posted(who.owner, room, 'once', body);
    expect((await posted(who.owner, room, 'once', body)).id).toBe(first.id);
    expect(await postTo(who.owner, room, 'twice', body)).toMatchObject({ status: 409, body: { status_code: 409 } });
    expect((await posted(who.host, room, 'once', body)).id).not.toBe(first.id); // another person's
    hub.clock.now += 86_400_001;
    expect((await posted(who.owner, room, 'once', body)).id).not.toBe(first.id);
  });

  it('[R1] both of two at once are the one', async () => {
    const answers = await Promise.all(Array.from({ length: 5 }, () => posted(who.owner, room, 'at once', { pending_post_id: 'at-once' })));
    expect(new Set(answers.map(({ id }) => id)).size).toBe(1);
    expect((await messagesIn(who.owner, room)).filter((message) => message === 'at once')).toHaveLength(1);
  });

  it('[R1] a bad post in a group commit fails alone', async () => {
    const answers = await Promise.all([postTo(who.owner, room, 'good 1'), postTo(who.owner, room, 'bad', { root_id: 'nothing' }), postTo(who['team viewer'], room, 'bad'), postTo(who.owner, room, 'good 2')]);
    expect(answers.map(({ status }) => status)).toEqual([201, 400, 403, 201]);
    const messages = await messagesIn(who.owner, room);
    expect(messages.slice(0, 2).toSorted()).toEqual(['good 1', 'good 2']);
    expect(messages).not.toContain('bad');
  });

  it('[R1] a bad post that is alone in its commit leaves nothing behind, not even a number', async () => {
    const before = await hub.base.store.selectFrom('rooms').selectAll().where('id', '=', room).executeTakeFirstOrThrow();
    expect(await postTo(who.owner, room, 'with a file that is not there', { file_ids: ['nothing'] })).toMatchObject({ status: 400 });
    expect(await hub.base.store.selectFrom('rooms').selectAll().where('id', '=', room).executeTakeFirstOrThrow()).toEqual(before);
    expect(await messagesIn(who.owner, room)).not.toContain('with a file that is not there');
  });

  it('[R8] a role counts for the very next post, given or taken away', async () => {
    const setRole = (role: 'member' | 'viewer') => hub.base.store.updateTable('members').set({ role }).where('team_id', '=', team.id).where('user_id', '=', who.member.userId).execute();
    expect((await postTo(who.member, room, 'may')).status).toBe(201);
    await setRole('viewer');
    expect((await postTo(who.member, room, 'may not')).status).toBe(403);
    await setRole('member');
    expect((await postTo(who.member, room, 'may again')).status).toBe(201);
  });

  it('[R1] the store is synchronous=FULL', async () => {
    const { sql } = await import('kysely');
    expect((await sql<{ synchronous: number }>`PRAGMA synchronous`.execute(hub.base.store)).rows).toEqual([{ synchronous: 2 }]);
  });

  it('[R2] every change has the next number, and times order as the numbers do', async () => {
    hub.clock.now -= 3_600_000; // also when the clock goes back
    const head = async (): Promise<number> => (await who.owner.ask('GET', `/api/v4/channels/${room}`)).body.props.room_seq;
    const before = await head();
    const one = await posted(who.owner, room, 'one');
    await who.host.ask('POST', '/api/v4/reactions', { user_id: who.host.userId, post_id: one.id, emoji_name: 'eyes' });
    await who.host.ask('POST', `/api/v4/posts/${one.id}/pin`);
    const two = await posted(who.host, room, 'two', { root_id: one.id });
    await who.host.ask('DELETE', `/api/v4/posts/${two.id}`);
    expect(await head()).toBe(before + 5);
    const changes = (await who.owner.ask('GET', `/api/v4/channels/${room}/posts?after=${before}`)).body;
    expect(changes.room_seq).toBe(before + 5);
    expect(Object.values<{ id: string; delete_at: number }>(changes.posts).map((post) => [post.id, post.delete_at > 0])).toEqual(expect.arrayContaining([[one.id, false], [two.id, true]]));
    expect(changes.posts[one.id]).toMatchObject({ is_pinned: true, reply_count: 0, metadata: { reactions: [{ emoji_name: 'eyes', user_id: who.host.userId }] } });
    expect((await who.owner.ask('GET', `/api/v4/channels/${room}/posts?since=${one.create_at}`)).body.order).toHaveLength(2);
    expect((await who.owner.ask('GET', `/api/v4/channels/${room}/posts?after=${before + 5}`)).body.order).toEqual([]);
    const rows = await hub.base.store.selectFrom('posts').select(['seq', 'update_at']).where('room_id', '=', room).orderBy('seq').execute();
    for (const [index, row] of rows.entries()) if (index > 0 && row.seq > rows[index - 1]!.seq) expect(row.update_at).toBeGreaterThan(rows[index - 1]!.update_at);
  });

  it('[R2] past 1,000 changes the client is told to load the room anew', async () => {
    const before = (await who.owner.ask('GET', `/api/v4/channels/${room}`)).body.props.room_seq;
    await Promise.all(Array.from({ length: 1001 }, (_, index) => posted(who.owner, room, `number ${index}`)));
    const changes = (await who.owner.ask('GET', `/api/v4/channels/${room}/posts?after=${before}`)).body;
    expect(changes.reload).toBe(true);
    expect(changes.order).toHaveLength(1000);
    expect((await who.owner.ask('GET', `/api/v4/channels/${room}/posts?after=${before + 1}`)).body.reload).toBeUndefined();
  });

  it('[R8] types of the hub are not sent by clients', async () => {
    for (const type of ['custom_alert', 'system_join_channel', 'custom_insight']) expect((await postTo(who.owner, room, 'I am the hub', { type })).status).toBe(403);
    const { props } = await posted(who.owner, room, 'hello', { props: { from_webhook: 'true', override_username: 'root', alert: {}, mine: 1 } });
    expect(props).toEqual({ mine: 1 });
  });

  it('[R13] an ended session\'s room is writable for 14 days, then read-only', async () => {
    await hub.base.store.updateTable('sessions').set({ state: 'ended', ended_at: hub.clock.now }).where('id', '=', room).execute();
    await posted(who.owner, room, 'after the end');
    hub.clock.now += 14 * 86_400_000;
    expect((await postTo(who.owner, room, 'too late')).status).toBe(400);
    expect((await messagesIn(who.owner, room))[0]).toBe('after the end');
    expect((await who.owner.ask('GET', `/api/v4/channels/${room}`)).body.delete_at).toBeGreaterThan(0);
    expect((await who.owner.ask('GET', `/api/v4/teams/${team.id}/channels/deleted`)).body.map((one: { id: string }) => one.id)).toEqual([room]);
  });
});
