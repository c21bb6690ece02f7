import { stepOf } from './steps.ts';
import type { Annotation, Answer, Chosen, Panel, Scene, Series } from './page/scene.ts';

/** What is read of a dashboard's JSON. */
export interface Dashboard {
  readonly uid: string;
  readonly title: string;
  readonly time: { readonly from: string };
  readonly panels: readonly (Omit<Panel, 'answers' | 'options' | 'fieldConfig' | 'transformations'> & Partial<Pick<Panel, 'options' | 'fieldConfig' | 'transformations'>> & { readonly targets?: readonly Target[]; readonly interval?: string; readonly maxDataPoints?: number })[];
  readonly templating: { readonly list: readonly Variable[] };
  readonly annotations: { readonly list: readonly { readonly enable: boolean; readonly expr?: string; readonly iconColor: string }[] };
}

interface Target {
  readonly refId: string;
  readonly expr: string;
  readonly instant?: boolean;
  readonly format?: string;
  readonly legendFormat?: string;
}

interface Variable {
  readonly name: string;
  readonly label?: string;
  readonly type: string;
  readonly hide: number;
  readonly multi?: boolean;
  readonly allValue?: string;
  readonly query: string | { readonly query: string };
  readonly current: { readonly value?: string | readonly string[] };
}

/** How a page is looked at. */
export interface View {
  readonly prometheusUrl: string;
  readonly theme: 'dark' | 'light';
  /** Epoch milliseconds. */
  readonly from: number;
  readonly to: number;
  readonly timeText: string;
  /** The data source's scrape interval, as Grafana is told it. */
  readonly scrapeSeconds: number;
  /** Values of variables by name; the rest is as the page has it. */
  readonly chosen: Readonly<Record<string, string>>;
}

/** Asks Prometheus everything that a page asks: its variables first, then its panels and annotations. */
export const sceneOf = async (dashboard: Dashboard, view: View): Promise<Scene> => {
  const values: Record<string, string> = {};
  const variables: Chosen[] = [];
  for (const variable of dashboard.templating.list) {
    const { value, text } = await valueOf(variable, view, values);
    values[variable.name] = value;
    variables.push({ name: variable.name, label: variable.label ?? variable.name, text, hidden: variable.hide !== 0 });
  }
  return {
    title: dashboard.title, theme: view.theme, from: view.from, to: view.to, timeText: view.timeText, variables,
    panels: await Promise.all(dashboard.panels.map((panel) => answered(panel, view, values))),
    annotations: (await Promise.all(dashboard.annotations.list.map((one) => (one.enable && one.expr !== undefined ? marksOf(one.expr, one.iconColor, view, values) : [])))).flat(),
  };
};

const valueOf = async (variable: Variable, view: View, values: Readonly<Record<string, string>>): Promise<{ readonly value: string; readonly text: string }> => {
  const { name, type, multi, allValue, query, current } = variable;
  const chosen = view.chosen[name];
  if (chosen !== undefined) return { value: multi ? chosen.replace(/[$^*{}[\]'+?.()|\\]/g, '\\\\$&') : chosen, text: chosen };
  if (type === 'datasource') return { value: name, text: 'Prometheus' };
  if (multi && allValue !== undefined) return { value: allValue, text: 'All' };
  if (type !== 'query') return { value: String(current.value), text: String(current.value) };
  const first = (await optionsOf(typeof query === 'string' ? query : query.query, view, values))[0] ?? '';
  return { value: first, text: first };
};

const optionsOf = async (query: string, view: View, values: Readonly<Record<string, string>>): Promise<readonly string[]> => {
  const [, selector, label] = /^label_values\((.+),\s*(\w+)\)$/.exec(query) ?? [];
  if (selector === undefined || label === undefined) throw new Error(`a variable asks ${JSON.stringify(query)}; only label_values(selector, label) is understood`);
  return ask<string[]>(view, `label/${label}/values`, { 'match[]': interpolated(selector, values, view, 15), start: view.from / 1000, end: view.to / 1000 });
};

const answered = async (panel: Dashboard['panels'][number], view: View, values: Readonly<Record<string, string>>): Promise<Panel> => {
  const { targets = [], interval, maxDataPoints, ...rest } = panel;
  const step = stepOf({ ...view, leastSeconds: secondsOf(interval) ?? view.scrapeSeconds, points: maxDataPoints ?? panel.gridPos.w * 65 });
  return { options: {}, fieldConfig: { defaults: {}, overrides: [] }, transformations: [], ...rest, answers: await Promise.all(targets.map((target) => answerOf(target, step, view, values))) };
};

const answerOf = async ({ refId, expr, instant = false, format = 'time_series', legendFormat = '__auto' }: Target, step: number, view: View, values: Readonly<Record<string, string>>): Promise<Answer> => {
  const query = interpolated(expr, values, view, step);
  const about = { refId, format, legendFormat, query, stepSeconds: step };
  try {
    return { ...about, series: await (instant ? now(query, view) : overTime(query, step, view)) };
  } catch (error) {
    return { ...about, series: [], error: String(error) };
  }
};

interface Result { readonly result: readonly { readonly metric: Series['metric']; readonly value?: Series['samples'][number]; readonly values?: Series['samples'] }[] }

const now = async (query: string, view: View): Promise<Series[]> => seriesOf(await ask<Result>(view, 'query', { query, time: view.to / 1000 }));

/** Grafana begins and ends on whole steps. */
const overTime = async (query: string, step: number, view: View): Promise<Series[]> =>
  seriesOf(await ask<Result>(view, 'query_range', { query, start: Math.floor(view.from / 1000 / step) * step, end: Math.floor(view.to / 1000 / step) * step, step }));

const seriesOf = ({ result }: Result): Series[] => result.map(({ metric, value, values }) => ({ metric, samples: values ?? [value!] }));

const marksOf = async (expr: string, color: string, view: View, values: Readonly<Record<string, string>>): Promise<Annotation[]> => {
  const step = view.scrapeSeconds;
  const series = await overTime(interpolated(expr, values, view, step), step, view);
  // Points that follow each other are one annotation; it is marked where it begins.
  return series.flatMap(({ samples }) => samples.filter(([at, value], index) => Number(value) > 0 && (samples[index - 1]?.[0] ?? 0) < at - step).map(([at]) => ({ at: at * 1000, color })));
};

const interpolated = (text: string, values: Readonly<Record<string, string>>, { from, to, scrapeSeconds }: View, step: number): string => {
  const own: Record<string, string> = { __rate_interval: `${Math.max(step + scrapeSeconds, 4 * scrapeSeconds)}s`, __range: `${Math.round((to - from) / 1000)}s`, __interval: `${step}s` };
  return text.replace(/\$\{?(\w+)\}?/g, (all, name: string) => own[name] ?? values[name] ?? all);
};

const secondsOf = (interval: string | undefined): number | undefined => {
  const [, count, unit] = /^(\d+)([smhd])$/.exec(interval ?? '') ?? [];
  return unit === undefined ? undefined : Number(count) * { s: 1, m: 60, h: 3600, d: 86_400 }[unit as 's' | 'm' | 'h' | 'd'];
};

const ask = async <Data>({ prometheusUrl }: View, path: string, parameters: Readonly<Record<string, string | number>>): Promise<Data> => {
  const search = new URLSearchParams(Object.entries(parameters).map(([name, value]) => [name, String(value)]));
  const answer = (await (await fetch(`${prometheusUrl}/api/v1/${path}?${search}`)).json()) as { readonly status: string; readonly error?: string; readonly data: Data };
  if (answer.status !== 'success') throw new Error(`Prometheus: ${answer.error}`);
  return answer.data;
};
