import type { Prometheus, QueryResult } from '../../exporter/test/servers.ts';
import type { PanelJson, TargetJson, VariableJson } from './committed.ts';
import { labelValues } from './committed.ts';

/** What a person has chosen on a page: the values of its variables; what is not named is "All". */
export type Choices = Readonly<Record<string, readonly string[] | string>>;

/** The time a page shows, in seconds. */
export interface TimeRange {
  readonly from: number;
  readonly to: number;
}

/** The `timeInterval` of the provisioned data source. */
const scrapeSeconds = 15;
/** About as many points as a panel is wide. */
const points = 1000;

/** Text of a query with everything replaced as Grafana's Prometheus data source does it. */
export const interpolated = (query: string, variables: readonly VariableJson[], choices: Choices, { from, to }: TimeRange, stepSeconds: number): string => {
  const rate = Math.max(stepSeconds + scrapeSeconds, 4 * scrapeSeconds);
  const own: Record<string, string> = { __rate_interval: `${rate}s`, __range: `${Math.round(to - from)}s`, __interval: `${stepSeconds}s` };
  return query.replace(/\$(\w+)/g, (_all, name: string) => {
    if (own[name] !== undefined) return own[name];
    const variable = variables.find((one) => one.name === name);
    if (!variable) throw new Error(`no variable ${name}`);
    return valueOf(variable, choices[name]);
  });
};

const valueOf = ({ name, multi, allValue, current }: VariableJson, chosen: Choices[string] | undefined): string => {
  if (!multi) {
    const value = chosen ?? (current as { value?: string }).value;
    if (value === undefined) throw new Error(`nothing is chosen for ${name}`);
    return String(value).replaceAll('\\', '\\\\').replaceAll('"', '\\"');
  }
  if (chosen === undefined) return allValue!;
  const escaped = [chosen].flat().map((one) => one.replace(/[$^*{}[\]'+?.()|\\]/g, '\\\\$&'));
  return escaped.length === 1 ? escaped[0]! : `(${escaped.join('|')})`;
};

/** Seconds between the points of a panel: its own least step, or as many points as it is wide, rounded up to a handy number. */
export const stepOf = ({ interval }: Pick<PanelJson, 'interval'>, { from, to }: TimeRange): number => {
  const least = interval === undefined ? scrapeSeconds : interval === '1d' ? 86_400 : 3600;
  const wished = (to - from) / points;
  return Math.max(least, [1, 2, 5, 10, 15, 30, 60, 120, 300, 900, 3600, 86_400].find((step) => step >= wished)!);
};

/** The answer to one query of a panel. */
export const ask = async (prometheus: Prometheus, { panel, target, variables, choices, time }: { readonly panel: Pick<PanelJson, 'interval'>; readonly target: TargetJson; readonly variables: readonly VariableJson[]; readonly choices: Choices; readonly time: TimeRange }): Promise<QueryResult[]> => {
  const step = stepOf(panel, time);
  const query = interpolated(target.expr, variables, choices, time, step);
  return target.instant ? prometheus.query(query, time.to) : askRange(prometheus, query, time, step);
};

/** A query over time; Grafana begins and ends on whole steps. */
export const askRange = async (prometheus: Prometheus, query: string, { from, to }: TimeRange, step: number): Promise<QueryResult[]> =>
  (await prometheus.get<{ result: QueryResult[] }>(`/query_range?query=${encodeURIComponent(query)}&start=${Math.floor(from / step) * step}&end=${Math.floor(to / step) * step}&step=${step}`)).result;

/** The options that a variable offers. */
export const optionsOf = async (prometheus: Prometheus, query: string, { from, to }: TimeRange): Promise<readonly string[]> => {
  const { selector, label } = labelValues(query);
  return prometheus.get<string[]>(`/label/${label}/values?match[]=${encodeURIComponent(selector)}&start=${from}&end=${to}`);
};

/** The last value of each series. */
export const lastValues = (results: readonly QueryResult[]): number[] => results.map(({ value, values }) => Number((value ?? values!.at(-1)!)[1]));
