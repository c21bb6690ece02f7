import { useEffect, useState } from 'react';
import { followRoom, roomProps } from '../api/talk.ts';
import { asProblem } from '../api/problem.ts';
import { followingOf } from '../inbox/preference.ts';
import type { Following } from '../inbox/preference.ts';

export const followingWords = { all: 'Everything', default: 'Mentions', muted: 'Nothing: muted' } as const;

/** How much of this room its reader wants to hear, on all of their browsers. @param mayLeave without a role in the room: whoever has one keeps it and can mute */
export const RoomFollow = ({ channelId, mayLeave }: { readonly channelId: string; readonly mayLeave: boolean }) => {
  const [now, setNow] = useState<Following | 'off'>();
  const [problem, setProblem] = useState<string>();
  useEffect(() => {
    let over = false;
    void roomProps(channelId).then((props) => { if (!over) setNow(props === undefined ? 'off' : followingOf(props)); }, () => undefined);
    return () => { over = true; };
  }, [channelId]);
  if (now === undefined) return null;
  const choose = (next: Following | 'off'): void => {
    const before = now;
    setNow(next);
    setProblem(undefined);
    followRoom(channelId, next).catch((error: unknown) => { setNow(before); setProblem(asProblem(error).message); });
  };
  return (
    <>
      <label className="room-follow"><span className="soft spare">Tell me of</span> <select value={now} aria-label="What to be told of this room" onChange={(event) => choose(event.target.value as Following | 'off')}>
        {(now === 'off' || mayLeave) && <option value="off">Not followed</option>}
        {(Object.keys(followingWords) as Following[]).map((one) => <option key={one} value={one}>{followingWords[one]}</option>)}
      </select></label>
      {problem !== undefined && <span className="bad" role="alert">{problem}</span>}
    </>
  );
};
