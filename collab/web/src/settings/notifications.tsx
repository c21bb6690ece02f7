import { useState } from 'react';
import { changeMe } from '../api/settings.ts';
import { followRoom, followedRooms } from '../api/talk.ts';
import { signedInAs } from '../app/account.ts';
import { Link } from '../app/link.tsx';
import { roomPath } from '../app/place.ts';
import { useStore } from '../app/use-store.ts';
import { followingWords } from '../chat/room-follow.tsx';
import { notifies, setNotifies } from '../inbox/notify.ts';
import { followingOf, tellingOf, tellings, withTelling } from '../inbox/preference.ts';
import type { Following, Telling } from '../inbox/preference.ts';
import { ProblemNote } from '../parts/problem-note.tsx';
import { useAsked } from './asked.ts';
import type { SectionProps } from './page.tsx';

const isOn = (value: boolean): boolean => value;
const words: Readonly<Record<Telling, string>> = { all: 'Everything said in rooms I follow', mentions: 'Mentions of me, requests, and rooms where I chose everything', none: 'Nothing: the inbox keeps it' };

/** What one is told of, how, and by which room. */
export const NotificationsSection = ({ account, team }: SectionProps) => {
  const { value: rooms, problem, busy, act, reload } = useAsked(() => followedRooms(team.id), team.id);
  const notifying = useStore(notifies, isOn);
  const [isRefused, setRefused] = useState(false);
  const telling = tellingOf(account);
  return (
    <>
      {problem && <ProblemNote problem={problem} onRetry={reload} />}
      <fieldset className="form"><legend>On this browser</legend>
        <label className="check"><input type="checkbox" checked={notifying} onChange={(event) => void setNotifies(event.target.checked).then((isDone) => setRefused(!isDone))} /> <span>Show notifications on the desktop while I look elsewhere</span></label>
        {isRefused && <p className="small bad" role="alert">This browser does not allow it for this page. Its own settings for this site do.</p>}
      </fieldset>
      <fieldset className="form" disabled={busy}><legend>On all my browsers, tell me of</legend>
        {tellings.map((one) => <label key={one} className="check"><input type="radio" name="telling" checked={telling === one} onChange={() => void act(async () => signedInAs(await changeMe({ preferences: withTelling(account, one) })))} /> <span>{words[one]}</span></label>)}
      </fieldset>
      <section><h2>Rooms I follow</h2>
        {rooms?.length === 0 && <p className="soft">None yet. Writing in a room, or being mentioned there, puts you in it.</p>}
        <ul className="rows">{rooms?.map(({ id, name, title, props }) => (
          <li key={id}><span className="grow">{name.includes('/') ? <Link href={roomPath(name)}>{title}</Link> : title}</span><select aria-label={`What to be told of ${title}`} value={followingOf(props)} disabled={busy} onChange={(event) => void act(() => followRoom(id, event.target.value as Following))}>{(Object.keys(followingWords) as Following[]).map((one) => <option key={one} value={one}>{followingWords[one]}</option>)}</select></li>
        ))}</ul>
      </section>
    </>
  );
};
