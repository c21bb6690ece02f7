import { applyFieldOverrides, cacheFieldDisplayNames, transformDataFrame } from '@grafana/data';
import type { DataFrame, FieldConfigSource, GrafanaTheme2 } from '@grafana/data';
import { lastValueFrom } from 'rxjs';
import { framesOf } from './frames.ts';
import { fieldOptions } from './registries.ts';
import type { Panel, Scene } from './scene.ts';

/** A panel with its data: transformed, with units, colours and names. */
export interface Prepared {
  readonly panel: Panel;
  readonly frames: DataFrame[];
}

/** Takes the answers of a panel through its transformations and field options. */
export const prepared = async (scene: Scene, panel: Panel, theme: GrafanaTheme2): Promise<Prepared> => {
  const frames = await lastValueFrom(transformDataFrame([...panel.transformations], framesOf(panel.answers)));
  const named = applyFieldOverrides({
    data: frames, theme, timeZone: 'browser', replaceVariables: (text) => replaced(scene, text),
    fieldConfig: fieldConfigOf(panel), fieldConfigRegistry: fieldOptions(customOptions(panel)),
  });
  cacheFieldDisplayNames(named);
  return { panel, frames: named };
};

/** Text with the variables of the page. */
export const replaced = (scene: Scene, text: string): string =>
  text.replace(/\$\{?(\w+)\}?/g, (all, name: string) => scene.variables.find((variable) => variable.name === name)?.text ?? all);

const customOptions = ({ fieldConfig }: Panel): string[] => [
  ...new Set([...Object.keys(fieldConfig.defaults.custom ?? {}), ...fieldConfig.overrides.flatMap(({ properties }) => properties.flatMap(({ id }) => (id.startsWith('custom.') ? [id.slice('custom.'.length)] : [])))]),
];

/** The field options as Grafana has them. JSON has no -Infinity: the lowest step of thresholds is written as null. */
export const fieldConfigOf = ({ fieldConfig }: Panel): FieldConfigSource =>
  JSON.parse(JSON.stringify(fieldConfig), (key, value: unknown) => (key === 'steps' && Array.isArray(value) ? value.map((step: { value: number | null }) => ({ ...step, value: step.value ?? -Infinity })) : value)) as FieldConfigSource;
