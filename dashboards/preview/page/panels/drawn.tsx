import type { DataFrame } from '@grafana/data';
import type { ReactNode } from 'react';
import type { Panel, Scene } from '../scene.ts';
import { BarChart } from './bar-chart.tsx';
import { BarGauges } from './bar-gauges.tsx';
import { OverTime } from './over-time.tsx';
import { StateTimeline } from './state-timeline.tsx';
import { Stats } from './stats.tsx';
import { Table } from './table.tsx';

/** What a panel of any type needs for its content. */
export interface Content {
  readonly scene: Scene;
  readonly panel: Panel;
  readonly frames: DataFrame[];
  readonly width: number;
  readonly height: number;
}

/** The content of a panel. */
export const drawn = (content: Content): ReactNode => {
  const { panel, frames } = content;
  if (frames.every(({ length }) => length === 0)) return <NoData text={panel.fieldConfig.defaults.noValue ?? 'No data'} big={panel.type === 'stat'} />;
  switch (panel.type) {
    case 'stat': return <Stats {...content} />;
    case 'bargauge': return <BarGauges {...content} />;
    case 'table': return <Table {...content} />;
    case 'timeseries': return <OverTime {...content} />;
    case 'barchart': return <BarChart {...content} />;
    case 'state-timeline': return <StateTimeline {...content} />;
    default: return <NoData text={`Panels of type ${panel.type} are not drawn here`} big={false} />;
  }
};

const NoData = ({ text, big }: { readonly text: string; readonly big: boolean }) => (
  <div style={{ height: '100%', display: 'flex', alignItems: 'center', justifyContent: 'center', fontSize: big ? 28 : 18, opacity: 0.8 }}>{text}</div>
);
