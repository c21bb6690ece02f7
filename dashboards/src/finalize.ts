import type { Dashboard } from '@grafana/grafana-foundation-sdk/dashboard';
import { prometheus } from './variables.ts';

/** The oldest Grafana that must load the pages is 11, which writes 39; newer ones bring a page up to date when they load it. */
const schemaVersion = 39;

type Json = Record<string, unknown>;

/** What every page needs and no page file should have to say: ids, reference letters, data sources, and nothing of newer schemas. */
export const finalize = (dashboard: Dashboard): Json => {
  const page = JSON.parse(JSON.stringify(dashboard)) as Json;
  const panels = (page.panels as Json[]).map((panel, index) => finalPanel(panel, index + 1));
  return {
    ...page,
    id: null,
    schemaVersion,
    version: 1,
    annotations: { list: [ownAnnotations, ...(page.annotations as { list: Json[] }).list.map(withoutPlacement)] },
    links: (page.links as Json[]).map(withoutPlacement),
    templating: { list: (page.templating as { list: Json[] }).list.map(finalVariable) },
    timepicker: {},
    panels,
  };
};

/** Annotations that people write on the page by hand; Grafana adds this to every page that lacks it. */
const ownAnnotations: Json = {
  builtIn: 1, datasource: { type: 'grafana', uid: '-- Grafana --' }, enable: true, hide: true, iconColor: 'rgba(0, 211, 255, 1)', name: 'Annotations & Alerts', type: 'dashboard',
};

const finalPanel = (panel: Json, id: number): Json => {
  if (panel.type === 'row') return { ...panel, id };
  const targets = (panel.targets as Json[]).map((target, index) => ({ ...target, refId: letter(index), datasource: prometheus, editorMode: 'code' }));
  const { defaults, overrides } = panel.fieldConfig as { defaults: Json; overrides: Json[] };
  const links = defaults.links as Json[] | undefined;
  return { ...panel, id, datasource: prometheus, targets, fieldConfig: { defaults: { ...defaults, ...(links && { links: links.map(dataLink) }) }, overrides } };
};

/** The SDK has one kind of link for pages and panels; in panels only these three mean something. */
const dataLink = ({ title, url, targetBlank }: Json): Json => ({ title, url, targetBlank });

/** The letter of a panel's n-th query, from 0. */
export const letter = (index: number): string => String.fromCharCode('A'.charCodeAt(0) + index);

/** The settings of interval variables, which the SDK writes into all, are left out. */
const finalVariable = ({ auto: _auto, auto_min: _min, auto_count: _count, ...variable }: Json): Json => ({
  hide: 0, current: {}, ...(variable.type === 'query' ? { regex: '', options: [] } : {}), ...variable,
  ...(variable.type === 'custom' ? { options: optionsOf(variable) } : {}),
});

/** Grafana writes the options of a custom variable beside its text. */
const optionsOf = ({ query, current }: Json): Json[] =>
  String(query).split(', ').map((option) => {
    const [text, value] = option.split(' : ') as [string, string];
    return { text, value, selected: value === (current as Json).value };
  });

/** Menus of newer schemas: older Grafanas show the link or the switch where it belongs. */
const withoutPlacement = ({ placement: _placement, ...rest }: Json): Json => rest;
