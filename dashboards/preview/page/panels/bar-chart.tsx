import { FieldType, getFieldSeriesColor } from '@grafana/data';
import { AxisPlacement, GraphDrawStyle, ScaleDirection, ScaleOrientation } from '@grafana/schema';
import { UPlotChart, UPlotConfigBuilder, useTheme2 } from '@grafana/ui';
import uPlot from 'uplot';
import type { Content } from './drawn.tsx';

/**
 * One bar for each row of a frame. Grafana's own bar chart lives in its core, not in the library: this draws the same numbers, units and
 * colours with the library's chart; gaps between bars and the choice of labels may differ.
 */
export const BarChart = ({ frames, width, height }: Content) => {
  const theme = useTheme2();
  const [names, values] = [frames[0]!.fields.find(({ type }) => type === FieldType.string || type === FieldType.time)!, frames[0]!.fields.find(({ type }) => type === FieldType.number)!];
  const builder = new UPlotConfigBuilder('browser');
  builder.addScale({ scaleKey: 'x', isTime: false, orientation: ScaleOrientation.Horizontal, direction: ScaleDirection.Right, range: (_plot, min, max) => [min - 0.5, max + 0.5] });
  builder.addScale({ scaleKey: 'y', isTime: false, orientation: ScaleOrientation.Vertical, direction: ScaleDirection.Up, softMin: 0 });
  builder.addAxis({ scaleKey: 'x', isTime: false, placement: AxisPlacement.Bottom, theme, grid: { show: false }, splits: names.values.map((_name, index) => index), values: (_plot, splits) => splits.map((index) => String(names.values[index] ?? '')) });
  builder.addAxis({ scaleKey: 'y', isTime: false, placement: AxisPlacement.Left, theme, formatValue: (value) => text(values.display!(value)) });
  builder.addSeries({
    scaleKey: 'y', theme, drawStyle: GraphDrawStyle.Bars, pathBuilder: uPlot.paths.bars!({ size: [0.7, 100] }), pxAlign: true,
    lineColor: getFieldSeriesColor(values, theme).color, lineWidth: 1, fillOpacity: 80, show: true,
  } as never);
  return <UPlotChart config={builder} data={[names.values.map((_name, index) => index), values.values]} width={width} height={height} />;
};

const text = ({ prefix = '', text: number, suffix = '' }: { readonly prefix?: string; readonly text: string; readonly suffix?: string }): string => `${prefix}${number}${suffix}`;
