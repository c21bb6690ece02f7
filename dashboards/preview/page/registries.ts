import { Registry, standardFieldConfigEditorRegistry, standardTransformers, standardTransformersRegistry } from '@grafana/data';
import type { FieldConfigPropertyItem } from '@grafana/data';

/** What Grafana's core puts into the registries of @grafana/data when it starts: its transformations and the options of fields. */
export const fillRegistries = (): void => {
  standardTransformersRegistry.setInit(() =>
    [...new Set(Object.values(standardTransformers))].map((transformer) => ({
      id: transformer.id, name: transformer.name, description: '', editor: () => null, imageDark: '', imageLight: '', transformation: () => Promise.resolve(transformer),
    }) as never));
  standardFieldConfigEditorRegistry.setInit(() => standard.map((path) => option(path, path, false)) as never);
};

const standard = ['unit', 'min', 'max', 'decimals', 'displayName', 'color', 'noValue', 'links', 'mappings', 'thresholds', 'fieldMinMax'];

/** Options of fields, with those of a panel's type. */
export const fieldOptions = (custom: readonly string[]): Registry<FieldConfigPropertyItem> =>
  new Registry<FieldConfigPropertyItem>(() => [...standard.map((path) => option(path, path, false)), ...custom.map((path) => option(`custom.${path}`, path, true))]);

const option = (id: string, path: string, isCustom: boolean): FieldConfigPropertyItem =>
  ({ id, path, isCustom, name: id, process: (value: unknown) => value, shouldApply: () => true, override: () => null, editor: () => null }) as unknown as FieldConfigPropertyItem;
