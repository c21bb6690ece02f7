import { z } from 'zod';
import { teamRolesOf } from '../../access/find.ts';
import type { Base } from '../../base.ts';
import { Refusal, badRequest, forbidden } from '../../routes/errors.ts';
import type { Ask, Route } from '../../routes/route.ts';
import type { Presence } from '../live/presence.ts';
import { profileOf, profilesNamed, profilesOf, teamRoles } from '../chat/people.ts';
import { threadTotals } from '../chat/user-threads.ts';
import { unreadOf } from '../chat/read.ts';
import { myRooms } from '../my-rooms.ts';
import { membersOf } from '../members.ts';
import { findRoom } from '../room.ts';
import { roleNamed } from './roles.ts';
import { toldTo } from '../told.ts';
import type { Told } from '../told.ts';
import { anId, flag, ids, number, ok, paged, v4 } from './v4.ts';

export interface BootParts {
  readonly base: Base;
  readonly presence: Presence;
  readonly tell: (told: Told) => void;
  /** Signs in and out as /api/v1/auth does. */
  readonly auth: readonly Route[];
}

/** What a Mattermost client asks before it shows anything: who am I, my teams, preferences, people. */
export const bootRoutes = ({ base, presence, tell, auth }: BootParts): readonly Route[] => [
  v4('post', '/api/v4/users/login', {
    access: { who: 'everybody' }, perMinute: 120, body: z.object({ login_id: z.string().min(1).max(320), password: z.string().min(1).max(1024) }),
    handle: async (ask) => {
      const answer = (await authRoute(auth, '/api/v1/auth/login').handle({ ...ask, body: { username: ask.body.login_id.toLowerCase(), password: ask.body.password, as: 'token' } })) as { token: string; account: { id: string } };
      ask.response.set('Token', answer.token);
      return meOf(base, answer.account.id);
    },
  }),
  v4('post', '/api/v4/users/logout', { scope: 'read', handle: async (ask) => { await authRoute(auth, '/api/v1/auth/logout').handle(ask); return ok; } }),

  v4('get', '/api/v4/users/me', { handle: ({ person }) => meOf(base, person.userId) }),
  v4('put', '/api/v4/users/me/patch', {
    body: z.object({ nickname: z.string().trim().min(1).max(64).regex(/^[^\x00-\x1f\x7f]+$/, 'control characters').exactOptional() }),
    handle: async ({ person, body }) => {
      if (body.nickname !== undefined) await base.store.updateTable('users').set({ display_name: body.nickname }).where('id', '=', person.userId).execute();
      return meOf(base, person.userId);
    },
  }),
  v4('get', '/api/v4/config/client', { access: { who: 'everybody' }, handle: () => clientConfig(base) }),
  v4('get', '/api/v4/license/client', { access: { who: 'everybody' }, handle: () => ({ IsLicensed: 'false' }) }),
  v4('get', '/api/v4/limits/server', { handle: () => ({ activeUserCount: 0, maxUsersLimit: 0, postHistoryLimit: 0, lastAccessiblePostTime: 0, singleChannelGuestCount: 0, singleChannelGuestLimit: 0 }) }),
  v4('get', '/api/v4/system/ping', { access: { who: 'everybody' }, handle: () => ok }),
  v4('post', '/api/v4/roles/names', { scope: 'read', body: ids, handle: ({ body }) => body.flatMap((name) => roleNamed(name)) }),

  ...preferenceRoutes(base, tell),
  ...teamRoutes(base),
  ...peopleRoutes(base),
  ...statusRoutes(base, presence),
];

const authRoute = (routes: readonly Route[], path: string): Route => {
  const found = routes.find((one) => one.path === path && one.method === 'post');
  if (found === undefined) throw new Refusal(404, 'not_found', 'This hub signs nobody in that way.');
  return found;
};

const meOf = async ({ store }: Base, userId: string): Promise<object> => profileOf(await store.selectFrom('users').selectAll().where('id', '=', userId).executeTakeFirstOrThrow(), userId);

// Every value is a string, as Mattermost has it; what is not named is off.
const clientConfig = ({ settings }: Base): object => ({
  Version: '11.9.0', BuildNumber: settings.version, BuildEnterpriseReady: 'false', SiteName: 'Watchroom', SiteURL: settings.publicUrl, DefaultClientLocale: 'en', AvailableLocales: '', TeammateNameDisplay: 'username',
  CollapsedThreads: 'always_on', ThreadAutoFollow: 'true', EnableUserStatuses: 'true', EnableUserTypingMessages: 'true', EnableChannelViewedMessages: 'true', EnablePublicLink: 'false', EnableFileAttachments: 'true', EnableMobileFileUpload: 'true',
  EnableMobileFileDownload: 'true', MaxFileSize: String(5 * 2 ** 20), MaxPostSize: '16383', EnableIncomingWebhooks: 'true', EnableOutgoingWebhooks: 'false', EnableCommands: 'false', EnableCustomEmoji: 'false', EnableEmojiPicker: 'true', EnableGifPicker: 'false',
  EnableLinkPreviews: 'false', EnableSVGs: 'false', EnableLatex: 'false', EnableInlineLatex: 'false', EnableUserAccessTokens: 'true', EnableCustomUserStatuses: 'false', EnableLastActiveTime: 'true', EnableSignInWithUsername: 'true', EnableSignInWithEmail: 'false',
  PostEditTimeLimit: '-1', RestrictDirectMessage: 'team', AllowSyncedDrafts: 'false', ScheduledPosts: 'false', PostPriority: 'false', EnableConfirmNotificationsToChannel: 'false', UniqueEmojiReactionLimitPerPost: '50', TimeBetweenUserTypingUpdatesMilliseconds: '5000', MaxNotificationsPerChannel: '1000',
  FeatureFlagAppsEnabled: 'false', PluginsEnabled: 'false', DiagnosticsEnabled: 'false', EnableDiagnostics: 'false', DiagnosticId: '',
});

const preference = z.object({ user_id: z.string().max(64).exactOptional(), category: z.string().min(1).max(64), name: z.string().max(128), value: z.string().max(4000).default('') });

const preferenceRoutes = ({ store }: Base, tell: (told: Told) => void): readonly Route[] => {
  const own = z.object({ user: anId });
  const mine = async (userId: string): Promise<readonly object[]> => (await store.selectFrom('chat_preferences').selectAll().where('user_id', '=', userId).execute()).map((row) => ({ user_id: row.user_id, category: row.category, name: row.name, value: row.value }));
  return [
    v4('get', '/api/v4/users/:user/preferences', { params: own, handle: (ask) => mine(ownId(ask)) }),
    v4('put', '/api/v4/users/:user/preferences', {
      params: own, body: z.array(preference).min(1).max(100),
      handle: async (ask) => {
        const userId = ownId(ask);
        if ((await mine(userId)).length + ask.body.length > 2000) throw badRequest('So many preferences are not kept. Delete some.', 'app.preference.save.limit.app_error');
        const rows = [...new Map(ask.body.map(({ category, name, value }) => [`${category}\0${name}`, { user_id: userId, category, name, value }])).values()];
        await store.insertInto('chat_preferences').values(rows).onConflict((on) => on.columns(['user_id', 'category', 'name']).doUpdateSet((of) => ({ value: of.ref('excluded.value') }))).execute();
        tell(toldTo({ event: 'preferences_changed', userId, data: { preferences: JSON.stringify(rows) } }));
        return ok;
      },
    }),
    v4('post', '/api/v4/users/:user/preferences/delete', {
      params: own, body: z.array(preference).min(1).max(100),
      handle: async (ask) => {
        const userId = ownId(ask);
        for (const { category, name } of ask.body) await store.deleteFrom('chat_preferences').where('user_id', '=', userId).where('category', '=', category).where('name', '=', name).execute();
        tell(toldTo({ event: 'preferences_deleted', userId, data: { preferences: JSON.stringify(ask.body.map((one) => ({ ...one, user_id: userId }))) } }));
        return ok;
      },
    }),
  ];
};

/** The person of the path, who can only be the asker: "me" or their id. */
export const ownId = ({ person, params }: { readonly person: Ask['person']; readonly params: { readonly user: string } }): string => {
  if (params.user !== 'me' && params.user !== person.userId) throw forbidden('That is somebody else\'s. Ask for your own: users/me.', 'api.context.permissions.app_error');
  return person.userId;
};

const teamRoutes = ({ store }: Base): readonly Route[] => {
  const myTeams = async (userId: string) => store.selectFrom('members').innerJoin('teams', 'teams.id', 'members.team_id').select(['teams.id', 'teams.name', 'teams.display_name', 'teams.created_at', 'teams.updated_at', 'members.role', 'members.user_id', 'members.joined_at'])
    .where('members.user_id', '=', userId).where('teams.deleted_at', 'is', null).orderBy('teams.name').execute();
  type Row = Awaited<ReturnType<typeof myTeams>>[number];
  const teamOf = (row: Row): object => ({ id: row.id, create_at: row.created_at, update_at: row.updated_at, delete_at: 0, display_name: row.display_name, name: row.name, description: '', email: '', type: 'I', company_name: '', allowed_domains: '', invite_id: '', allow_open_invite: false, scheme_id: '', group_constrained: false });
  const memberOf = (row: { readonly id: string; readonly user_id: string; readonly role: Row['role'] }): object => ({ team_id: row.id, user_id: row.user_id, roles: teamRoles(row.role), delete_at: 0, scheme_user: row.role !== 'guest', scheme_admin: row.role === 'admin', scheme_guest: row.role === 'guest', mention_count: 0, mention_count_root: 0, msg_count: 0, msg_count_root: 0 });
  const named = async (userId: string, team: string): Promise<Row> => {
    const row = (await myTeams(userId)).find(({ id, name }) => id === team || name === team);
    if (row === undefined) throw new Refusal(404, 'app.team.get.find.app_error', 'There is no such team of yours.');
    return row;
  };
  const team = z.object({ team: z.string().min(1).max(64) });
  return [
    v4('get', '/api/v4/users/:user/teams', { params: z.object({ user: anId }), handle: async (ask) => (await myTeams(ownId(ask))).map(teamOf) }),
    v4('get', '/api/v4/users/:user/teams/members', { params: z.object({ user: anId }), handle: async (ask) => (await myTeams(ownId(ask))).map(memberOf) }),
    v4('get', '/api/v4/users/:user/teams/unread', {
      params: z.object({ user: anId }), query: z.object({ include_collapsed_threads: flag }),
      handle: async (ask) => {
        const userId = ownId(ask);
        return Promise.all((await myTeams(userId)).map(async ({ id }) => {
          const rooms = await myRooms(store, { teamId: id, userId, now: ask.now });
          const unread = [...(await unreadOf(store, { roomIds: rooms.map((room) => room.id), userId })).values()];
          const sum = (of: 'unread' | 'unreadRoot' | 'mentions' | 'mentionsRoot'): number => unread.reduce((all, one) => all + one[of], 0);
          const threads = ask.query.include_collapsed_threads ? await threadTotals(store, { teamId: id, userId, now: ask.now }) : { unreadThreads: 0, unreadMentions: 0 };
          return { team_id: id, msg_count: sum('unread'), msg_count_root: sum('unreadRoot'), mention_count: sum('mentions'), mention_count_root: sum('mentionsRoot'), thread_count: threads.unreadThreads, thread_mention_count: threads.unreadMentions, thread_urgent_mention_count: 0 };
        }));
      },
    }),
    v4('get', '/api/v4/teams/:team', { params: team, handle: async ({ person, params }) => teamOf(await named(person.userId, params.team)) }),
    v4('get', '/api/v4/teams/name/:team', { params: team, handle: async ({ person, params }) => teamOf(await named(person.userId, params.team)) }),
    v4('get', '/api/v4/teams/:team/members/:user', {
      params: z.object({ team: anId, user: anId }),
      handle: async ({ person, params }) => {
        const { id, role } = await named(person.userId, params.team);
        const userId = params.user === 'me' ? person.userId : params.user;
        const row = role === 'guest' && userId !== person.userId ? undefined : await store.selectFrom('members').select(['team_id as id', 'user_id', 'role']).where('team_id', '=', id).where('user_id', '=', userId).executeTakeFirst();
        if (row === undefined) throw new Refusal(404, 'app.team.get_member.missing.app_error', 'There is no such member of the team.');
        return memberOf(row);
      },
    }),
  ];
};

const peopleRoutes = ({ store }: Base): readonly Route[] => {
  const inTeam = async (teamId: string, askerId: string): Promise<readonly string[]> => {
    const role = (await teamRolesOf(store, askerId)).get(teamId);
    if (role === undefined || role === 'guest') return role === undefined ? [] : [askerId];
    return (await store.selectFrom('members').innerJoin('users', 'users.id', 'members.user_id').select('members.user_id').where('members.team_id', '=', teamId).orderBy('users.username').execute()).map((row) => row.user_id);
  };
  const inRoom = async (roomId: string, userId: string, now: number): Promise<readonly string[]> => {
    const room = await findRoom(store, { roomId, userId, now });
    return room === undefined ? [] : (await membersOf(store, room)).map((one) => one.userId);
  };
  const ordered = async (wanted: readonly string[], askerId: string, now: number): Promise<readonly object[]> => {
    const found = new Map((await profilesOf(store, { ids: wanted, askerId, now })).map((profile) => [profile.id, profile]));
    return wanted.flatMap((id) => found.get(id) ?? []);
  };
  return [
    v4('get', '/api/v4/users', {
      query: z.object({ in_channel: anId.exactOptional(), in_team: anId.exactOptional(), not_in_channel: anId.exactOptional(), ...paged }),
      handle: async ({ person, query, now }) => {
        const wanted = query.in_channel !== undefined ? await inRoom(query.in_channel, person.userId, now) : await inTeam(query.in_team ?? '', person.userId);
        const without = new Set(query.not_in_channel === undefined ? [] : await inRoom(query.not_in_channel, person.userId, now));
        return ordered(wanted.filter((id) => !without.has(id)).slice(query.page * query.per_page, (query.page + 1) * query.per_page), person.userId, now);
      },
    }),
    v4('post', '/api/v4/users/ids', { scope: 'read', body: ids, handle: ({ person, body, now }) => ordered([...new Set(body)], person.userId, now) }),
    v4('post', '/api/v4/users/usernames', { scope: 'read', body: ids, handle: ({ person, body }) => profilesNamed(store, { names: body.map((name) => name.toLowerCase()), askerId: person.userId }) }),
    v4('get', '/api/v4/users/username/:name', {
      params: z.object({ name: z.string().min(1).max(64) }),
      handle: async ({ person, params }) => (await profilesNamed(store, { names: [params.name.toLowerCase()], askerId: person.userId }))[0] ?? noUser(),
    }),
    v4('get', '/api/v4/users/autocomplete', {
      query: z.object({ in_team: anId.exactOptional(), in_channel: anId.exactOptional(), name: z.string().max(64).default(''), limit: number(1, 100, 25) }),
      handle: async ({ person, query, now }) => {
        const typed = query.name.toLowerCase();
        const fits = (one: { username?: string; nickname?: string }): boolean => one.username!.startsWith(typed) || one.nickname!.toLowerCase().split(/\s+/).some((word) => word.startsWith(typed));
        const room = query.in_channel === undefined ? undefined : await findRoom(store, { roomId: query.in_channel, userId: person.userId, now });
        const members = room === undefined ? [] : (await membersOf(store, room)).map(({ userId }) => userId);
        const team = await inTeam(query.in_team ?? room?.teamId ?? '', person.userId);
        const users = (await ordered(room === undefined ? team : members, person.userId, now)).filter(fits).slice(0, query.limit);
        const outside = room === undefined ? [] : (await ordered(team.filter((id) => !members.includes(id)), person.userId, now)).filter(fits).slice(0, query.limit);
        return { users, ...(room === undefined ? {} : { out_of_channel: outside }) };
      },
    }),
    v4('get', '/api/v4/users/:user', { params: z.object({ user: anId }), handle: async ({ person, params, now }) => (params.user === 'me' ? meOf({ store } as Base, person.userId) : ((await ordered([params.user], person.userId, now))[0] ?? noUser())) }),
  ];
};

const noUser = (): never => { throw new Refusal(404, 'app.user.missing_account.const', 'There is no such person whom you share a team with.'); };

const statusRoutes = ({ store }: Base, presence: Presence): readonly Route[] => {
  const known = async (wanted: readonly string[], askerId: string, now: number): Promise<readonly object[]> => (await profilesOf(store, { ids: wanted, askerId, now })).map(({ id, is_bot: isBot }) => presence.statusOf(id, isBot));
  return [
    v4('post', '/api/v4/users/status/ids', { scope: 'read', body: ids, handle: ({ person, body, now }) => known(body, person.userId, now) }),
    v4('get', '/api/v4/users/:user/status', { params: z.object({ user: anId }), handle: async ({ person, params, now }) => (await known([params.user === 'me' ? person.userId : params.user], person.userId, now))[0] ?? noUser() }),
  ];
};
