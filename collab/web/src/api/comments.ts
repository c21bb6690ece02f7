import { call } from './client.ts';
import { sessionPath } from './sessions.ts';

/** Says that a comment is dealt with, or that it is not. */
export const resolveComment = (session: string, postId: string, resolved: boolean): Promise<unknown> => call(resolved ? 'PUT' : 'DELETE', `${sessionPath(session)}/comments/${encodeURIComponent(postId)}/resolved`, {});
