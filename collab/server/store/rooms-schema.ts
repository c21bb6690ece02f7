// What the hub keeps of rooms. The id of a session's room is the session's id, that of a team's room the team's: whoever knows one knows the other.

export interface RoomsDatabase {
  rooms: RoomTable;
  room_members: RoomMemberTable;
  posts: PostTable;
  /** (user, pending_post_id) → post, for 24 h [R1]. */
  pending_posts: { user_id: string; pending_post_id: string; post_id: string; body_hash: string; created_at: number };
  post_words: { word: string; post_id: string; room_id: string; create_at: number };
  reactions: { post_id: string; user_id: string; emoji_name: string; room_id: string; create_at: number };
  mentions: { post_id: string; user_id: string; room_id: string; root_id: string; create_at: number };
  thread_follows: { root_id: string; user_id: string; room_id: string; following: 0 | 1; last_viewed_at: number; last_update_at: number };
  files: FileTable;
  comments: CommentTable;
  alerts: AlertTable;
  alert_tokens: { id: string; team_id: string; name: string; hash: string; created_by: string; created_at: number; last_used_at: number | null; revoked_at: number | null };
  incoming_hooks: { id: string; hash: string; room_id: string; user_id: string; name: string; description: string; created_at: number; deleted_at: number | null };
  chat_preferences: { user_id: string; category: string; name: string; value: string };
}

export interface RoomTable {
  id: string;
  kind: 'session' | 'team';
  team_id: string;
  session_id: string | null;
  /** roomSeq [R2]: the number of the last change, given under this row in the transaction of the change. */
  seq: number;
  /** Time of the last change; strictly increasing, so that create_at and update_at order as roomSeq does. */
  last_at: number;
  last_post_at: number;
  last_root_post_at: number;
  /** Posts ever written, deleted ones included, as Mattermost counts them. */
  total_posts: number;
  total_root_posts: number;
  created_at: number;
}

/** Somebody who joined: it gives no rights, it says whose list the room is in and what they have read. */
export interface RoomMemberTable {
  room_id: string;
  user_id: string;
  joined_at: number;
  last_viewed_at: number;
  notify_props: string;
  last_update_at: number;
}

export interface PostTable {
  id: string;
  room_id: string;
  /** roomSeq of its last change. */
  seq: number;
  user_id: string;
  /** '' for a root, as in Mattermost. */
  root_id: string;
  type: string;
  message: string;
  props: string;
  file_ids: string;
  pending_post_id: string;
  is_pinned: 0 | 1;
  reply_count: number;
  last_reply_at: number;
  create_at: number;
  update_at: number;
  edit_at: number;
  delete_at: number;
}

export interface FileTable {
  id: string;
  room_id: string;
  user_id: string;
  /** null: uploaded, not yet posted. */
  post_id: string | null;
  name: string;
  extension: string;
  mime_type: string;
  size: number;
  width: number;
  height: number;
  data: Uint8Array;
  create_at: number;
  delete_at: number;
}

/**
 * Where a comment is anchored. path, side and lines are as it was written; commit, blob, excerpt and context come from the shared file, if its content is shared.
 * `now_*` say where it stands after re-anchoring [R6]; null: where it was written.
 */
export interface CommentTable {
  post_id: string;
  room_id: string;
  path: string;
  side: 'left' | 'right';
  start_line: number;
  end_line: number;
  commit_id: string | null;
  blob_id: string | null;
  excerpt: string | null;
  context: string | null;
  /** typed: at a path:line somebody typed, without content to compare with. */
  state: 'typed' | 'exact' | 'moved' | 'outdated' | 'unshared';
  now_path: string | null;
  now_start_line: number | null;
  now_end_line: number | null;
  resolved_at: number | null;
  resolved_by: string | null;
  create_at: number;
}

/** One alert from its start to its end [R10]. */
export interface AlertTable {
  id: string;
  team_id: string;
  room_id: string;
  post_id: string;
  fingerprint: string;
  starts_at: number;
  ends_at: number | null;
  status: 'firing' | 'resolved';
  name: string;
  severity: string | null;
  labels: string;
  annotations: string;
  /** How often Alertmanager told of it. */
  told: number;
  last_told_at: number;
  acked_by: string | null;
  acked_at: number | null;
  silence_id: string | null;
  silence_until: number | null;
  /** By whom it was silenced in Alertmanager itself. */
  silenced_by: string | null;
}
