import { useEffect, useState } from 'react';
import { followThread, followsThread } from '../api/talk.ts';

/** Whether answers in this thread come to the reader's inbox. Who answers follows by that, so each answer asks anew. */
export const ThreadFollow = ({ team, rootId, answers }: { readonly team: string; readonly rootId: string; readonly answers: number }) => {
  const [follows, setFollows] = useState<boolean>();
  useEffect(() => {
    let over = false;
    void followsThread(team, rootId).then((is) => { if (!over) setFollows(is); }, () => undefined);
    return () => { over = true; };
  }, [team, rootId, answers]);
  if (follows === undefined) return null;
  const turn = (): void => {
    setFollows(!follows);
    followThread(team, rootId, !follows).catch(() => setFollows(follows));
  };
  return <button type="button" className="button plain tight" aria-pressed={follows} title={follows ? 'Answers here come to your inbox' : 'Answers here do not come to your inbox'} onClick={turn}>{follows ? 'Followed' : 'Follow'}</button>;
};
