import { Suspense, lazy } from 'react';
import { CommentBar } from './comment-bar.tsx';
import { Mark } from './marks.tsx';

const RoomFollow = lazy(async () => ({ default: (await import('./room-follow.tsx')).RoomFollow }));

/** Above what is said: open comments, search, what to be told of. */
export const ChatBar = ({ channelId, mayLeave, onSearch }: { readonly channelId: string; readonly mayLeave: boolean; readonly onSearch: () => void }) => (
  <div className="chat-bar small">
    <CommentBar />
    <span className="tools"><Suspense><RoomFollow channelId={channelId} mayLeave={mayLeave} /></Suspense><button type="button" className="icon-button" onClick={onSearch} aria-label="Search in this room" title="Search in this room ( / )"><Mark of="search" /></button></span>
  </div>
);
