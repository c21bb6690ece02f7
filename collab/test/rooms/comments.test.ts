import { afterAll, afterEach, describe, expect, it } from '@jest/globals';
import { closeSockets } from '../sockets/a-socket.ts';
import { makeWorld } from '../support/world.ts';
import type { Who } from '../support/world.ts';
import { memberOf } from './a-member.ts';
import { postTo, posted } from './posting.ts';

const world = await makeWorld();
const { who, sessions, hub } = world;
const room = sessions.team.id;
const at = `/api/v1/sessions/${sessions.team.key}/comments`;
afterEach(closeSockets);
afterAll(() => hub.stop());

const comment = (by: Who, path: string, startLine: number, message = 'why this?') => posted(who[by], room, message, { type: 'custom_code_comment', props: { anchor: { path, startLine } } });
const commentsAt = async (query = '') => (await who.viewer.ask('GET', at + query)).body;

describe('[C5] comments at path:line', () => {
  it('are posts with an anchor, in the chat and in the list of the file', async () => {
    const post = await posted(who.member, room, 'This swallows the error', { type: 'custom_code_comment', props: { anchor: { path: 'src/auth.ts', side: 'left', startLine: 125, endLine: 127 }, note: 1 } });
    expect(post).toMatchObject({ type: 'custom_code_comment', props: { note: 1 }, metadata: { anchor: { path: 'src/auth.ts', side: 'left', startLine: 125, endLine: 127, state: 'typed' } } });
    await posted(who.host, room, 'It does', { root_id: post.id });
    await comment('host', 'src/b.ts', 3);
    const { comments, openByFile } = await commentsAt();
    expect(openByFile).toEqual({ 'src/auth.ts': 1, 'src/b.ts': 1 });
    expect(comments).toMatchObject([{ id: post.id, user: who.member.userId, replies: 1, open: true, anchor: { startLine: 125 } }, { anchor: { path: 'src/b.ts', startLine: 3, endLine: 3, side: 'right' } }]);
    expect((await commentsAt('?path=src/auth.ts')).comments).toHaveLength(1);
    const page = (await who.viewer.ask('GET', `/api/v4/channels/${room}/posts`)).body;
    expect(page.posts[post.id].metadata.anchor.path).toBe('src/auth.ts');
  });

  it.each([
    ['no anchor', undefined], ['no path', { startLine: 1 }], ['line 0', { path: 'a', startLine: 0 }], ['an end before its start', { path: 'a', startLine: 5, endLine: 4 }],
    ['a way out', { path: '../etc/passwd', startLine: 1 }], ['a control character', { path: 'a\u0000', startLine: 1 }], ['another side', { path: 'a', startLine: 1, side: 'up' }],
  ])('[R11] with %s is refused', async (_what, anchor) => {
    const answer = await postTo(who.owner, room, 'hm', { type: 'custom_code_comment', props: { anchor } });
    expect(answer).toMatchObject({ status: 400, body: { id: 'invalid_input', message: expect.stringContaining('props.anchor') } });
  });

  it('are resolved and opened again, by their author and whoever runs the room, live and under a number', async () => {
    const mine = await comment('member', 'src/c.ts', 1);
    const viewer = await memberOf(hub, who.viewer, room);
    expect((await who.member.ask('PUT', `${at}/${mine.id}/resolved`)).body.metadata.anchor).toMatchObject({ resolvedBy: who.member.userId });
    const { post } = await viewer.hears('post_edited');
    expect(post).toMatchObject({ id: mine.id, metadata: { anchor: { resolvedAt: expect.any(Number) } } });
    expect(post.room_seq).toBeGreaterThan(mine.room_seq);
    expect((await commentsAt('?state=open')).comments.map(({ id }: { id: string }) => id)).not.toContain(mine.id);
    expect((await commentsAt('?state=resolved')).comments.map(({ id }: { id: string }) => id)).toEqual([mine.id]);
    expect((await who.host.ask('DELETE', `${at}/${mine.id}/resolved`)).status).toBe(200);
    expect((await commentsAt('?state=resolved')).comments).toEqual([]);
  });

  it('[R8] others\' are resolved by owner, host, editor and admin alone', async () => {
    const theirs = await comment('owner', 'src/d.ts', 1);
    const statuses: Record<string, number> = {};
    for (const one of ['owner', 'host', 'editor', 'admin', 'member', 'guest editor', 'viewer', 'team viewer', 'guest viewer', 'other team'] as const) statuses[one] = (await who[one].ask('PUT', `${at}/${theirs.id}/resolved`)).status;
    expect(statuses).toEqual({ owner: 200, host: 200, editor: 200, admin: 200, member: 403, 'guest editor': 403, viewer: 403, 'team viewer': 403, 'guest viewer': 403, 'other team': 404 });
  });

  it('go with their post', async () => {
    const post = await comment('owner', 'src/gone.ts', 1);
    await who.owner.ask('DELETE', `/api/v4/posts/${post.id}`);
    expect((await commentsAt('?path=src/gone.ts')).comments).toEqual([]);
    expect((await who.owner.ask('PUT', `${at}/${post.id}/resolved`)).status).toBe(404);
  });
});
