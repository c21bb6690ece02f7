import { Link } from '../app/link.tsx';
import { roomPath } from '../app/place.ts';
import { nameOf } from './headline.ts';
import { clashesOf } from './radar.ts';
import type { Session } from './session.ts';
import { baseName } from './trouble.ts';

/** Files that two live sessions edit at once, before somebody's work is lost. */
export const Radar = ({ sessions }: { readonly sessions: readonly Session[] }) => {
  const clashes = clashesOf(sessions);
  if (clashes.length === 0) return null;
  return (
    <section className="radar" aria-label="File conflicts">
      <h2>Edited twice at once</h2>
      <ul>{clashes.slice(0, 5).map(({ path, sessions: those }) => <li key={path}><code title={path}>{baseName(path)}</code> <span className="soft">by</span> {those.map((session, index) => <span key={session.id}>{index > 0 && ' and '}<Link href={roomPath(session.id)}>{session.owner}’s {nameOf(session)}</Link></span>)}{those.length === 1 && <span className="soft"> and another session</span>}</li>)}</ul>
      {clashes.length > 5 && <p className="soft small">and {clashes.length - 5} more files</p>}
    </section>
  );
};
