import { afterAll, afterEach, describe, expect, it } from '@jest/globals';
import { closeSockets } from '../sockets/a-socket.ts';
import { until } from '../../../exporter/test/servers.ts';
import { makeWorld } from '../support/world.ts';
import { memberOf } from './a-member.ts';
import { posted } from './posting.ts';

// mattermost-redux 11.9 as it is: its actions ask a real hub through its global Client4, its selectors read what came. (Its websocket handling is no part of the package: the page has a bridge.)

Object.assign(globalThis, { window: globalThis }); // the store wants window.setInterval
const { Client4 } = await import('mattermost-redux/client');
const { default: made } = await import('mattermost-redux/store');
const configureStore = ((made as unknown as { default?: typeof made }).default ?? made) as unknown as (with_: object) => { dispatch: (action: unknown) => Promise<{ data?: any; error?: any }>; getState: () => any }; // eslint-disable-line @typescript-eslint/no-explicit-any
const users = await import('mattermost-redux/actions/users');
const general = await import('mattermost-redux/actions/general');
const channels = await import('mattermost-redux/actions/channels');
const posts = await import('mattermost-redux/actions/posts');
const threads = await import('mattermost-redux/actions/threads');
const teams = await import('mattermost-redux/actions/teams');
const roles = await import('mattermost-redux/actions/roles');
const search = await import('mattermost-redux/actions/search');
const preferences = await import('mattermost-redux/actions/preferences');
const files = await import('mattermost-redux/actions/files');
const { getAllPosts, getPostIdsInChannel } = await import('mattermost-redux/selectors/entities/posts');
const { getMyChannelMember } = await import('mattermost-redux/selectors/entities/channels');
const { haveIChannelPermission } = await import('mattermost-redux/selectors/entities/roles');
const { getThread } = await import('mattermost-redux/selectors/entities/threads');
const { isCollapsedThreadsEnabled } = await import('mattermost-redux/selectors/entities/preferences');

const world = await makeWorld();
const { who, sessions, hub, team } = world;
const room = sessions.team.id;
afterEach(closeSockets);
afterAll(() => hub.stop());
Client4.setUrl(hub.url);

/** A store of somebody who has just opened the page. */
const storeOf = async (name: 'owner' | 'member' | 'viewer') => {
  Client4.setToken(who[name].secret);
  const store = configureStore({ appReducers: {}, preloadedState: {}, getAppReducers: () => ({}) });
  await store.dispatch(general.setServerVersion('11.9.0')); // a websocket's hello told it; without, roles are never asked for
  expect(await store.dispatch(users.loadMe())).toEqual({ data: true });
  await store.dispatch(teams.selectTeam(team.id));
  return store;
};
const messages = (store: { getState: () => any }): readonly string[] => (getPostIdsInChannel(store.getState(), room) ?? []).map((id: string) => getAllPosts(store.getState())[id]!.message); // eslint-disable-line @typescript-eslint/no-explicit-any

describe("mattermost-redux's actions", () => {
  it('boot: loadMe, selectTeam, fetchChannelsAndMembers, getChannelStats, loadRolesIfNeeded, getProfilesInChannel, getStatusesByIds, getMissingProfilesByIds, savePreferences', async () => {
    const store = await storeOf('owner');
    expect((await store.dispatch(channels.fetchChannelsAndMembers(team.id))).error).toBeUndefined();
    const { entities } = store.getState();
    expect(entities.users.currentUserId).toBe(who.owner.userId);
    expect(Object.keys(entities.channels.channels).toSorted()).toEqual([room, sessions.private.id, team.id].toSorted());
    expect(isCollapsedThreadsEnabled(store.getState())).toBe(true);
    await store.dispatch(channels.getChannelStats(room));
    expect(store.getState().entities.channels.stats[room].member_count).toBe(6);
    await store.dispatch(users.getProfilesInChannel(room, 0));
    await store.dispatch(users.getStatusesByIds([who.host.userId]));
    expect(store.getState().entities.users.statuses[who.host.userId]).toBe('offline');
    await store.dispatch(users.getMissingProfilesByIds([who.admin.userId, 'watchroom']));
    expect(store.getState().entities.users.profiles.watchroom).toMatchObject({ username: 'watchroom', is_bot: true });
    await store.dispatch(preferences.savePreferences(who.owner.userId, [{ user_id: who.owner.userId, category: 'watchroom', name: 'mute', value: 'yes' }]));
    expect((await Client4.getMyPreferences())).toHaveLength(1);
  });

  it('[R8] haveIChannelPermission follows the roles that the hub tells', async () => {
    for (const [name, may] of [['owner', true], ['viewer', false]] as const) {
      const store = await storeOf(name);
      await store.dispatch(channels.fetchChannelsAndMembers(team.id));
      const { roles: mine } = getMyChannelMember(store.getState(), room)!;
      await store.dispatch(roles.loadRolesIfNeeded([...mine.split(' '), 'system_user', 'team_user', 'team_viewer']));
      await until(() => haveIChannelPermission(store.getState(), team.id, room, 'read_channel'), 2000);
      expect(haveIChannelPermission(store.getState(), team.id, room, 'create_post')).toBe(may);
      expect(haveIChannelPermission(store.getState(), team.id, room, 'delete_others_posts')).toBe(may);
    }
  });

  it('[R3] createPost: the optimistic post, the answer and the echo are one post', async () => {
    const store = await storeOf('owner');
    const socket = await memberOf(hub, who.owner, room);
    await store.dispatch(posts.getPosts(room));
    await store.dispatch(posts.createPost({ channel_id: room, message: 'optimistic', user_id: who.owner.userId, root_id: '', props: {}, metadata: {} } as never));
    expect(messages(store)).toContain('optimistic'); // at once
    const { post } = await socket.hears('posted', ({ post: { message } }) => message === 'optimistic');
    store.dispatch(posts.receivedNewPost(post, true));
    await until(() => getAllPosts(store.getState())[post.id] !== undefined, 2000);
    store.dispatch(posts.receivedNewPost(post, true));
    expect(messages(store).filter((message) => message === 'optimistic')).toHaveLength(1);
  });

  it('getPosts, editPost, pinPost, unpinPost, addReaction, removeReaction, deletePost, getPostThread, setUnreadPost', async () => {
    const store = await storeOf('owner');
    const first = await posted(who.owner, room, 'first');
    const answer = await posted(who.member, room, 'answer', { root_id: first.id });
    await store.dispatch(posts.getPosts(room));
    await store.dispatch(posts.editPost({ id: first.id, message: 'edited' } as never));
    await store.dispatch(posts.pinPost(first.id));
    await store.dispatch(posts.addReaction(first.id, 'tada'));
    await store.dispatch(posts.getPostThread(first.id));
    const state = store.getState();
    expect(getAllPosts(state)[first.id]).toMatchObject({ message: 'edited', is_pinned: true, reply_count: 1 });
    expect(state.entities.posts.postsInThread[first.id]).toEqual([answer.id]);
    expect(Object.keys(state.entities.posts.reactions[first.id])).toEqual([`${who.owner.userId}-tada`]);
    await store.dispatch(posts.removeReaction(first.id, 'tada'));
    await store.dispatch(posts.unpinPost(first.id));
    expect((await store.dispatch(posts.setUnreadPost(who.owner.userId, first.id))).error).toBeUndefined();
    await store.dispatch(posts.deletePost(getAllPosts(store.getState())[first.id] as never));
    await until(async () => (await who.owner.ask('GET', `/api/v4/posts/${first.id}`)).status === 404, 2000);
    expect(getAllPosts(store.getState())[first.id]).toMatchObject({ state: 'DELETED' });
  });

  it('[R2] getPostsSince brings back what was missed: new, edited, deleted', async () => {
    const store = await storeOf('member');
    const [kept, edited, deleted] = [await posted(who.owner, room, 'kept'), await posted(who.owner, room, 'to edit'), await posted(who.owner, room, 'to delete')];
    await store.dispatch(posts.getPosts(room));
    await who.owner.ask('PUT', `/api/v4/posts/${edited.id}/patch`, { message: 'was edited' });
    await who.owner.ask('DELETE', `/api/v4/posts/${deleted.id}`);
    await posted(who.owner, room, 'while away');
    await store.dispatch(posts.getPostsSince(room, deleted.create_at));
    expect(messages(store).filter((message) => ['kept', 'to edit', 'was edited', 'to delete', 'while away'].includes(message))).toEqual(['while away', 'was edited', 'kept']);
    expect(getAllPosts(store.getState())[kept.id]).toBeDefined();
    expect(getAllPosts(store.getState())[deleted.id]?.state).toBe('DELETED');
  });

  it('[R12] fetchThreads, getThreadsForCurrentTeam, getThread, updateThreadRead, setThreadFollow; getPostsUnread, readMultipleChannels', async () => {
    const root = await posted(who.owner, room, 'thread root');
    await posted(who.member, room, 'a reply', { root_id: root.id });
    const store = await storeOf('owner');
    await store.dispatch(threads.getThreadsForCurrentTeam());
    expect(getThread(store.getState(), root.id)).toMatchObject({ unread_replies: 1, is_following: true });
    await store.dispatch(threads.getThread(who.owner.userId, team.id, root.id));
    await store.dispatch(threads.updateThreadRead(who.owner.userId, team.id, root.id, Date.now() + 1e7));
    expect((await store.dispatch(threads.fetchThreads(who.owner.userId, team.id, { unread: true }))).data.threads.map(({ id }: { id: string }) => id)).not.toContain(root.id);
    await store.dispatch(threads.setThreadFollow(who.owner.userId, team.id, root.id, false));
    expect((await store.dispatch(threads.fetchThreads(who.owner.userId, team.id))).data.threads.map(({ id }: { id: string }) => id)).not.toContain(root.id);
    expect((await store.dispatch(posts.getPostsUnread(room))).error).toBeUndefined();
    expect((await store.dispatch(channels.readMultipleChannels([room]))).error).toBeUndefined();
  });

  it('searchPostsWithParams, getFilesForPost', async () => {
    const store = await storeOf('member');
    const post = await posted(who.owner, room, 'giraffes in the garden');
    await store.dispatch(search.searchPostsWithParams(team.id, { terms: 'giraffes', is_or_search: false, include_deleted_channels: false, page: 0, per_page: 20 } as never));
    expect(store.getState().entities.search.results).toEqual([post.id]);
    expect((await store.dispatch(files.getFilesForPost(post.id))).error).toBeUndefined();
  });
});
