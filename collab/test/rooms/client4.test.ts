import { afterAll, describe, expect, it } from '@jest/globals';
import { Client4 as Client4Class } from '@mattermost/client';
import type { Post } from '@mattermost/types/posts';
import { makeWorld } from '../support/world.ts';

// @mattermost/client 11.9 as it is, against a real hub. Every function that is called here works; their answers have the types of @mattermost/types.

const world = await makeWorld();
const { who, sessions, hub, team } = world;
const room = sessions.team.id;
const { sql } = await import('kysely');
await sql`UPDATE users SET password = ${(await (await import('../../server/auth/password.ts')).hashPassword('correct horse battery staple'))} WHERE username = 'owner'`.execute(hub.base.store);
afterAll(() => hub.stop());

const clientOf = (secret: string): Client4Class => {
  const client = new Client4Class();
  client.setUrl(hub.url);
  client.setToken(secret);
  return client;
};
const owner = clientOf(who.owner.secret);
const member = clientOf(who.member.secret);
const draft = (message: string, more: Partial<Post> = {}): Post => ({ channel_id: room, message, root_id: '', user_id: who.owner.userId, ...more }) as Post;

describe("@mattermost/client's Client4", () => {
  it('boots: login, logout, getMe, patchMe, getClientConfig, getClientLicenseOld, getMyPreferences, savePreferences, deletePreferences, getMyTeams, getMyTeamMembers, getMyTeamUnreads, getRolesByNames, getServerLimits, ping', async () => {
    const fresh = new Client4Class();
    fresh.setUrl(hub.url);
    expect(await fresh.login('owner', 'correct horse battery staple')).toMatchObject({ id: who.owner.userId, username: 'owner' });
    expect((await fresh.getMe()).username).toBe('owner');
    await fresh.logout();
    await expect(fresh.getMe()).rejects.toMatchObject({ status_code: 401, server_error_id: 'not_signed_in' });
    await expect(fresh.login('owner', 'wrong')).rejects.toMatchObject({ status_code: 401 });
    expect((await owner.patchMe({ nickname: 'The Owner' })).nickname).toBe('The Owner');
    expect(await owner.getClientConfig()).toMatchObject({ CollapsedThreads: 'always_on', EnableUserStatuses: 'true', SiteURL: 'http://hub.example' });
    expect(await owner.getClientLicenseOld()).toEqual({ IsLicensed: 'false' });
    await owner.savePreferences(who.owner.userId, [{ user_id: who.owner.userId, category: 'display_settings', name: 'theme', value: 'dark' }]);
    expect(await owner.getMyPreferences()).toEqual([{ user_id: who.owner.userId, category: 'display_settings', name: 'theme', value: 'dark' }]);
    await owner.deletePreferences(who.owner.userId, [{ user_id: who.owner.userId, category: 'display_settings', name: 'theme', value: 'dark' }]);
    expect(await owner.getMyPreferences()).toEqual([]);
    expect(await owner.getMyTeams()).toMatchObject([{ id: team.id, name: 'reds' }]);
    expect(await owner.getMyTeamMembers()).toMatchObject([{ team_id: team.id, roles: 'team_user' }]);
    expect(await owner.getMyTeamUnreads(true)).toMatchObject([{ team_id: team.id, thread_count: 0 }]);
    expect((await owner.getRolesByNames(['channel_user', 'room_viewer', 'unheard', 'constructor'])).map(({ name }) => name)).toEqual(['channel_user', 'room_viewer']);
    expect((await owner.getServerLimits()).data).toMatchObject({ maxUsersLimit: 0 });
    expect(await owner.ping(false)).toMatchObject({ status: 'OK' });
  });

  it('knows people: getUser, getUserByUsername, getProfilesByIds, getProfilesByUsernames, getProfilesInChannel, getProfilesInTeam, autocompleteUsers, getStatus, getStatusesByIds, getTeam, getTeamByName, getTeamMember', async () => {
    expect((await owner.getUser(who.host.userId)).username).toBe('host');
    expect((await owner.getUserByUsername('host')).id).toBe(who.host.userId);
    expect((await owner.getProfilesByIds([who.host.userId, who['other team'].userId])).map(({ username }) => username)).toEqual(['host']);
    expect((await owner.getProfilesByUsernames(['host', 'stranger'])).map(({ username }) => username)).toEqual(['host']);
    expect((await owner.getProfilesInChannel(room)).map(({ username }) => username)).toEqual(expect.arrayContaining(['owner', 'host', 'editor', 'viewer']));
    expect((await owner.getProfilesInTeam(team.id)).length).toBeGreaterThan(5);
    expect((await owner.autocompleteUsers('me', team.id, room)).out_of_channel?.map(({ username }) => username)).toEqual(['member']);
    expect(await owner.getStatus(who.host.userId)).toMatchObject({ user_id: who.host.userId, status: 'offline' });
    expect(await owner.getStatusesByIds([who.host.userId])).toHaveLength(1);
    expect((await owner.getTeam(team.id)).name).toBe('reds');
    expect((await owner.getTeamByName('reds')).id).toBe(team.id);
    expect((await owner.getTeamMember(team.id, who.admin.userId)).roles).toBe('team_user team_admin');
  });

  it('has rooms: getMyChannels, getMyChannelMembers, getChannels, getArchivedChannels, getChannel, getChannelByName, searchChannels, getChannelStats, getChannelsMemberCount, getChannelMembers, getChannelMember, getMyChannelMember, getChannelMembersByIds, addToChannel, addToChannels, updateChannelMemberRoles, updateChannelNotifyProps, removeFromChannel, viewMyChannel, readMultipleChannels', async () => {
    expect((await owner.getMyChannels(team.id)).map(({ id }) => id).toSorted()).toEqual([room, sessions.private.id, team.id].toSorted());
    expect((await member.getMyChannels(team.id)).map(({ id }) => id)).toEqual([team.id]);
    expect(await owner.getMyChannelMembers(team.id)).toHaveLength(3);
    expect((await member.getChannels(team.id)).map(({ id }) => id)).toEqual([team.id, room]);
    expect(await member.getArchivedChannels(team.id)).toEqual([]);
    expect(await member.getChannel(room)).toMatchObject({ id: room, type: 'O', name: sessions.team.key, props: { session: sessions.team.key } });
    expect((await owner.getChannel(sessions.private.id)).type).toBe('P');
    await expect(member.getChannel(sessions.private.id)).rejects.toMatchObject({ status_code: 404 });
    expect((await member.getChannelByName(team.id, sessions.team.key)).id).toBe(room);
    expect((await member.getChannelByName(team.id, 'team')).id).toBe(team.id);
    expect((await member.searchChannels(team.id, 'open') as { id: string }[]).map(({ id }) => id)).toEqual([room]);
    expect(await member.getChannelStats(room)).toMatchObject({ channel_id: room, member_count: 6 });
    expect(await member.getChannelsMemberCount([room, sessions.private.id])).toEqual({ [room]: 6 });
    expect((await member.getChannelMembers(room)).map(({ roles }) => roles)).toContain('channel_user channel_admin room_owner');
    expect((await owner.getMyChannelMember(room)).scheme_admin).toBe(true);
    await expect(member.getMyChannelMember(room)).rejects.toMatchObject({ status_code: 404 });
    await owner.addToChannel(who.member.userId, room);
    expect((await owner.getChannelMember(room, who.member.userId)).roles).toBe('channel_user room_editor');
    expect(await owner.getChannelMembersByIds(room, [who.member.userId])).toHaveLength(1);
    await owner.updateChannelMemberRoles(room, who.member.userId, 'channel_user channel_admin');
    expect((await member.getMyChannelMember(room)).roles).toContain('room_host');
    await member.updateChannelNotifyProps({ channel_id: room, user_id: who.member.userId, mark_unread: 'mention' } as never);
    expect((await member.getMyChannelMember(room)).notify_props.mark_unread).toBe('mention');
    await owner.removeFromChannel(who.member.userId, room);
    await expect(member.getMyChannelMember(room)).rejects.toMatchObject({ status_code: 404 });
    await owner.addToChannels([who.admin.userId], room);
    await owner.removeFromChannel(who.admin.userId, room);
    expect(await owner.viewMyChannel(room)).toMatchObject({ status: 'OK', last_viewed_at_times: { [room]: expect.any(Number) } });
    expect(await owner.readMultipleChannels([room])).toMatchObject({ status: 'OK' });
  });

  it('writes: createPost, getPost, getPostsByIds, getPosts, getPostsSince, getPostsBefore, getPostsAfter, getPostsUnread, getPostThread, getPaginatedPostThread, patchPost, updatePost, deletePost, pinPost, unpinPost, getPinnedPosts, addReaction, removeReaction, getReactionsForPost, markPostAsUnread, searchPosts, uploadFile, getFileInfosForPost, createIncomingWebhook, getIncomingWebhooks, removeIncomingWebhook', async () => {
    const posts: Post[] = [];
    for (let index = 0; index < 5; index += 1) posts.push(await owner.createPost(draft(`number ${index}`)));
    const reply = await member.createPost(draft('an answer', { root_id: posts[1]!.id }));
    expect((await owner.getPost(posts[0]!.id)).message).toBe('number 0');
    expect(await owner.getPostsByIds(posts.map(({ id }) => id))).toHaveLength(5);
    const page = await owner.getPosts(room, 0, 3);
    expect(page.order).toEqual([reply.id, posts[4]!.id, posts[3]!.id]);
    expect(page).toMatchObject({ next_post_id: '', prev_post_id: posts[2]!.id, posts: { [posts[1]!.id]: { reply_count: 1 } } });
    expect((await owner.getPosts(room, 0, 60, true, true)).order).not.toContain(reply.id);
    expect((await owner.getPostsSince(room, posts[3]!.create_at)).order).toEqual([reply.id, posts[4]!.id, posts[1]!.id]);
    expect((await owner.getPostsBefore(room, posts[2]!.id, 0, 1))).toMatchObject({ order: [posts[1]!.id], next_post_id: posts[2]!.id, prev_post_id: posts[0]!.id });
    expect((await owner.getPostsAfter(room, posts[2]!.id, 0, 1))).toMatchObject({ order: [posts[3]!.id], next_post_id: posts[4]!.id, prev_post_id: posts[2]!.id });
    expect((await member.getPostsUnread(room, 'me', 2, 2)).order.length).toBeGreaterThan(0);
    expect((await owner.getPostThread(posts[1]!.id)).order).toEqual([posts[1]!.id, reply.id]);
    expect(await owner.getPaginatedPostThread(posts[1]!.id, { perPage: 1, direction: 'down' })).toMatchObject({ has_next: false });
    expect((await owner.patchPost({ id: posts[0]!.id, message: 'patched' })).message).toBe('patched');
    expect((await owner.updatePost({ ...posts[0]!, message: 'updated' })).message).toBe('updated');
    await expect(member.patchPost({ id: posts[0]!.id, message: 'mine now' })).rejects.toMatchObject({ status_code: 403 });
    await owner.pinPost(posts[0]!.id);
    expect((await owner.getPinnedPosts(room)).order).toEqual([posts[0]!.id]);
    await owner.unpinPost(posts[0]!.id);
    await member.addReaction(who.member.userId, posts[0]!.id, '+1');
    expect(await owner.getReactionsForPost(posts[0]!.id)).toMatchObject([{ emoji_name: '+1', user_id: who.member.userId }]);
    await member.removeReaction(who.member.userId, posts[0]!.id, '+1');
    expect(await owner.getReactionsForPost(posts[0]!.id)).toEqual([]);
    expect(await member.markPostAsUnread(who.member.userId, posts[3]!.id)).toMatchObject({ channel_id: room, last_viewed_at: posts[3]!.create_at - 1 });
    expect((await owner.searchPosts(team.id, 'answer', false)).order).toEqual([reply.id]);
    const form = new FormData();
    form.append('files', new Blob(['x']), 'x.txt');
    form.append('channel_id', room);
    const { file_infos: [info] } = await owner.uploadFile(form);
    const withFile = await owner.createPost(draft('', { file_ids: [info!.id] }));
    expect(await owner.getFileInfosForPost(withFile.id)).toMatchObject([{ name: 'x.txt' }]);
    await owner.deletePost(withFile.id);
    const hook = await owner.createIncomingWebhook({ channel_id: room, display_name: 'CI', description: '' } as never);
    expect(hook.channel_id).toBe(room);
    const hooks = (await owner.getIncomingWebhooks(team.id)) as { id: string }[];
    expect(await owner.removeIncomingWebhook(hooks[0]!.id)).toMatchObject({ status: 'OK' });
  });

  it('follows threads [R12]: getUserThreads, getUserThread, updateThreadReadForUser, updateThreadsReadForUser, markThreadAsUnreadForUser, updateThreadFollowForUser', async () => {
    const root = await owner.createPost(draft('a thread'));
    const reply = await member.createPost(draft('for @owner', { root_id: root.id }));
    const list = await owner.getUserThreads('me', team.id, {});
    expect(list.threads.find(({ id }) => id === root.id)).toMatchObject({ reply_count: 1, unread_replies: 1, unread_mentions: 1, is_following: true, participants: [{ id: who.owner.userId }, { id: who.member.userId }], post: { message: 'a thread' } });
    expect(list.total_unread_mentions).toBe(1);
    await owner.updateThreadReadForUser(who.owner.userId, team.id, root.id, Date.now() + 1e9);
    expect(await owner.getUserThread(who.owner.userId, team.id, root.id)).toMatchObject({ unread_replies: 0, unread_mentions: 0 });
    await owner.markThreadAsUnreadForUser(who.owner.userId, team.id, root.id, reply.id);
    expect(await owner.getUserThreads('me', team.id, { totalsOnly: true })).toMatchObject({ total: 2, total_unread_threads: 2 }); // the answer of before, too
    await owner.updateThreadsReadForUser(who.owner.userId, team.id);
    expect(await owner.getUserThreads('me', team.id, { unread: true })).toMatchObject({ threads: [], total_unread_threads: 0 });
    await owner.updateThreadFollowForUser(who.owner.userId, team.id, root.id, false);
    await member.createPost(draft('more', { root_id: root.id }));
    expect((await owner.getUserThreads('me', team.id, {})).threads.map(({ id }) => id)).not.toContain(root.id); // who unfollowed is left in peace
    await owner.updateThreadFollowForUser(who.owner.userId, team.id, root.id, true);
    expect((await owner.getUserThreads('me', team.id, {})).threads.map(({ id }) => id)).toContain(root.id);
  });
});
