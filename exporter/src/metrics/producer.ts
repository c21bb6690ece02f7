import { emptyResource } from '@opentelemetry/resources';
import { AggregationTemporality, DataPointType } from '@opentelemetry/sdk-metrics';
import type { CollectionResult, DataPoint, GaugeMetricData, HistogramMetricData, MetricData, MetricProducer, SumMetricData } from '@opentelemetry/sdk-metrics';
import { durationBounds } from '../session/part.ts';
import type { EpochMs, Histogram } from '../session/part.ts';
import type { Snapshot } from '../session/snapshot.ts';
import { labelsOf, snapshotMetrics } from './catalogue.ts';
import type { Show } from './hold.ts';
import type { FleetMetric, HistogramReading, Metric, Reading, SessionMetric } from './metric.ts';
import { sessionMetrics } from './session-metrics.ts';
import type { SessionPage, SessionPages } from './session-pages.ts';
import { labelsText, readingLabels } from './text.ts';

/** One reading of everything: what its viewer is shown of young fleet series, and which metrics it wants. */
export interface Look {
  readonly show: Show;
  readonly wants: (metric: string) => boolean;
}

export interface ProducerOptions {
  readonly snapshot: () => Snapshot;
  readonly now: () => EpochMs;
  readonly startedAt: EpochMs;
  readonly pages: SessionPages;
  readonly version: string;
  /** Asked once per collection. */
  readonly look: () => Look;
}

/**
 * The latest Snapshot as OpenTelemetry metric data, by the catalogue. A session that left the snapshot is simply not there:
 * observable instruments would never forget it.
 */
export const createProducer = ({ snapshot, now, startedAt, pages, version, look }: ProducerOptions): MetricProducer => ({
  collect: async (): Promise<CollectionResult> => {
    const current = snapshot();
    const { show, wants } = look();
    const book = { snapshot: current, show, startedAt, at: hrTime(current.at) };
    const sessionPages = pages.of(current.sessions, now());
    const metrics = [
      ...sessionMetrics.filter(({ name }) => wants(name)).map((metric) => sessionData(metric, sessionPages, book)),
      ...snapshotMetrics.filter(({ name }) => wants(name)).map((metric) => snapshotData(metric, book)),
    ];
    return { resourceMetrics: { resource: emptyResource(), scopeMetrics: [{ scope: { name: 'watchroom', version }, metrics }] }, errors: [] };
  },
});

/** The pages behind a session metric's data: who writes text takes their lines and never makes the data points. */
export const pagesOf = (data: MetricData): { readonly metric: SessionMetric; readonly pages: readonly SessionPage[] } | undefined => written.get(data);
const written = new WeakMap<MetricData, { metric: SessionMetric; pages: readonly SessionPage[] }>();

type HrTime = DataPoint<number>['endTime'];
interface Book {
  readonly snapshot: Snapshot;
  readonly show: Show;
  readonly startedAt: EpochMs;
  readonly at: HrTime;
}

const sessionData = (metric: SessionMetric, pages: readonly SessionPage[], book: Book): MetricData => {
  const data = numberData(metric, () => pages.flatMap((page) => [...page.series(metric)].map(({ session, reading: [value, ...labels] }) =>
    point(metric, [session.id, session.tool, ...labels], value, hrTime(session.startedAt ?? book.startedAt), book.at))));
  written.set(data, { metric, pages });
  return data;
};

const snapshotData = (metric: (typeof snapshotMetrics)[number], book: Book): MetricData => {
  if (metric.type === 'histogram') {
    const readings = metric.scope === 'exporter' ? metric.read(book.snapshot) : ledgerHistograms(metric.name, metric.labels, book);
    return histogramData(metric, () => readings.map(([histogram, ...labels]) => point(metric, labels, otelHistogram(histogram), hrTime(book.startedAt), book.at)));
  }
  const fromLedger = metric.scope === 'fleet' && metric.read === 'ledger';
  const readings = fromLedger ? ledgerReadings(metric, book) : (metric.read as Exclude<typeof metric.read, 'ledger'>)(book.snapshot);
  const since = hrTime(fromLedger ? book.snapshot.ledger.createdAt : book.startedAt);
  return numberData(metric, () => oncePerLabels(metric.labels, readings).map(([value, ...labels]) => point(metric, labels, value, since, book.at)));
};

/** Series of one fleet counter as this viewer is shown them; equal labels are one series. */
const ledgerReadings = (metric: FleetMetric, { snapshot, show }: Book): readonly Reading[] => {
  const series = new Map<string, { labels: readonly string[]; value: number; bornAt: EpochMs }>();
  for (const one of snapshot.fleet) {
    if (one.metric !== metric.name) continue;
    const values = metric.labels.map((name) => one.labels[name] ?? '');
    const key = labelsText(metric.labels, values);
    const before = series.get(key);
    series.set(key, { labels: values, value: one.value + (before?.value ?? 0), bornAt: Math.min(one.bornAt, before?.bornAt ?? Infinity) });
  }
  return [...series].map(([key, { labels: values, value, bornAt }]): Reading => [show({ key: `${metric.name}{${key}}`, value, bornAt }), ...values]);
};

const ledgerHistograms = (name: string, names: readonly string[], { snapshot }: Book): readonly HistogramReading[] =>
  snapshot.fleetHistograms.filter(({ metric }) => metric === name).map((one): HistogramReading => [one.histogram, ...names.map((label) => one.labels[label])]);

/** Of readings with the same labels only the last: Prometheus refuses a page that says a thing twice. */
const oncePerLabels = (names: readonly string[], readings: readonly Reading[]): readonly Reading[] =>
  [...new Map(readings.map((reading) => [readingLabels(names, reading), reading])).values()];

const numberData = (metric: Metric, points: () => DataPoint<number>[]): MetricData => {
  const common = { descriptor: descriptorOf(metric), aggregationTemporality: AggregationTemporality.CUMULATIVE, dataPoints: [] };
  const data: GaugeMetricData | SumMetricData = metric.type === 'counter'
    ? { ...common, dataPointType: DataPointType.SUM, isMonotonic: true }
    : { ...common, dataPointType: DataPointType.GAUGE };
  return lazily(data, points);
};

const histogramData = (metric: Metric, points: () => HistogramMetricData['dataPoints']): MetricData =>
  lazily<HistogramMetricData>({ descriptor: descriptorOf(metric), aggregationTemporality: AggregationTemporality.CUMULATIVE, dataPointType: DataPointType.HISTOGRAM, dataPoints: [] }, points);

/** Data points are made when somebody reads them: for 10,000 sessions that is half a million objects. */
const lazily = <Data extends MetricData>(data: Data, points: () => Data['dataPoints']): Data => {
  let made: Data['dataPoints'] | undefined;
  return Object.defineProperty(data, 'dataPoints', { get: () => (made ??= points()), enumerable: true });
};

const descriptorOf = ({ name, help, unit }: Metric): MetricData['descriptor'] => ({ name, description: help, unit, valueType: 1 });

const point = <Value>(metric: Metric, values: readonly (string | undefined)[], value: Value, startTime: HrTime, endTime: HrTime): DataPoint<Value> => {
  const attributes: Record<string, string> = {};
  labelsOf(metric).forEach((name, index) => {
    const text = values[index];
    if (text !== undefined && text !== '') attributes[name] = text;
  });
  return { startTime, endTime, attributes, value };
};

const otelHistogram = ({ buckets, sum }: Histogram): HistogramMetricData['dataPoints'][number]['value'] => ({
  buckets: { boundaries: [...durationBounds], counts: [...buckets] },
  sum,
  count: buckets.reduce((total, count) => total + count, 0),
});

const hrTime = (at: EpochMs): HrTime => [Math.floor(at / 1000), Math.round((at % 1000) * 1e6)];
