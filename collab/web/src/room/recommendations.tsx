import { adviceOn } from '../sessions/recommend.ts';
import type { Session } from '../sessions/session.ts';

/** What could be done now, and why. */
export const Recommendations = ({ session }: { readonly session: Session }) => {
  const advice = adviceOn(session);
  if (advice.length === 0) return null;
  return <section className="advice" aria-label="What to do"><h2>What to do</h2><ul>{advice.map(({ words, because }) => <li key={words}>{words}<span className="soft small">, {because}</span></li>)}</ul></section>;
};
