import { getDisplayValueAlignmentFactors, getFieldDisplayValues } from '@grafana/data';
import type { FieldDisplay, ReduceDataOptions, VizOrientation } from '@grafana/data';
import { BigValue, BigValueGraphMode, VizRepeater, useTheme2 } from '@grafana/ui';
import type { BigValueColorMode, BigValueJustifyMode, BigValueTextMode } from '@grafana/ui';
import { fieldConfigOf, replaced } from '../prepared.ts';
import type { Content } from './drawn.tsx';

interface Options {
  readonly orientation: VizOrientation;
  readonly reduceOptions: ReduceDataOptions;
  readonly graphMode: BigValueGraphMode;
  readonly colorMode: BigValueColorMode;
  readonly justifyMode: BigValueJustifyMode;
  readonly textMode: BigValueTextMode;
}

/** Big numbers. */
export const Stats = ({ scene, panel, frames, width, height }: Content) => {
  const theme = useTheme2();
  const { orientation, reduceOptions, graphMode, colorMode, justifyMode, textMode } = panel.options as unknown as Options;
  const values = (): FieldDisplay[] => getFieldDisplayValues({ fieldConfig: fieldConfigOf(panel), reduceOptions, replaceVariables: (text) => replaced(scene, text), theme, data: frames, sparkline: graphMode !== BigValueGraphMode.None });
  return (
    <VizRepeater getValues={values} getAlignmentFactors={getDisplayValueAlignmentFactors} source={frames} renderCounter={0} orientation={orientation} autoGrid width={width} height={height} itemSpacing={3}
      renderValue={({ value, count, width: own, height: tall, alignmentFactors }) => (
        <BigValue value={value.display} count={count} {...(value.sparkline ? { sparkline: value.sparkline } : {})} colorMode={colorMode} graphMode={graphMode} justifyMode={justifyMode} textMode={textMode} alignmentFactors={alignmentFactors} width={own} height={tall} theme={theme} />
      )} />
  );
};
