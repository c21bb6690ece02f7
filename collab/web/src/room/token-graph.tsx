import { useEffect, useRef } from 'react';
import type { Plot } from './plot.ts';
import type { HistoryPoint } from '../api/room.ts';
import { contentPainted } from '../app/content.ts';
import { useStore } from '../app/use-store.ts';
import { theme } from '../app/theme.ts';
import type { Theme } from '../app/theme.ts';
import { clock, dollars, percent, short } from '../app/words.ts';

const same = (value: Theme): Theme => value;

/** How full the context was, and what was spent meanwhile, minute by minute. */
export const TokenGraph = ({ points, limit }: { readonly points: readonly HistoryPoint[]; readonly limit: number | undefined }) => {
  const place = useRef<HTMLDivElement>(null);
  const chosen = useStore(theme, same);
  const latest = useRef(points);
  const drawn = useRef<Plot>(undefined);
  useEffect(() => {
    const element = place.current;
    let ended = false;
    // What draws comes behind the first paint.
    if (element !== null) void contentPainted().then(() => import('./plot.ts')).then(({ plotIn }) => { if (!ended) drawn.current = plotIn(element, latest.current); });
    return () => {
      ended = true;
      drawn.current?.end();
      drawn.current = undefined;
    };
  }, [chosen]);
  useEffect(() => {
    latest.current = points;
    drawn.current?.show(points);
  }, [points]);
  const spent = points.reduce((sum, { costUsd }) => sum + costUsd, 0);
  const tokens = points.reduce((sum, point) => sum + point.tokens, 0);
  const last = points.findLast(({ contextRatio }) => contextRatio !== undefined)?.contextRatio;
  return (
    <figure className="token-graph">
      <figcaption className="small"><span><i className="line" aria-hidden="true" />context{last !== undefined && <> <b className="number">{percent(last)}</b></>}{limit !== undefined && <span className="soft"> of {short(limit)}</span>}</span><span><i className="bar" aria-hidden="true" />spent <b className="number">{dollars(spent)}</b></span></figcaption>
      <div ref={place} className={`plot ${points.length < 2 ? "blank" : ""}`} role="img" aria-label={points.length === 0 ? 'Nothing has been recorded yet' : `From ${clock(Date.parse(points[0]!.at))} to ${clock(Date.parse(points.at(-1)!.at))}: ${short(tokens)} tokens, ${dollars(spent)}${last === undefined ? '' : `, context now ${percent(last)} full`}`} />
      {points.length < 2 && <p className="soft small none">It fills as the session goes on.</p>}
    </figure>
  );
};
