import { AsyncLocalStorage } from 'node:async_hooks';
import { DiagLogLevel, diag } from '@opentelemetry/api';
import { PrometheusExporter } from '@opentelemetry/exporter-prometheus';
import { defaultResource, detectResources, envDetector, resourceFromAttributes } from '@opentelemetry/resources';
import { MeterProvider, PeriodicExportingMetricReader } from '@opentelemetry/sdk-metrics';
import type { IMetricReader, MetricProducer, ResourceMetrics } from '@opentelemetry/sdk-metrics';
import type { EpochMs } from '../session/part.ts';
import type { Snapshot } from '../session/snapshot.ts';
import { Viewer } from './hold.ts';
import type { LabelSettings } from './metric.ts';
import { pushOf } from './otlp.ts';
import type { Environment, Push } from './otlp.ts';
import { createProducer } from './producer.ts';
import type { Look } from './producer.ts';
import { sessionMetrics } from './session-metrics.ts';
import { SessionPages } from './session-pages.ts';
import type { HealthOf } from './session-pages.ts';

export interface TelemetryOptions {
  /** The process's environment; only OTEL_* is looked at. */
  readonly env: Environment;
  /** The latest picture of this machine. */
  readonly snapshot: () => Snapshot;
  readonly now: () => EpochMs;
  readonly healthOf: HealthOf;
  readonly version: string;
  readonly labels?: LabelSettings;
  /** Tells machines apart at an OTLP receiver (service.instance.id): the host name. */
  readonly instance?: string;
  /** Told when a push fails. */
  readonly onProblem?: (problem: string) => void;
}

export interface Telemetry {
  readonly startedAt: EpochMs;
  /** The metrics of the Snapshot as one viewer sees them. */
  collect(look: Look): Promise<ResourceMetrics>;
  /** Where metrics are pushed to, in words; undefined: nothing leaves the process. */
  readonly pushesTo: string | undefined;
  stop(): Promise<void>;
}

/** Starts OpenTelemetry on the Snapshot: a PrometheusExporter that is read by `collect`, and an OTLP push if OTEL_* asks for one. */
export const startTelemetry = async (options: TelemetryOptions): Promise<Telemetry> => {
  const { env, now, labels = {}, onProblem } = options;
  const startedAt = now();
  const pages = new SessionPages({ metrics: sessionMetrics, healthOf: options.healthOf, labels });
  const producerFor = (look: () => Look): MetricProducer => createProducer({ ...options, startedAt, pages, look });
  const looking = new AsyncLocalStorage<Look>();
  const pulled = producerFor(() => looking.getStore()!);
  const page = new PrometheusExporter({ preventServerStart: true, withoutScopeInfo: true, withoutTargetInfo: true, metricProducers: [pulled] });
  const push = await pushOf(env);

  if (onProblem) diag.setLogger(diagOf(onProblem), { logLevel: DiagLogLevel.WARN, suppressOverrideMessage: true });
  const readers = [page, ...(push ? [readerOf(push, producerFor, { now, startedAt })] : [])];
  const sdk = isConfigured(env) ? await startSdk(options, readers) : new MeterProvider({ resource: resourceOf(options), readers });

  // With OTEL_SDK_DISABLED the reader is bound to nothing; the page is ours and stays.
  const source: Pick<IMetricReader, 'collect'> = env.OTEL_SDK_DISABLED?.toLowerCase() === 'true' ? pulled : page;
  return {
    startedAt,
    collect: async (look) => (await looking.run(look, () => source.collect())).resourceMetrics,
    pushesTo: push?.to,
    stop: () => within(stopLimitMs, sdk.shutdown()),
  };
};

/** Whether OTEL_* says anything at all. */
const isConfigured = (env: Environment): boolean => Object.entries(env).some(([name, value]) => name.startsWith('OTEL_') && value);

/** Loaded when there is something to configure: its seven hundred modules take a tenth of a second and 16 MB. */
const startSdk = async (options: TelemetryOptions, metricReaders: IMetricReader[]): Promise<{ shutdown(): Promise<void> }> => {
  const { NodeSDK } = await import('@opentelemetry/sdk-node');
  const { env } = options;
  const sdk = new NodeSDK({
    autoDetectResources: false,
    resource: resourceOf(options),
    metricReaders,
    textMapPropagator: null,
    // Nothing phones home: the SDK makes span and log exporters of its own only when they are asked for by name.
    ...(env.OTEL_TRACES_EXPORTER ? {} : { spanProcessors: [] }),
    ...(env.OTEL_LOGS_EXPORTER ? {} : { logRecordProcessors: [] }),
  });
  sdk.start();
  return sdk;
};

/** A receiver that does not answer must not keep the program from ending. */
const stopLimitMs = 3000;

const readerOf = ({ exporter, intervalMs, timeoutMs }: Push, producerFor: (look: () => Look) => MetricProducer, { now, startedAt }: { now: () => EpochMs; startedAt: EpochMs }): IMetricReader => {
  const receiver = new Viewer();
  let firstReadAt: EpochMs | undefined;
  const look = (): Look => {
    firstReadAt ??= now();
    return { show: receiver.look({ now: now(), intervalMs, begins: { startedAt, firstReadAt } }), wants: () => true };
  };
  return new PeriodicExportingMetricReader({ exporter, exportIntervalMillis: intervalMs, exportTimeoutMillis: timeoutMs, maxExportBatchSize: mostPoints, metricProducers: [producerFor(look)] });
};

/** Points per push: receivers refuse bodies of more than a few megabytes (4 MB for gRPC). */
const mostPoints = 5000;

const resourceOf = ({ version, instance }: TelemetryOptions) =>
  defaultResource()
    .merge(resourceFromAttributes({ 'service.name': 'watchroom', 'service.version': version, ...(instance === undefined ? {} : { 'service.instance.id': instance }) }))
    .merge(detectResources({ detectors: [envDetector] })); // OTEL_SERVICE_NAME and OTEL_RESOURCE_ATTRIBUTES, nothing else

const diagOf = (onProblem: (problem: string) => void) => {
  const tell = (message: string, ...rest: unknown[]): void => onProblem([message, ...rest.map(String)].join(' '));
  return { error: tell, warn: tell, info: () => {}, debug: () => {}, verbose: () => {} };
};

const within = async (limitMs: number, work: Promise<void>): Promise<void> => {
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<void>((resolve) => { timer = setTimeout(resolve, limitMs); });
  await Promise.race([work.catch(() => {}), limit]);
  clearTimeout(timer);
};
