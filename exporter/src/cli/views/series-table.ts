import { longNumber, many } from '../figures.ts';
import { renderTable } from '../table.ts';
import type { Look } from '../terminal.ts';

export interface MetricSize {
  readonly metric: string;
  readonly series: number;
}

/** How many series each metric of a scrape has, the most first. */
export const seriesOf = (scrape: string): readonly MetricSize[] => {
  const counts = new Map<string, number>();
  for (const line of scrape.split('\n')) {
    const name = /^[a-zA-Z_:][\w:]*/.exec(line)?.[0];
    if (name !== undefined) counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  return [...counts].map(([metric, series]) => ({ metric, series })).sort((a, b) => b.series - a.series || (a.metric < b.metric ? -1 : 1));
};

/** The same as a table with its sum. */
export const seriesTable = (sizes: readonly MetricSize[], look: Look): string => {
  const all = sizes.reduce((sum, { series }) => sum + series, 0);
  const table = renderTable(sizes, [
    { head: 'SERIES', cell: ({ series }) => longNumber(series), align: 'right' },
    { head: 'METRIC', cell: ({ metric }) => metric },
  ], look);
  return `${table}\n\n${many(all, 'series', 'series')} of ${many(sizes.length, 'metric')} in one scrape. Fewer: export.window, export.limit, top.projects, top.tools`;
};
