import { listed, percent } from '../app/words.ts';
import { HealthMark } from '../sessions/health-mark.tsx';
import type { Session } from '../sessions/session.ts';
import { factorWords, measureOf } from './numbers.tsx';

const weights = { token_usage: 0.4, duration: 0.2, activity: 0.2, errors: 0.2 } as const;
type Factor = keyof typeof weights;

/** What the score is made of, and what is missing of it. */
export const HealthFactors = ({ session, now }: { readonly session: Session; readonly now: number }) => {
  const { factors, missing } = session.health;
  const known = (Object.keys(weights) as Factor[]).filter((factor) => factors[factor] !== undefined);
  return (
    <section className="health-factors" aria-label="Health">
      <header><h2>Health</h2><HealthMark {...session} /></header>
      {known.length > 0 && <ul>{known.map((factor) => {
        const value = factors[factor]!;
        return <li key={factor} className={value >= 0.7 ? 'good' : value >= 0.4 ? 'fair' : 'bad'}><span>{factorWords[factor]} <span className="soft">{measureOf(factor, session, now)}</span></span><span className="number" title={`counts ${percent(weights[factor])} of the score by default`}>{Math.round(value * 100)}</span><i className="rail" aria-hidden="true"><i style={{ width: `${value * 100}%` }} /></i></li>;
      })}</ul>}
      {missing.length > 0 && <p className="soft small">Not known: {listed(missing.map((factor) => factorWords[factor as Factor] ?? factor))}. The rest counts more.</p>}
      {known.length === 0 && session.state === 'ended' && <p className="soft small">After the end there is no score.</p>}
    </section>
  );
};
