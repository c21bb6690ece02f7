import { afterAll, afterEach, describe, expect, it } from '@jest/globals';
import { socketCounts } from '../../server/sockets/counts.ts';
import { closeSockets, pause } from '../sockets/a-socket.ts';
import { makeWorld } from '../support/world.ts';
import { memberOf } from './a-member.ts';
import { posted } from './posting.ts';

const { who, sessions, hub } = await makeWorld();
afterEach(closeSockets);
afterAll(() => hub.stop());

describe('a slow reader of a room', () => {
  it('is dropped when more than 1 MB waits for it, and the others hear every message', async () => {
    const room = sessions.team.id;
    const [slow, other] = [await memberOf(hub, who.viewer, room), await memberOf(hub, who.host, room)];
    const dropped = (): number => socketCounts(hub.base)!.endingsTotal.slow;
    (slow.socket.io.engine.transport as unknown as { ws: { _socket: { pause(): void } } }).ws._socket.pause();
    let posts = 0;
    // What the system's own buffers hold comes first, some megabytes.
    for (; posts < 3000 && dropped() === 0; posts += 20) {
      await Promise.all(Array.from({ length: 20 }, (_none, n) => posted(who.owner, room, `${posts + n} ${'long '.repeat(3000)}`)));
      await pause(1);
    }
    expect(dropped()).toBe(1);
    await posted(who.owner, room, 'the last');
    await other.hears('posted', ({ post }) => post.message === 'the last');
    expect(other.heard('posted')).toHaveLength(posts + 1);
    expect(other.socket.connected).toBe(true);
  });
});
