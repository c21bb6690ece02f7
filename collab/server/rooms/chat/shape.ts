import type { Store, Work } from '../../store/open.ts';
import type { CommentTable, FileTable, PostTable } from '../../store/rooms-schema.ts';

/** A post as Mattermost's API tells it, with the room's event number and, of a comment, where it is anchored. */
export interface Post {
  readonly id: string;
  readonly create_at: number;
  readonly update_at: number;
  readonly edit_at: number;
  readonly delete_at: number;
  readonly is_pinned: boolean;
  readonly user_id: string;
  readonly channel_id: string;
  readonly root_id: string;
  readonly original_id: string;
  readonly message: string;
  readonly type: string;
  readonly props: Readonly<Record<string, unknown>>;
  readonly hashtags: string;
  readonly pending_post_id: string;
  readonly reply_count: number;
  readonly last_reply_at: number;
  readonly participants: null;
  readonly file_ids?: readonly string[];
  readonly state?: 'DELETED';
  readonly room_seq: number;
  readonly metadata: {
    readonly embeds: readonly never[];
    readonly emojis: readonly never[];
    readonly images: Readonly<Record<string, never>>;
    readonly files: readonly FileInfo[];
    readonly reactions: readonly Reaction[];
    readonly anchor?: Anchor;
  };
}

export interface Reaction {
  readonly user_id: string;
  readonly post_id: string;
  readonly emoji_name: string;
  readonly create_at: number;
  readonly update_at: number;
  readonly delete_at: 0;
  readonly channel_id: string;
}

export interface FileInfo {
  readonly id: string;
  readonly user_id: string;
  readonly channel_id: string;
  readonly post_id?: string;
  readonly create_at: number;
  readonly update_at: number;
  readonly delete_at: number;
  readonly name: string;
  readonly extension: string;
  readonly size: number;
  readonly mime_type: string;
  readonly width: number;
  readonly height: number;
  readonly has_preview_image: boolean;
  readonly archived: boolean;
}

/** Where a comment stands. Absent: unknown, or its content is not shared. */
export interface Anchor {
  readonly path: string;
  readonly side: 'left' | 'right';
  readonly startLine: number;
  readonly endLine: number;
  readonly state: CommentTable['state'];
  readonly commit?: string;
  readonly excerpt?: string;
  /** Where these lines are now, if they moved. */
  readonly now?: { readonly path: string; readonly startLine: number; readonly endLine: number };
  readonly resolvedAt?: number;
  readonly resolvedBy?: string;
}

/** Posts with everything that belongs to them, in the order of the rows. */
export const postsOf = async (store: Store | Work, rows: readonly PostTable[]): Promise<readonly Post[]> => {
  const ids = rows.filter(({ delete_at: deleted }) => deleted === 0).map(({ id }) => id);
  const withFiles = rows.filter((row) => row.file_ids !== '[]' && row.delete_at === 0).map(({ id }) => id);
  const comments = rows.filter((row) => row.type === commentType && row.delete_at === 0).map(({ id }) => id);
  const reactions = ids.length === 0 ? [] : await store.selectFrom('reactions').selectAll().where('post_id', 'in', ids).orderBy('create_at').execute();
  const files = withFiles.length === 0 ? [] : await store.selectFrom('files').select(fileColumns).where('post_id', 'in', withFiles).where('delete_at', '=', 0).execute();
  const anchors = comments.length === 0 ? [] : await store.selectFrom('comments').selectAll().where('post_id', 'in', comments).execute();
  const reactionsOf = Map.groupBy(reactions, (row) => row.post_id);
  const filesOf = Map.groupBy(files, (row) => row.post_id);
  const anchorOf = new Map(anchors.map((row) => [row.post_id, row]));
  return rows.map((row) => shaped(row, { reactions: (reactionsOf.get(row.id) ?? []).map(reactionOf), files: (filesOf.get(row.id) ?? []).map(fileInfoOf), anchor: anchorOf.get(row.id) }));
};

/** A post that was written just now: nobody has reacted to it. */
export const newPostOf = async (work: Work, row: PostTable): Promise<Post> =>
  row.file_ids === '[]' && row.type !== commentType ? shaped(row, { reactions: [], files: [], anchor: undefined }) : (await postsOf(work, [row]))[0]!;

/** The type of a comment at path:line: the only one of its kind that people may send. */
export const commentType = 'custom_code_comment';

const shaped = (row: PostTable, { reactions, files, anchor }: { readonly reactions: readonly Reaction[]; readonly files: readonly FileInfo[]; readonly anchor: CommentTable | undefined }): Post => {
  const fileIds = JSON.parse(row.file_ids) as string[];
  return {
    id: row.id, create_at: row.create_at, update_at: row.update_at, edit_at: row.edit_at, delete_at: row.delete_at, is_pinned: row.is_pinned === 1, user_id: row.user_id, channel_id: row.room_id, root_id: row.root_id, original_id: '',
    message: row.message, type: row.type, props: JSON.parse(row.props) as Record<string, unknown>, hashtags: '', pending_post_id: row.pending_post_id, reply_count: row.reply_count, last_reply_at: row.last_reply_at, participants: null,
    ...(fileIds.length > 0 ? { file_ids: fileIds } : {}),
    ...(row.delete_at > 0 ? { state: 'DELETED' } : {}),
    room_seq: row.seq,
    metadata: { embeds: [], emojis: [], images: {}, files, reactions, ...(anchor ? { anchor: anchorOf(anchor) } : {}) },
  };
};

export const anchorOf = (row: CommentTable): Anchor => ({
  path: row.path, side: row.side, startLine: row.start_line, endLine: row.end_line, state: row.state,
  ...(row.commit_id === null ? {} : { commit: row.commit_id }),
  ...(row.excerpt === null ? {} : { excerpt: row.excerpt }),
  ...(row.now_start_line === null || row.now_end_line === null ? {} : { now: { path: row.now_path ?? row.path, startLine: row.now_start_line, endLine: row.now_end_line } }),
  ...(row.resolved_at === null ? {} : { resolvedAt: row.resolved_at }),
  ...(row.resolved_by === null ? {} : { resolvedBy: row.resolved_by }),
});

export const reactionOf = (row: { readonly user_id: string; readonly post_id: string; readonly emoji_name: string; readonly create_at: number; readonly room_id: string }): Reaction =>
  ({ user_id: row.user_id, post_id: row.post_id, emoji_name: row.emoji_name, create_at: row.create_at, update_at: row.create_at, delete_at: 0, channel_id: row.room_id });

/** Everything of a file but its content. */
export const fileColumns = ['id', 'room_id', 'user_id', 'post_id', 'name', 'extension', 'mime_type', 'size', 'width', 'height', 'create_at', 'delete_at'] as const;

export const fileInfoOf = (row: Omit<FileTable, 'data'>): FileInfo => ({
  id: row.id, user_id: row.user_id, channel_id: row.room_id, ...(row.post_id === null ? {} : { post_id: row.post_id }), create_at: row.create_at, update_at: row.create_at, delete_at: row.delete_at,
  name: row.name, extension: row.extension, size: row.size, mime_type: row.mime_type, width: row.width, height: row.height, has_preview_image: row.mime_type.startsWith('image/'), archived: false,
});

/** A list of posts as Mattermost tells it. room_seq: the head when it was read; whoever hears a later number asks again. */
export interface PostList {
  readonly order: readonly string[];
  readonly posts: Readonly<Record<string, Post>>;
  readonly next_post_id: string;
  readonly prev_post_id: string;
  readonly first_inaccessible_post_time: 0;
  readonly has_next?: boolean;
  readonly room_seq?: number;
  /** More changed than is told at once: load the room anew. */
  readonly reload?: true;
}

export const postListOf = (posts: readonly Post[], { order, ...more }: { readonly order: readonly string[]; readonly next_post_id?: string; readonly prev_post_id?: string; readonly has_next?: boolean; readonly room_seq?: number; readonly reload?: true }): PostList =>
  ({ order, posts: Object.fromEntries(posts.map((post) => [post.id, post])), next_post_id: '', prev_post_id: '', first_inaccessible_post_time: 0, ...more });
