import { go } from '../app/router.ts';
import { useShortcuts } from '../app/keys.ts';
import { anchorOf } from './anchor.ts';
import { useComments } from './hooks.ts';

/** How many comments are open, and the way from one to the next. */
export const CommentBar = () => {
  const open = useComments().filter((post) => anchorOf(post)?.resolvedAt === undefined);
  const step = (by: number): void => {
    const at = open.findIndex(({ id }) => id === new URLSearchParams(location.search).get('post'));
    const next = open[(at + by + open.length) % open.length];
    if (next) go(`${location.pathname}?post=${next.id}`);
  };
  useShortcuts('Comments', open.length === 0 ? [] : [{ keys: 'n', does: 'Next open comment', run: () => step(1) }, { keys: 'p', does: 'Open comment before', run: () => step(-1) }]);
  if (open.length === 0) return null;
  return <p className="comment-bar small"><span>{open.length} open<span className="spare"> {open.length === 1 ? 'comment' : 'comments'}</span></span><button type="button" className="button plain tight" onClick={() => step(-1)} title="Open comment before">‹<span className="spare"> back</span><span className="unseen"> to the open comment before</span></button><button type="button" className="button plain tight" onClick={() => step(1)} title="Next open comment"><span className="spare">next </span>›<span className="unseen"> open comment</span></button></p>;
};
