import { DataPointType } from '@opentelemetry/sdk-metrics';
import type { MetricData, ResourceMetrics } from '@opentelemetry/sdk-metrics';
import type { MetricObjectWithValues, MetricValue, MetricValueWithName } from 'prom-client';
import type { Format } from './accept.ts';
import { pagesOf } from './producer.ts';
import { boundText, escapedHelp, joined, labelsText, sampleLine } from './text.ts';

/** What prom-client's `getMetricsAsJSON()` gives. */
export type OwnJson = readonly MetricObjectWithValues<MetricValue<string>>[];

export interface RenderInput {
  readonly collected: ResourceMetrics;
  readonly own: OwnJson;
  readonly format: Format;
}

/** All metrics as one page, each once, sorted by name. */
export const renderPage = ({ collected, own, format }: RenderInput): Buffer =>
  renderFamilies([...collected.scopeMetrics.flatMap(({ metrics }) => metrics.map(familyOfData)), ...own.map(familyOfOwn)], format);

/** The same for metrics that are text already. */
export const renderFamilies = (families: Family[], format: Format): Buffer => {
  const pieces: Uint8Array[] = [];
  let before = '';
  for (const family of families.sort(byName)) {
    if (family.name === before || family.lines.every((piece) => piece.length === 0)) continue;
    before = family.name;
    pieces.push(Buffer.from(headOf(family, format)), ...family.lines);
  }
  if (format === 'openmetrics') pieces.push(Buffer.from('# EOF\n'));
  return Buffer.concat(pieces);
};

/** How many series of sessions the collected data has. */
export const sessionSeries = (collected: ResourceMetrics): number =>
  collected.scopeMetrics.flatMap(({ metrics }) => metrics).reduce((sum, data) => {
    const written = pagesOf(data);
    return written ? written.pages.reduce((count, page) => count + page.lines(written.metric).series, sum) : sum;
  }, 0);

/** A metric with its samples as text, which is the same in both formats. */
export interface Family {
  readonly name: string;
  readonly type: 'counter' | 'gauge' | 'histogram' | 'summary';
  readonly help: string;
  readonly lines: readonly Uint8Array[];
}

const byName = (a: Family, b: Family): number => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0);

const headOf = ({ name, type, help }: Family, format: Format): string => {
  const openMetrics = format === 'openmetrics';
  // OpenMetrics names a counter without the _total of its samples, and a unit only when the name ends in it.
  const family = openMetrics && type === 'counter' ? name.replace(/_total$/, '') : name;
  const unit = /_(seconds|bytes|ratio)$/.exec(family)?.[1];
  return `# HELP ${family} ${escapedHelp(help, openMetrics)}\n# TYPE ${family} ${type}\n${openMetrics && unit ? `# UNIT ${family} ${unit}\n` : ''}`;
};

const familyOfData = (data: MetricData): Family => ({ name: safeName(data.descriptor.name), type: typeOfData(data), help: data.descriptor.description, lines: linesOfData(data) });

const typeOfData = (data: MetricData): Family['type'] => {
  if (data.dataPointType === DataPointType.HISTOGRAM) return 'histogram';
  return data.dataPointType === DataPointType.SUM && data.isMonotonic ? 'counter' : 'gauge';
};

const linesOfData = (data: MetricData): readonly Uint8Array[] => {
  const written = pagesOf(data);
  if (written) return written.pages.map((page) => page.lines(written.metric).bytes);
  return [Buffer.from(pointsText(data))];
};

const pointsText = (data: MetricData): string => {
  const name = safeName(data.descriptor.name);
  switch (data.dataPointType) {
    case DataPointType.HISTOGRAM:
      return data.dataPoints.map(({ attributes, value }) => histogramText(name, attributesText(attributes), value)).join('');
    case DataPointType.EXPONENTIAL_HISTOGRAM:
      return ''; // nothing here makes them, and neither format can say them
    default:
      return data.dataPoints.map(({ attributes, value }) => sampleLine(name, attributesText(attributes), value)).join('');
  }
};

const histogramText = (name: string, labels: string, { buckets, sum = 0, count }: { buckets: { boundaries: number[]; counts: number[] }; sum?: number; count: number }): string => {
  let total = 0;
  const lines = buckets.boundaries.map((bound, index) => {
    total += buckets.counts[index] ?? 0;
    return sampleLine(`${name}_bucket`, joined(labels, `le="${boundText(bound)}"`), total);
  });
  return `${lines.join('')}${sampleLine(`${name}_bucket`, joined(labels, 'le="+Inf"'), count)}${sampleLine(`${name}_sum`, labels, sum)}${sampleLine(`${name}_count`, labels, count)}`;
};

const attributesText = (attributes: Readonly<Record<string, unknown>>): string => {
  const names = Object.keys(attributes);
  return labelsText(names.map(safeName), names.map((name) => String(attributes[name])));
};

/** Names of the SDK's own metrics have dots. */
const safeName = (name: string): string => name.replace(/[^a-zA-Z0-9_]/g, '_');

/** A metric of prom-client. */
export const familyOfOwn = ({ name, type, help, values }: OwnJson[number]): Family => {
  // prom-client's counters need not end in _total; their samples must.
  const family = String(type) === 'counter' && !name.endsWith('_total') ? `${name}_total` : name;
  const lines = (values as MetricValueWithName<string>[]).map((value) => sampleLine(value.metricName ?? family, ownLabels(value.labels), Number(value.value)));
  return { name: family, type: String(type) as Family['type'], help, lines: [Buffer.from(lines.join(''))] };
};

const ownLabels = (labels: Readonly<Partial<Record<string, string | number>>>): string => {
  const { le, ...others } = labels;
  const names = Object.keys(others);
  const text = labelsText(names, names.map((name) => (others[name] === undefined ? undefined : String(others[name]))));
  return le === undefined ? text : joined(text, `le="${typeof le === 'number' ? boundText(le) : le}"`);
};
