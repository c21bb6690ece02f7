import * as barchart from '@grafana/grafana-foundation-sdk/barchart';
import * as bargauge from '@grafana/grafana-foundation-sdk/bargauge';
import * as common from '@grafana/grafana-foundation-sdk/common';
import { DashboardLinkBuilder, FieldColorBuilder, FieldColorModeId, RowBuilder, ThresholdsConfigBuilder, ThresholdsMode } from '@grafana/grafana-foundation-sdk/dashboard';
import type { DynamicConfigValue, Threshold } from '@grafana/grafana-foundation-sdk/dashboard';
import { DataqueryBuilder, PromQueryFormat } from '@grafana/grafana-foundation-sdk/prometheus';
import * as stat from '@grafana/grafana-foundation-sdk/stat';
import * as statetimeline from '@grafana/grafana-foundation-sdk/statetimeline';
import * as table from '@grafana/grafana-foundation-sdk/table';
import * as timeseries from '@grafana/grafana-foundation-sdk/timeseries';
import { letter } from './finalize.ts';
import type { DataLink } from './links.ts';
import { toRoomOfCell, toSessionOfRow } from './links.ts';
import { stateColors, thresholds } from './thresholds.ts';
import type { Color, Step } from './thresholds.ts';

/** A headline over some panels. */
export const row = (title: string): RowBuilder => new RowBuilder(title);

/** What every panel says. */
export interface Panel {
  readonly title: string;
  /** What it shows, and what to do when it looks wrong. */
  readonly help: string;
  readonly unit: Unit;
  /** Columns of 24, and lines. */
  readonly size: readonly [width: number, height: number];
  readonly steps?: readonly Step[];
  readonly decimals?: number;
  readonly min?: number;
  readonly max?: number;
  /** What stands there when nothing is known. @default '–' */
  readonly empty?: string;
  readonly links?: readonly DataLink[];
  /** The look of single series by their legend. */
  readonly colors?: Readonly<Record<string, Color>>;
}

/** Units of Grafana's list that we use. */
export type Unit = 'short' | 'none' | 'percentunit' | 'currencyUSD' | 's' | 'bytes' | 'Bps' | 'string';

export interface Query {
  readonly query: string;
  readonly legend?: string;
}

/** One number now. */
export const numberPanel = ({ of, trend, ...panel }: Panel & { readonly of: string | Query; readonly trend?: boolean }): stat.PanelBuilder =>
  dressed(new stat.PanelBuilder(), panel)
    .withTarget(trend ? range(asQuery(of)) : instant(asQuery(of)))
    .colorMode(panel.steps === undefined ? common.BigValueColorMode.None : common.BigValueColorMode.Value)
    .graphMode(trend ? common.BigValueGraphMode.Area : common.BigValueGraphMode.None)
    .textMode(common.BigValueTextMode.Value)
    .reduceOptions(lastValue());

/** Several numbers now, each by its own name, unit and scale. */
export const numbersPanel = ({ of, ...panel }: Panel & { readonly of: readonly (Query & Judged)[] }): stat.PanelBuilder => {
  const numbers = withTargets(dressed(new stat.PanelBuilder(), panel), of.map(instant))
    .colorMode(common.BigValueColorMode.Value)
    .graphMode(common.BigValueGraphMode.None)
    .textMode(common.BigValueTextMode.ValueAndName)
    .orientation(common.VizOrientation.Horizontal)
    .reduceOptions(lastValue());
  for (const { legend, unit, steps } of of) numbers.overrideByName(legend, [{ id: 'unit', value: unit }, { id: 'thresholds', value: { mode: 'absolute', steps } }]);
  return numbers;
};

interface Judged {
  readonly legend: string;
  readonly unit: Unit;
  readonly steps: readonly Step[];
}

/** The word that a series is called by now, such as the state of a session. */
export const wordPanel = ({ of, ...panel }: Panel & { readonly of: Query }): stat.PanelBuilder =>
  dressed(new stat.PanelBuilder(), panel)
    .withTarget(instant(of))
    .colorMode(common.BigValueColorMode.Background)
    .graphMode(common.BigValueGraphMode.None)
    .textMode(common.BigValueTextMode.Name)
    .reduceOptions(lastValue());

/** Bars side by side, one per series, now. Long names stand above their bars, short ones left of them. */
export const barsPanel = ({ of, names = 'left', ...panel }: Panel & { readonly of: readonly Query[]; readonly names?: 'left' | 'top' }): bargauge.PanelBuilder =>
  withTargets(dressed(new bargauge.PanelBuilder(), panel), of.map(instant))
    .orientation(common.VizOrientation.Horizontal)
    .displayMode(common.BarGaugeDisplayMode.Basic)
    .valueMode(common.BarGaugeValueMode.Text)
    .namePlacement(names === 'top' ? common.BarGaugeNamePlacement.Top : common.BarGaugeNamePlacement.Left)
    .showUnfilled(true)
    // Sized by itself, a single bar and its letters fill the panel and names are cut.
    .sizing(common.BarGaugeSizing.Manual)
    .text(new common.VizTextDisplayOptionsBuilder().titleSize(13).valueSize(14))
    .minVizHeight(names === 'top' ? 34 : 16)
    .maxVizHeight(names === 'top' ? 44 : 28)
    .reduceOptions(lastValue());

/** Lines over time. */
export const linesPanel = ({ of, stacked = false, marked = false, ...panel }: Panel & Drawn & { readonly stacked?: boolean; readonly marked?: boolean }): timeseries.PanelBuilder => {
  const lines = drawn(new timeseries.PanelBuilder(), panel, of)
    .drawStyle(common.GraphDrawStyle.Line)
    .lineWidth(stacked ? 1 : 2)
    .fillOpacity(stacked ? 40 : isSingle(of) ? 8 : 0);
  if (stacked) lines.stacking(new common.StackingConfigBuilder().mode(common.StackingMode.Normal).group('A'));
  if (marked) lines.thresholdsStyle(new common.GraphThresholdsStyleConfigBuilder().mode(common.GraphThresholdsStyleMode.Dashed));
  return lines;
};

/** One line alone may be filled; the fillings of several lie over one another. */
const isSingle = ([first, ...others]: readonly Query[]): boolean => others.length === 0 && first?.legend?.includes('{{') === false;

/** Stacked bars, one per hour or day: the step decides the bar. */
export const calendarPanel = ({ of, every, ...panel }: Panel & Drawn & { readonly every: '1h' | '1d' }): timeseries.PanelBuilder =>
  drawn(new timeseries.PanelBuilder(), panel, of)
    .interval(every)
    .drawStyle(common.GraphDrawStyle.Bars)
    .barAlignment(common.BarAlignment.After)
    .lineWidth(0)
    .fillOpacity(80)
    .stacking(new common.StackingConfigBuilder().mode(common.StackingMode.Normal).group('A'));

/** Sums by hour of the day, in the time zone of whoever looks. */
export const hoursPanel = ({ of, ...panel }: Panel & { readonly of: Required<Query> }): barchart.PanelBuilder =>
  dressed(new barchart.PanelBuilder(), panel)
    .withTarget(range(of))
    .interval('1h')
    .maxDataPoints(hoursOfAYear)
    .xField('Time')
    .showValue(common.VisibilityMode.Never)
    .legend(new common.VizLegendOptionsBuilder().showLegend(false).displayMode(common.LegendDisplayMode.Hidden).placement(common.LegendPlacement.Bottom))
    .colorScheme(new FieldColorBuilder().mode(FieldColorModeId.Fixed).fixedColor('blue'))
    .transformations([
      { id: 'formatTime', options: { timeField: 'Time', outputFormat: 'HH', useTimezone: true } },
      { id: 'groupBy', options: { fields: { Time: { operation: 'groupby', aggregations: [] }, [of.legend]: { operation: 'aggregate', aggregations: ['sum'] } } } },
      { id: 'sortBy', options: { sort: [{ field: 'Time' }] } },
    ]);

/** Up or down over time, a band per series. */
export const bandsPanel = ({ of, words, ...panel }: Panel & Drawn & { readonly words: Readonly<Record<string, { readonly text: string; readonly color: Color }>> }): statetimeline.PanelBuilder =>
  withTargets(dressed(new statetimeline.PanelBuilder(), panel), of.map(range))
    .mappings([{ type: valueMapping, options: Object.fromEntries(Object.entries(words).map(([value, { text, color }], index) => [value, { text, color, index }])) }])
    .showValue(common.VisibilityMode.Never)
    .fillOpacity(80)
    .mergeValues(true);

/** So that the steps stay hours when a long time is shown. */
const hoursOfAYear = 8784;

/** A column of a table: a value of its own query, or a label. */
export interface Column {
  readonly name: string;
  readonly unit?: Unit;
  readonly decimals?: number;
  readonly width?: number;
  /** A bar in the cell, from 0 to 1, coloured by the steps. */
  readonly bar?: true;
  readonly steps?: readonly Step[];
  readonly links?: readonly DataLink[];
  /** Other words for what is in the cell; links keep what is in it. */
  readonly shortened?: readonly Shortening[];
  /** Text → colour. */
  readonly words?: Readonly<Record<string, Color>>;
}

interface Shortening {
  readonly pattern: string;
  readonly text: string;
}

/** A label as a column, in the order of the page. */
export type LabelColumns = Readonly<Record<string, string | Column>>;
/** @see hidden: the query is there for its labels alone. */
export type ValueColumn = Column & { readonly query: string; readonly hidden?: true };

/**
 * Rows of what the queries' labels tell apart; queries with the same labels become one row. Labels that are not named stay hidden,
 * and those that no series has (without a hub: users, hosts, rooms) have no column.
 */
export const tablePanel = ({ labels, values, valuesAfter, sort, descending = true, ...panel }: Panel & {
  readonly labels: LabelColumns;
  readonly values: readonly ValueColumn[];
  /** The label behind which the values stand, so that they are seen without scrolling. @default the last one */
  readonly valuesAfter?: string;
  /** A column's name. */
  readonly sort: string;
  readonly descending?: boolean;
}): table.PanelBuilder => {
  const shown = values.map((column, index) => ({ column, field: valueField(index, values.length) })).filter(({ column }) => !column.hidden);
  const names = Object.keys(labels);
  const before = valuesAfter === undefined ? names.length : names.indexOf(valuesAfter) + 1;
  const fields = [...names.slice(0, before), ...shown.map(({ field }) => field), ...names.slice(before)];
  const builder = withTargets(dressed(new table.PanelBuilder(), panel), values.map(({ query }) => asTable(query)))
    .cellHeight(common.TableCellHeight.Sm)
    .showHeader(true)
    .sortBy([new common.TableSortByFieldStateBuilder().displayName(sort).desc(descending)])
    .transformations([
      { id: 'merge', options: {} },
      { id: 'filterFieldsByName', options: { include: { pattern: `^(${fields.join('|')})$` } } },
      { id: 'organize', options: { indexByName: Object.fromEntries(fields.map((field, index) => [field, index])), excludeByName: {}, renameByName: {} } },
    ]);
  for (const [label, column] of Object.entries(labels)) builder.overrideByName(label, columnLook(typeof column === 'string' ? { name: column } : column));
  for (const { column, field } of shown) builder.overrideByName(field, columnLook(column));
  return builder;
};

/** Grafana calls the value of a single query "Value". */
const valueField = (index: number, of: number): string => (of === 1 ? 'Value' : `Value #${letter(index)}`);

/** Columns that every table of sessions has: the session itself leads to its page. */
export const sessionColumns = {
  session_id: {
    name: 'Session', width: 100, links: [toSessionOfRow],
    shortened: [
      // The first half of a UUID of version 7 is the time: sessions of the same minute share it.
      { pattern: '^[^/]+/[0-9a-f]{8}-[0-9a-f]{4}-7.*([0-9a-f]{8})$', text: '…$1' },
      { pattern: '^[^/]+/([0-9a-f]{8})-[0-9a-f]{4}-.*$', text: '$1' },
      { pattern: '^[^/]+/(.*)$', text: '$1' },
    ],
  },
  user_name: { name: 'User', width: 100 },
  project: { name: 'Project' },
} as const satisfies LabelColumns;

/** The room of a session; the cell holds its address, and without a hub there is no column. */
export const roomColumn: Column = { name: 'Room', width: 70, links: [toRoomOfCell], shortened: [{ pattern: '^https?://.+$', text: 'open' }] };

/** The sentence of an empty table would stand in every empty cell, so each column has its own. */
const columnLook = ({ name, unit, decimals, width, bar, steps, links, words, shortened }: Column): DynamicConfigValue[] => [
  { id: 'displayName', value: name },
  { id: 'noValue', value: '–' },
  ...(unit === undefined ? [] : [{ id: 'unit', value: unit }]),
  ...(decimals === undefined ? [] : [{ id: 'decimals', value: decimals }]),
  ...(width === undefined ? [] : [{ id: 'custom.width', value: width }]),
  ...(steps === undefined ? [] : [{ id: 'thresholds', value: { mode: 'absolute', steps: bar ? steps : readable(steps) } }, { id: 'color', value: { mode: 'thresholds' } }]),
  ...(bar ? [{ id: 'min', value: 0 }, { id: 'max', value: 1 }, { id: 'custom.cellOptions', value: { type: 'gauge', mode: 'basic', valueDisplayMode: 'text' } }] : []),
  ...(steps !== undefined && !bar ? [{ id: 'custom.cellOptions', value: { type: 'color-text' } }] : []),
  ...(links === undefined ? [] : [{ id: 'links', value: links }]),
  ...(words === undefined ? [] : [{ id: 'custom.cellOptions', value: { type: 'color-text' } }, { id: 'mappings', value: [{ type: 'value', options: wordOptions(words) }] }]),
  ...(shortened === undefined ? [] : [{ id: 'mappings', value: shortened.map(({ pattern, text }, index) => ({ type: 'regex', options: { pattern, result: { text, index } } })) }]),
];

/** Yellow letters cannot be read on white. */
const readable = (steps: readonly Step[]): readonly Step[] => steps.map(({ value, color }) => ({ value, color: color === 'yellow' ? 'orange' : color }));

const wordOptions = (words: Readonly<Record<string, Color>>) => Object.fromEntries(Object.entries(words).map(([word, color], index) => [word, { text: word, color, index }]));

/** The state of a session in its colour. */
export const stateColumn: Column = { name: 'State', width: 90, words: stateColors };

interface Drawn {
  readonly of: readonly Query[];
}

const drawn = (builder: timeseries.PanelBuilder, panel: Panel, queries: readonly Query[]): timeseries.PanelBuilder =>
  withTargets(dressed(builder, panel), queries.map(range))
    .showPoints(common.VisibilityMode.Never)
    .spanNulls(false)
    .axisSoftMin(0)
    .legend(new common.VizLegendOptionsBuilder().showLegend(true).displayMode(common.LegendDisplayMode.List).placement(common.LegendPlacement.Bottom))
    .tooltip(new common.VizTooltipOptionsBuilder().mode(common.TooltipDisplayMode.Multi).sort(common.SortOrder.Descending));

type AnyPanel = stat.PanelBuilder | bargauge.PanelBuilder | barchart.PanelBuilder | timeseries.PanelBuilder | statetimeline.PanelBuilder | table.PanelBuilder;

const dressed = <Builder extends AnyPanel>(builder: Builder, { title, help, unit, size: [width, height], steps, decimals, min, max, empty = '–', links = [], colors = {} }: Panel): Builder => {
  builder.title(title).description(help).unit(unit).span(width).height(height).noValue(empty).thresholds(scale(steps ?? thresholds.plain));
  builder.colorScheme(new FieldColorBuilder().mode(isSeries(builder) ? FieldColorModeId.PaletteClassicByName : FieldColorModeId.Thresholds));
  if (decimals !== undefined) builder.decimals(decimals);
  if (min !== undefined) builder.min(min);
  if (max !== undefined) builder.max(max);
  if (links.length > 0) builder.dataLinks(links.map(asLink));
  for (const [name, color] of Object.entries(colors)) builder.overrideByName(name, [{ id: 'color', value: { mode: 'fixed', fixedColor: color } }]);
  return builder;
};

/** Series over time are told apart by colour; numbers and bars are judged by it. */
const isSeries = (builder: AnyPanel): boolean => builder instanceof timeseries.PanelBuilder;

const scale = (steps: readonly Step[]) => new ThresholdsConfigBuilder().mode(ThresholdsMode.Absolute).steps(steps as Threshold[]);

const asLink = ({ title, url, targetBlank = false }: DataLink): DashboardLinkBuilder => new DashboardLinkBuilder(title).url(url).targetBlank(targetBlank);

const lastValue = () => new common.ReduceDataOptionsBuilder().calcs(['lastNotNull']).values(false);

const withTargets = <Builder extends AnyPanel>(builder: Builder, targets: readonly DataqueryBuilder[]): Builder => {
  for (const target of targets) builder.withTarget(target);
  return builder;
};

const asQuery = (of: string | Query): Query => (typeof of === 'string' ? { query: of } : of);
const instant = ({ query, legend = '__auto' }: Query): DataqueryBuilder => new DataqueryBuilder().expr(query).instant().legendFormat(legend).format(PromQueryFormat.TimeSeries);
const range = ({ query, legend = '__auto' }: Query): DataqueryBuilder => new DataqueryBuilder().expr(query).range().legendFormat(legend).format(PromQueryFormat.TimeSeries);
const asTable = (query: string): DataqueryBuilder => new DataqueryBuilder().expr(query).instant().legendFormat('__auto').format(PromQueryFormat.Table);

const valueMapping = 'value' as never;
