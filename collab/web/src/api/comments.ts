import { call } from './client.ts';

/** Says that a comment is dealt with, or that it is not. */
export const resolveComment = (postId: string, resolved: boolean): Promise<unknown> => call('POST', `/api/v1/comments/${encodeURIComponent(postId)}/${resolved ? 'resolve' : 'reopen'}`, { body: {} });
