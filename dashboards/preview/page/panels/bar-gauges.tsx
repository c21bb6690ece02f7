import { getDisplayValueAlignmentFactors, getFieldDisplayValues } from '@grafana/data';
import type { FieldDisplay, ReduceDataOptions, VizOrientation } from '@grafana/data';
import type { BarGaugeDisplayMode, BarGaugeNamePlacement, BarGaugeValueMode } from '@grafana/schema';
import { BarGauge, VizRepeater, useTheme2 } from '@grafana/ui';
import { fieldConfigOf, replaced } from '../prepared.ts';
import type { Content } from './drawn.tsx';

interface Options {
  readonly orientation: VizOrientation;
  readonly reduceOptions: ReduceDataOptions;
  readonly sizing: 'auto' | 'manual';
  readonly minVizHeight: number;
  readonly maxVizHeight: number;
  readonly displayMode: BarGaugeDisplayMode;
  readonly valueMode: BarGaugeValueMode;
  readonly namePlacement: BarGaugeNamePlacement;
  readonly showUnfilled: boolean;
}

/** Bars with a value each. Where the size is "auto", Grafana lets bars grow to 300 px and the limits of the panel do not count. */
export const BarGauges = ({ scene, panel, frames, width, height }: Content) => {
  const theme = useTheme2();
  const { orientation, reduceOptions, sizing, minVizHeight, maxVizHeight, displayMode, valueMode, namePlacement, showUnfilled } = panel.options as unknown as Options;
  const values = (): FieldDisplay[] => getFieldDisplayValues({ fieldConfig: fieldConfigOf(panel), reduceOptions, replaceVariables: (text) => replaced(scene, text), theme, data: frames });
  const manual = sizing === 'manual';
  return (
    <VizRepeater getValues={values} getAlignmentFactors={getDisplayValueAlignmentFactors} source={frames} renderCounter={0} orientation={orientation} width={width} height={height} itemSpacing={10} minVizWidth={8} minVizHeight={manual ? minVizHeight : 16} maxVizHeight={manual ? maxVizHeight : 300}
      renderValue={({ value, width: own, height: tall, alignmentFactors, orientation: turned }) => (
        <BarGauge value={value.display} field={value.field} {...(value.view?.getFieldDisplayProcessor(value.colIndex ?? 0) ? { display: value.view.getFieldDisplayProcessor(value.colIndex ?? 0)! } : {})} width={own} height={tall} orientation={turned} theme={theme} itemSpacing={10} displayMode={displayMode} valueDisplayMode={valueMode} namePlacement={namePlacement} showUnfilled={showUnfilled} alignmentFactors={alignmentFactors} />
      )} />
  );
};
