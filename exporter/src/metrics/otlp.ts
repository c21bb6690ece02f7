import { ConsoleMetricExporter } from '@opentelemetry/sdk-metrics';
import type { PushMetricExporter } from '@opentelemetry/sdk-metrics';

export type Environment = Readonly<Record<string, string | undefined>>;

/** A push of metrics: by what, where to (in words), and how often. */
export interface Push {
  readonly exporter: PushMetricExporter;
  readonly to: string;
  readonly intervalMs: number;
  readonly timeoutMs: number;
}

/**
 * The push that the standard variables ask for, or undefined: OTEL_METRICS_EXPORTER=otlp, or an OTLP endpoint.
 * Endpoint, headers, certificates and compression are read from the process's environment by OpenTelemetry's own packages.
 * https://opentelemetry.io/docs/specs/otel/configuration/sdk-environment-variables/
 */
export const pushOf = async (env: Environment): Promise<Push | undefined> => {
  const asked = exporterAsked(env);
  if (asked === undefined || isDisabled(env)) return undefined;
  const intervalMs = milliseconds(env, 'OTEL_METRIC_EXPORT_INTERVAL', 60_000);
  const timeoutMs = Math.min(intervalMs, milliseconds(env, 'OTEL_METRIC_EXPORT_TIMEOUT', 30_000));
  if (asked === 'console') return { exporter: new ConsoleMetricExporter(), to: 'the console', intervalMs, timeoutMs };
  const protocol = protocolOf(env);
  return { exporter: await otlpExporters[protocol](), to: `${endpointOf(env, protocol)} (OTLP ${protocol}, every ${intervalMs / 1000} s)`, intervalMs, timeoutMs };
};

const isDisabled = (env: Environment): boolean => env.OTEL_SDK_DISABLED?.toLowerCase() === 'true';

const exporterAsked = (env: Environment): 'otlp' | 'console' | undefined => {
  const named = env.OTEL_METRICS_EXPORTER?.split(',').map((name) => name.trim()).filter((name) => name !== '' && name !== 'prometheus') ?? [];
  if (named.includes('none')) return undefined;
  if (named.includes('otlp')) return 'otlp';
  if (named.includes('console')) return 'console';
  if (named.length > 0) throw new Error(`OTEL_METRICS_EXPORTER must be otlp, console, prometheus or none, got "${env.OTEL_METRICS_EXPORTER}".`);
  return env.OTEL_EXPORTER_OTLP_METRICS_ENDPOINT || env.OTEL_EXPORTER_OTLP_ENDPOINT ? 'otlp' : undefined;
};

/** Loaded only when asked for. */
const otlpExporters = {
  'http/protobuf': async (): Promise<PushMetricExporter> => new (await import('@opentelemetry/exporter-metrics-otlp-proto')).OTLPMetricExporter(),
  'http/json': async (): Promise<PushMetricExporter> => new (await import('@opentelemetry/exporter-metrics-otlp-http')).OTLPMetricExporter(),
  grpc: async (): Promise<PushMetricExporter> => new (await import('@opentelemetry/exporter-metrics-otlp-grpc')).OTLPMetricExporter(),
};
type Protocol = keyof typeof otlpExporters;

const protocolOf = (env: Environment): Protocol => {
  const named = (env.OTEL_EXPORTER_OTLP_METRICS_PROTOCOL || env.OTEL_EXPORTER_OTLP_PROTOCOL || 'http/protobuf').trim();
  if (named in otlpExporters) return named as Protocol;
  throw new Error(`OTEL_EXPORTER_OTLP_PROTOCOL must be ${Object.keys(otlpExporters).join(', ')}, got "${named}".`);
};

const endpointOf = (env: Environment, protocol: Protocol): string =>
  env.OTEL_EXPORTER_OTLP_METRICS_ENDPOINT || env.OTEL_EXPORTER_OTLP_ENDPOINT || (protocol === 'grpc' ? 'http://localhost:4317' : 'http://localhost:4318');

const milliseconds = (env: Environment, name: string, usual: number): number => {
  const text = env[name];
  if (text === undefined || text.trim() === '') return usual;
  const value = Number(text);
  if (Number.isFinite(value) && value > 0) return value;
  throw new Error(`${name} must be a number of milliseconds above 0, got "${text}". Try ${usual}.`);
};
