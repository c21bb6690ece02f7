import { afterAll, afterEach, describe, expect, it } from '@jest/globals';
import { closeSockets, pause } from '../sockets/a-socket.ts';
import type { Client } from '../support/hub.ts';
import { makeWorld } from '../support/world.ts';
import { memberOf } from './a-member.ts';
import { postTo } from './posting.ts';

const world = await makeWorld();
const { who, sessions, hub } = world;
const room = sessions.team.id;
afterEach(closeSockets);
afterAll(() => hub.stop());

const seconds = process.env.WATCHROOM_FULL ? 60 : 4;

interface Known { readonly id: string; readonly message: string; readonly update_at: number; readonly delete_at: number; readonly is_pinned: boolean; readonly room_seq: number; readonly metadata: { readonly reactions: readonly { readonly user_id: string; readonly emoji_name: string }[] } }

/** A page that drops and returns at random: it keeps what it heard, and asks for what it missed by its last number. */
class Page {
  readonly posts = new Map<string, Known>();
  readonly #who: Client;
  seq = 0;

  constructor(who_: Client) {
    this.#who = who_;
  }

  take(post: Known): void {
    const before = this.posts.get(post.id);
    if (before === undefined || before.room_seq <= post.room_seq) this.posts.set(post.id, post);
  }

  async catchUp(): Promise<void> {
    const { body } = await this.#who.ask('GET', `/api/v4/channels/${room}/posts?after=${this.seq}`);
    for (const post of Object.values<Known>(body.posts)) this.take(post);
    if (body.reload) throw new Error('more than 1,000 changes were missed; the test is too fast');
    this.seq = Math.max(this.seq, body.room_seq);
  }

  /** Looks for a while, then drops. */
  async visit(ms: number): Promise<void> {
    const socket = await memberOf(hub, this.#who, room);
    await this.catchUp();
    await pause(ms);
    for (const event of ['posted', 'post_edited', 'post_deleted']) for (const { post } of socket.heard(event)) this.take(post);
    socket.socket.disconnect(); // seq stays behind: what was heard is asked for again, which changes nothing
  }
}

describe('[R2] eight writers and two who drop and return at random', () => {
  it('all end equal to the database', async () => {
    const until = Date.now() + seconds * 1000;
    const writers = [who.owner, who.host, who.editor, who.member, who.admin, who.owner, who.host, who.editor];
    const made: string[] = [];
    const write = async (writer: Client, name: number): Promise<void> => {
      for (let turn = 0; Date.now() < until; turn += 1) {
        const { status, body } = await postTo(writer, room, `${name}:${turn}`);
        if (status !== 201) throw new Error(`answered ${status}`);
        made.push(body.id);
        const some = made[Math.floor(Math.random() * made.length)]!;
        const dice = Math.random();
        if (dice < 0.2) await writer.ask('PUT', `/api/v4/posts/${body.id}/patch`, { message: `${name}:${turn} edited` });
        else if (dice < 0.4) await writer.ask('POST', '/api/v4/reactions', { user_id: writer.userId, post_id: some, emoji_name: 'eyes' });
        else if (dice < 0.5) await who.owner.ask('DELETE', `/api/v4/posts/${body.id}`);
        else if (dice < 0.6) await who.owner.ask('POST', `/api/v4/posts/${some}/pin`);
        await pause(Math.random() * 40);
      }
    };
    const pages = [new Page(who.viewer), new Page(who['team viewer'])];
    const look = async (page: Page): Promise<void> => {
      while (Date.now() < until) {
        await page.visit(Math.random() * 300);
        await pause(Math.random() * 300);
      }
      await page.catchUp();
    };
    await Promise.all([...writers.map(write), ...pages.map(look)]);
    const rows = await hub.base.store.selectFrom('posts').selectAll().where('room_id', '=', room).execute();
    const reactions = await hub.base.store.selectFrom('reactions').selectAll().where('room_id', '=', room).execute();
    expect(rows.length).toBeGreaterThan(50);
    for (const { posts } of pages) {
      const shown = [...posts.values()].map((post) => [post.id, post.message, post.delete_at, post.is_pinned, post.room_seq, post.metadata.reactions.map((one) => one.user_id + one.emoji_name).toSorted().join()]);
      const stored = rows.map((row) => [row.id, row.message, row.delete_at, row.is_pinned === 1, row.seq, reactions.filter(({ post_id: id }) => id === row.id).map((one) => one.user_id + one.emoji_name).toSorted().join()]);
      expect(shown.toSorted()).toEqual(stored.toSorted());
    }
    // Every number was given once, none is missing.
    expect((await hub.base.store.selectFrom('rooms').select('seq').where('id', '=', room).executeTakeFirstOrThrow()).seq).toBe(Math.max(...rows.map(({ seq }) => seq)));
  }, (seconds + 30) * 1000);
});
