import { z } from 'zod';
import type { Base } from '../base.ts';
import { Refusal } from '../routes/errors.ts';
import { route } from '../routes/route.ts';
import type { Ask, Route } from '../routes/route.ts';
import type { Work } from '../store/open.ts';
import { changed } from './chat/write.ts';
import { anchorOf, commentType, postsOf } from './chat/shape.ts';
import { requireAct, roomFor } from './room.ts';
import type { Change, Writer } from './writer.ts';

const at = '/api/v1/sessions/:tool/:nativeId/comments';
const path = { tool: z.string().min(1).max(40).describe('First half of the session\'s id.'), nativeId: z.string().min(1).max(300).describe('Second half of the session\'s id.') };
const inTeam = z.object({ team: z.string().min(1).max(64).exactOptional().describe('Id of the team, when several teams of yours know the session.') });

const anchor = z.object({
  path: z.string(), side: z.enum(['left', 'right']), startLine: z.int(), endLine: z.int(),
  state: z.enum(['typed', 'exact', 'moved', 'outdated', 'unshared']).describe('typed: at a path:line that somebody typed; there is no content to compare with.'),
  commit: z.string().optional(), excerpt: z.string().optional(), now: z.object({ path: z.string(), startLine: z.int(), endLine: z.int() }).optional().describe('Where these lines are now, if they moved.'),
  resolvedAt: z.number().optional(), resolvedBy: z.string().optional(),
});
const comment = z.object({ id: z.string().describe('Id of the post; its thread is the talk about it.'), room: z.string(), user: z.string(), message: z.string(), createdAt: z.number(), replies: z.int(), lastReplyAt: z.number().optional(), open: z.boolean(), anchor }).meta({ id: 'Comment', description: 'A comment at path:line. It is written as a post of the type custom_code_comment.' });

/** Comments at path:line of a session: lists, resolve, reopen. They are written through POST /api/v4/posts, as everything that is said. */
export const commentRoutes = ({ base: { store }, writer }: { readonly base: Base; readonly writer: Writer }): readonly Route[] => [
  route({
    method: 'get', path: at, tag: 'rooms', summary: 'Comments of a session, by file', access: { who: 'session', act: 'session:see' }, params: z.object(path),
    query: z.object({ ...inTeam.shape, path: z.string().max(1024).exactOptional().describe('Only those at this file.'), state: z.enum(['open', 'resolved', 'all']).default('all') }),
    answers: { schema: z.object({ comments: z.array(comment), openByFile: z.record(z.string(), z.int()) }), about: 'The comments by file and line; how many are open at each file.' },
    example: { query: { state: 'open' } },
    handle: async ({ found, query }) => {
      const rows = await store.selectFrom('comments').innerJoin('posts', 'posts.id', 'comments.post_id').selectAll('comments').select(['posts.user_id', 'posts.message', 'posts.reply_count', 'posts.last_reply_at'])
        .where('comments.room_id', '=', found.session.id).where('posts.delete_at', '=', 0).orderBy('comments.path').orderBy('comments.start_line').orderBy('comments.create_at').limit(5000).execute();
      const openByFile: Record<string, number> = {};
      for (const row of rows) if (row.resolved_at === null) openByFile[row.path] = (Object.hasOwn(openByFile, row.path) ? openByFile[row.path]! : 0) + 1;
      const shown = rows.filter((row) => (query.path === undefined || row.path === query.path || row.now_path === query.path) && (query.state === 'all' || (row.resolved_at === null) === (query.state === 'open')));
      return {
        openByFile,
        comments: shown.map((row) => ({ id: row.post_id, room: row.room_id, user: row.user_id, message: row.message, createdAt: row.create_at, replies: row.reply_count, ...(row.last_reply_at > 0 ? { lastReplyAt: row.last_reply_at } : {}), open: row.resolved_at === null, anchor: anchorOf(row) })),
      };
    },
  }),
  ...([['put', true, 'Resolves a comment: your own, or anybody\'s if you run the room'], ['delete', false, 'Opens a resolved comment again']] as const).map(([method, resolved, summary]) => route({
    method, path: `${at}/:comment/resolved`, tag: 'rooms', summary, access: { who: 'session', act: 'post:write' }, params: z.object({ ...path, comment: z.string().min(1).max(64).describe('Id of the comment\'s post.') }), query: inTeam,
    answers: { schema: z.looseObject({ id: z.string() }), about: 'The post as it is now, as Mattermost API v4 tells it, with metadata.anchor.' },
    handle: (ask) => writer.write((work) => setResolved(work, { ask, postId: ask.params.comment, resolved })),
  })),
];

const setResolved = async (work: Work, { ask, postId, resolved }: { readonly ask: Pick<Ask, 'person' | 'now' | 'found'>; readonly postId: string; readonly resolved: boolean }): Promise<Change<object>> => {
  const { person: { userId }, now, found } = ask;
  const room = await roomFor(work, { roomId: found.session.id, userId, now });
  const row = await work.selectFrom('posts').selectAll().where('id', '=', postId).where('room_id', '=', room.id).where('type', '=', commentType).where('delete_at', '=', 0).executeTakeFirst();
  if (row === undefined) throw new Refusal(404, 'no_comment', 'There is no such comment in this room.');
  requireAct(room, row.user_id === userId ? 'post:write' : 'post:resolve-others');
  const { numUpdatedRows } = await work.updateTable('comments').set(resolved ? { resolved_at: now, resolved_by: userId } : { resolved_at: null, resolved_by: null }).where('post_id', '=', postId).where('resolved_at', resolved ? 'is' : 'is not', null).executeTakeFirst();
  if (numUpdatedRows === 0n) return { result: (await postsOf(work, [row]))[0]! };
  return changed(work, { room, row, now, set: {} });
};
