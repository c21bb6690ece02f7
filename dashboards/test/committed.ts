import { readdirSync, readFileSync } from 'node:fs';

/** The parts of a dashboard's JSON that the tests look at. */
export interface DashboardJson {
  readonly uid: string;
  readonly title: string;
  readonly tags: readonly string[];
  readonly schemaVersion: number;
  readonly panels: readonly PanelJson[];
  readonly templating: { readonly list: readonly VariableJson[] };
  readonly annotations: { readonly list: readonly AnnotationJson[] };
  readonly links: readonly { readonly type: string; readonly url?: string; readonly tags: readonly string[]; readonly keepTime: boolean; readonly includeVars: boolean }[];
}

export interface PanelJson {
  readonly id: number;
  readonly type: string;
  readonly title: string;
  readonly description?: string;
  readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number };
  readonly datasource?: { readonly type: string; readonly uid: string };
  readonly interval?: string;
  readonly targets?: readonly TargetJson[];
  readonly transformations?: readonly { readonly id: string; readonly options: Record<string, never> & { readonly include?: { readonly pattern: string } } }[];
  readonly fieldConfig?: {
    readonly defaults: { readonly unit?: string; readonly noValue?: string; readonly links?: readonly LinkJson[]; readonly thresholds?: { readonly steps: readonly { readonly color: string; readonly value: number | null }[] } };
    readonly overrides: readonly { readonly matcher: { readonly id: string; readonly options: string }; readonly properties: readonly { readonly id: string; readonly value: unknown }[] }[];
  };
  readonly options?: { readonly sortBy?: readonly { readonly displayName: string }[] };
}

export interface TargetJson {
  readonly refId: string;
  readonly expr: string;
  readonly instant?: boolean;
  readonly range?: boolean;
  readonly format?: string;
  readonly legendFormat?: string;
  readonly datasource: { readonly uid: string };
}

export interface LinkJson {
  readonly title: string;
  readonly url: string;
}

export interface VariableJson {
  readonly name: string;
  readonly type: string;
  readonly label?: string;
  readonly description?: string;
  readonly query: string | { readonly query: string };
  readonly current: unknown;
  readonly multi?: boolean;
  readonly includeAll?: boolean;
  readonly allValue?: string;
  readonly hide: number;
  readonly datasource?: { readonly uid: string };
}

export interface AnnotationJson {
  readonly name: string;
  readonly builtIn?: number;
  readonly expr?: string;
  readonly step?: string;
  readonly target?: { readonly expr: string; readonly refId: string; readonly interval: string };
  readonly datasource: { readonly uid: string };
}

const folder = new URL('../grafana/', import.meta.url);

/** The committed files: name → text. */
export const committedFiles = (): ReadonlyMap<string, string> =>
  new Map(readdirSync(folder).filter((name) => name.endsWith('.json')).sort().map((name) => [name, readFileSync(new URL(name, folder), 'utf8')]));

export const dashboards: readonly DashboardJson[] = [...committedFiles().values()].map((text) => JSON.parse(text) as DashboardJson);

/** Panels that draw something. */
export const panelsOf = ({ panels }: DashboardJson): readonly PanelJson[] => panels.filter(({ type }) => type !== 'row');

/** The links of a panel: its data links and those of its columns. */
export const linksOf = ({ fieldConfig }: PanelJson): readonly LinkJson[] => [
  ...(fieldConfig?.defaults.links ?? []),
  ...(fieldConfig?.overrides ?? []).flatMap(({ properties }) => properties.flatMap(({ id, value }) => (id === 'links' ? (value as LinkJson[]) : []))),
];

/** What a variable asks of Prometheus; undefined for one that asks nothing. */
export const queryOf = ({ type, query }: VariableJson): string | undefined => (type === 'query' ? (typeof query === 'string' ? query : query.query) : undefined);

/** Every query of a dashboard with a name for messages. */
export const queriesOf = (dashboard: DashboardJson): { readonly where: string; readonly query: string }[] => [
  ...panelsOf(dashboard).flatMap(({ title, targets = [] }) => targets.map(({ refId, expr }) => ({ where: `${dashboard.title}: ${title} ${refId}`, query: expr }))),
  ...dashboard.annotations.list.flatMap(({ name, expr }) => (expr === undefined ? [] : [{ where: `${dashboard.title}: annotation ${name}`, query: expr }])),
  ...dashboard.templating.list.flatMap((variable) => {
    const query = queryOf(variable);
    return query === undefined ? [] : [{ where: `${dashboard.title}: variable ${variable.name}`, query: labelValues(query).selector }];
  }),
];

/** The parts of label_values(selector, label). */
export const labelValues = (query: string): { readonly selector: string; readonly label: string } => {
  const found = /^label_values\((?:(.+),\s*)?([a-zA-Z_]\w*)\)$/.exec(query);
  if (!found) throw new Error(`not a label_values query: ${query}`);
  return { selector: found[1]!, label: found[2]! };
};
