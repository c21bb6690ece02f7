import { useEffect, useRef } from 'react';
import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import type { HistoryPoint } from '../api/room.ts';
import { useStore } from '../app/store.ts';
import { theme } from '../app/theme.ts';
import type { Theme } from '../app/theme.ts';
import { clock, dollars, percent, short } from '../app/words.ts';

const same = (value: Theme): Theme => value;

/** How full the context was, and what was spent meanwhile, minute by minute. */
export const TokenGraph = ({ points, limit }: { readonly points: readonly HistoryPoint[]; readonly limit: number | undefined }) => {
  const place = useRef<HTMLDivElement>(null);
  const chosen = useStore(theme, same);
  const data = dataOf(points);
  const drawn = useRef<uPlot>(undefined);
  useEffect(() => {
    const element = place.current;
    if (element === null) return;
    const plot = new uPlot(optionsOf(element, element.clientWidth), [[], [], []], element);
    drawn.current = plot;
    const observer = new ResizeObserver(() => plot.setSize({ width: element.clientWidth, height }));
    observer.observe(element);
    return () => {
      observer.disconnect();
      plot.destroy();
      drawn.current = undefined;
    };
  }, [chosen]);
  useEffect(() => { drawn.current?.setData(data); });
  const spent = points.reduce((sum, { costUsd }) => sum + costUsd, 0);
  const tokens = points.reduce((sum, point) => sum + point.tokens, 0);
  const last = points.findLast(({ contextRatio }) => contextRatio !== undefined)?.contextRatio;
  return (
    <figure className="token-graph">
      <figcaption className="small"><span><i className="line" aria-hidden="true" />context{last !== undefined && <> <b className="number">{percent(last)}</b></>}{limit !== undefined && <span className="soft"> of {short(limit)}</span>}</span><span><i className="bar" aria-hidden="true" />spent <b className="number">{dollars(spent)}</b></span></figcaption>
      <div ref={place} className="plot" role="img" aria-label={points.length === 0 ? 'Nothing has been recorded yet' : `From ${clock(Date.parse(points[0]!.at))} to ${clock(Date.parse(points.at(-1)!.at))}: ${short(tokens)} tokens, ${dollars(spent)}${last === undefined ? '' : `, context now ${percent(last)} full`}`} />
      {points.length < 2 && <p className="soft small none">It fills as the session goes on.</p>}
    </figure>
  );
};

const height = 150;

const dataOf = (points: readonly HistoryPoint[]): uPlot.AlignedData => [
  points.map(({ at }) => Date.parse(at) / 1000),
  points.map(({ contextRatio }) => contextRatio ?? null),
  points.map(({ costUsd }) => (costUsd > 0 ? costUsd : null)),
];

const optionsOf = (element: HTMLElement, width: number): uPlot.Options => {
  const style = getComputedStyle(element);
  const colour = (name: string): string => style.getPropertyValue(name).trim();
  const axis = { stroke: colour('--soft'), grid: { stroke: colour('--line'), width: 1 }, ticks: { show: false }, font: '11px system-ui, sans-serif', gap: 4 };
  return {
    width, height, padding: [8, 4, 0, 0], legend: { show: false },
    cursor: { points: { size: 6 }, drag: { x: false, y: false } },
    scales: { x: { time: true }, ratio: { range: [0, 1] }, usd: { range: (_plot, _least, most) => [0, Math.max(most || 0, 0.01) * 2.4] } },
    axes: [
      { ...axis, grid: { show: false }, size: 22, space: 60, values: '{HH}:{mm}' },
      { ...axis, scale: 'ratio', size: 34, splits: [0, 0.5, 0.7, 0.9], values: (_plot, splits) => splits.map((value) => `${Math.round(value * 100)}%`) },
    ],
    series: [
      {},
      { scale: 'ratio', stroke: colour('--accent'), width: 1.75, fill: `color-mix(in srgb, ${colour('--accent')} 14%, transparent)`, spanGaps: true, points: { show: false } },
      { scale: 'usd', stroke: colour('--lamp'), fill: colour('--lamp-glow'), paths: uPlot.paths.bars!({ size: [0.7, 14, 2] }), points: { show: false } },
    ],
  };
};
