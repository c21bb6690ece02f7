import { z } from 'zod';
import type { CommentTable } from '../../store/rooms-schema.ts';

const line = z.int().min(1).max(10_000_000);

/** Where somebody anchors a comment: a path of the session's repository, as its file list shows it, and lines. */
export const givenAnchor = z.object({
  path: z.string().min(1).max(1024).regex(/^[^\x00-\x1f\x7f]+$/, 'control characters').refine((path) => !path.split(/[\\/]/).includes('..'), 'a path inside the repository, without ".."'),
  side: z.enum(['left', 'right']).default('right'),
  startLine: line,
  endLine: line.exactOptional(),
}).transform(({ endLine, ...rest }) => ({ ...rest, endLine: endLine ?? rest.startLine })).refine(({ startLine, endLine }) => endLine >= startLine && endLine - startLine < 10_000, 'endLine comes after startLine, at most 10,000 lines later');
export type GivenAnchor = z.output<typeof givenAnchor>;

// The seam of ROOMS.md 7: with the session's content shared, commit, blob, excerpt and context are filled in here from the shared file. Until then a comment stands at a typed path:line.

/** The row of a new comment. */
export const newAnchor = ({ path, side, startLine, endLine }: GivenAnchor, { postId, roomId, at }: { readonly postId: string; readonly roomId: string; readonly at: number }): CommentTable => ({
  post_id: postId, room_id: roomId, path, side, start_line: startLine, end_line: endLine, commit_id: null, blob_id: null, excerpt: null, context: null, state: 'typed',
  now_path: null, now_start_line: null, now_end_line: null, resolved_at: null, resolved_by: null, create_at: at,
});
