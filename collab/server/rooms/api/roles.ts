/** What each role may do in Mattermost's words; the page's buttons follow them, the hub's permission table decides [R8]. */
const permissions: Readonly<Record<string, readonly string[]>> = {
  system_user: ['list_public_teams', 'create_user_access_token', 'read_user_access_token', 'revoke_user_access_token'],
  system_admin: ['manage_system', 'create_team'],
  system_guest: [],
  team_user: ['view_team', 'list_team_channels', 'join_public_channels', 'read_public_channel', 'view_members'],
  team_viewer: ['view_team', 'list_team_channels', 'read_public_channel', 'view_members'],
  team_guest: ['view_team'],
  team_admin: ['manage_team', 'manage_team_roles', 'add_user_to_team', 'remove_user_from_team', 'invite_user'],
};
const writing = ['read_channel', 'read_channel_content', 'create_post', 'upload_file', 'add_reaction', 'remove_reaction', 'edit_post', 'delete_post', 'use_channel_mentions'];
const leading = ['delete_others_posts', 'manage_channel_roles', 'manage_public_channel_members', 'manage_private_channel_members', 'manage_incoming_webhooks'];
const rooms: Readonly<Record<string, readonly string[]>> = {
  channel_user: writing, channel_guest: ['read_channel', 'read_channel_content'], channel_admin: [...writing, ...leading],
  room_owner: [...writing, ...leading, 'manage_public_channel_properties', 'delete_public_channel', 'delete_private_channel'], room_host: [...writing, ...leading], room_editor: writing,
  room_guest_editor: writing, room_admin: [...writing, ...leading, 'delete_public_channel', 'delete_private_channel'], room_viewer: ['read_channel', 'read_channel_content'],
};

/** The role of that name, if there is one. */
export const roleNamed = (name: string): readonly object[] => {
  const found = permissions[name] ?? rooms[name];
  return found === undefined || !Object.hasOwn({ ...permissions, ...rooms }, name) ? [] : [{ id: name, name, display_name: name.replaceAll('_', ' '), description: '', create_at: 0, update_at: 0, delete_at: 0, permissions: found, scheme_managed: true, built_in: true }];
};
