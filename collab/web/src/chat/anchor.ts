import type { Post } from '@mattermost/types/posts';

/** Where a comment stands: shared by posts of our own type. */
export interface Anchor {
  readonly path: string;
  readonly side?: 'left' | 'right';
  readonly startLine: number;
  readonly endLine: number;
  readonly state?: string;
  readonly excerpt?: string;
  readonly now?: { readonly path: string; readonly startLine: number; readonly endLine: number };
  readonly resolvedAt?: number;
  readonly resolvedBy?: string;
}
export type NewAnchor = Pick<Anchor, 'path' | 'startLine' | 'endLine'>;

export const commentType = 'custom_code_comment';

/** What makes a post a comment: the hub takes the anchor out of props and answers it in metadata. */
export const anchored = ({ path, startLine, endLine }: NewAnchor): { readonly type: string; readonly props: object } => ({ type: commentType, props: { anchor: { path, side: 'right', startLine, endLine } } });

/** The anchor of a comment, of one that is still on its way, too. */
export const anchorOf = (post: Pick<Post, 'metadata' | 'props'>): Anchor | undefined =>
  (post.metadata as unknown as { readonly anchor?: Anchor } | undefined)?.anchor ?? (post.props as { readonly anchor?: Anchor } | undefined)?.anchor;

/** "src/auth.ts:125", "src/auth.ts:125-130" */
export const placeOf = ({ path, startLine, endLine, now }: Anchor): string => {
  const at = now ?? { path, startLine, endLine };
  return `${at.path}:${at.startLine}${at.endLine > at.startLine ? `-${at.endLine}` : ''}`;
};

/** "#src/auth.ts:125" → where somebody was sent. */
export const placeOfHash = (hash: string): NewAnchor | undefined => {
  const match = /^#(.+?):(\d+)(?:-(\d+))?$/.exec(decodeSafely(hash));
  return match ? { path: match[1]!, startLine: Number(match[2]), endLine: Number(match[3] ?? match[2]) } : undefined;
};

const decodeSafely = (text: string): string => {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
};
