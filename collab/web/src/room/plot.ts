import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import type { HistoryPoint } from '../api/room.ts';

/** The drawing of a token graph. */
export interface Plot {
  readonly show: (points: readonly HistoryPoint[]) => void;
  readonly end: () => void;
}

/** Draws into an element and follows its width. */
export const plotIn = (element: HTMLElement, points: readonly HistoryPoint[]): Plot => {
  const plot = new uPlot(optionsOf(element, element.clientWidth), dataOf(points), element);
  const observer = new ResizeObserver(() => plot.setSize({ width: element.clientWidth, height }));
  observer.observe(element);
  return {
    show: (newer) => plot.setData(dataOf(newer)),
    end: () => {
      observer.disconnect();
      plot.destroy();
    },
  };
};

const height = 150;
/** Seconds between two times on the axis: a minute has one name only. */
const wholeMinutes = [1, 2, 5, 10, 15, 30, 60, 120, 240, 360, 720, 1440, 2880, 10_080, 43_200].map((minutes) => minutes * 60);

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
    width, height, padding: [8, 16, 0, 0], legend: { show: false },
    cursor: { points: { size: 6 }, drag: { x: false, y: false } },
    scales: { x: { time: true }, ratio: { range: [0, 1] }, usd: { range: (_plot, _least, most) => [0, Math.max(most || 0, 0.01) * 2.4] } },
    axes: [
      { ...axis, grid: { show: false }, size: 22, space: 60, incrs: wholeMinutes, values: '{HH}:{mm}' },
      { ...axis, scale: 'ratio', size: 34, splits: [0, 0.5, 0.7, 0.9], values: (_plot, splits) => splits.map((value) => `${Math.round(value * 100)}%`) },
    ],
    series: [
      {},
      { scale: 'ratio', stroke: colour('--accent'), width: 1.75, fill: `color-mix(in srgb, ${colour('--accent')} 14%, transparent)`, spanGaps: true, points: { show: false } },
      { scale: 'usd', stroke: colour('--lamp'), fill: colour('--lamp-glow'), paths: uPlot.paths.bars!({ size: [0.7, 14, 2] }), points: { show: false } },
    ],
  };
};
