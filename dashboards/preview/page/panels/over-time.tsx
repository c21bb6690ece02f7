import { FieldColorModeId, FieldType, dateTime, getFieldSeriesColor } from '@grafana/data';
import type { Field, GrafanaTheme2, TimeRange } from '@grafana/data';
import type { VizLegendOptions } from '@grafana/schema';
import { TimeSeries, useTheme2 } from '@grafana/ui';
import type { UPlotConfigBuilder } from '@grafana/ui';
import { useLayoutEffect } from 'react';
import type { Annotation, Scene } from '../scene.ts';
import type { Content } from './drawn.tsx';

/** Lines and bars over time, drawn by the graph of the library that Grafana's own time series panel was made from. */
export const OverTime = ({ scene, panel, frames, width, height }: Content) => {
  const theme = useTheme2();
  return (
    <TimeSeries frames={frames.map((frame) => ({ ...frame, fields: frame.fields.map((field) => (field.type === FieldType.number ? completed(field, theme) : field)) }))} timeRange={rangeOf(scene)} timeZone="browser" width={width} height={height} legend={panel.options.legend as VizLegendOptions} options={panel.options}>
      {(builder) => <Marks builder={builder} annotations={scene.annotations} />}
    </TimeSeries>
  );
};

export const rangeOf = ({ from, to }: Scene): TimeRange => ({ from: dateTime(from), to: dateTime(to), raw: { from: dateTime(from), to: dateTime(to) } });

/**
 * What the panel's plugin does first: what is no finite number is a gap, options that the JSON is silent about get their values. Colours
 * that come from a series' name are settled here, for the library's graph forgets names when it joins the series.
 */
const completed = (field: Field, theme: GrafanaTheme2): Field => ({
  ...field,
  values: field.values.map((value: number) => (Number.isFinite(value) ? value : null)),
  config: { ...field.config, color: { mode: FieldColorModeId.Fixed, fixedColor: getFieldSeriesColor(field, theme).color }, custom: { lineInterpolation: 'linear', pointSize: 5, axisPlacement: 'auto', gradientMode: 'none', ...field.config.custom } },
});

/** Annotations as Grafana marks them: a dashed line with a foot. */
const Marks = ({ builder, annotations }: { readonly builder: UPlotConfigBuilder; readonly annotations: readonly Annotation[] }) => {
  const theme = useTheme2();
  useLayoutEffect(() => {
    builder.addHook('draw', (plot) => {
      const { ctx, bbox } = plot;
      for (const { at, color } of annotations) {
        const x = plot.valToPos(at, 'x', true);
        ctx.save();
        ctx.strokeStyle = ctx.fillStyle = theme.visualization.getColorByName(color);
        ctx.lineWidth = 2;
        ctx.setLineDash([5, 5]);
        ctx.beginPath();
        ctx.moveTo(x, bbox.top);
        ctx.lineTo(x, bbox.top + bbox.height);
        ctx.stroke();
        ctx.beginPath();
        ctx.moveTo(x - 6, bbox.top + bbox.height + 8);
        ctx.lineTo(x + 6, bbox.top + bbox.height + 8);
        ctx.lineTo(x, bbox.top + bbox.height);
        ctx.fill();
        ctx.restore();
      }
    });
  }, [builder, annotations, theme]);
  return null;
};
