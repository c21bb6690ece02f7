import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { createServer } from 'node:http';
import type { IncomingHttpHeaders, Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gunzipSync } from 'node:zlib';
import { showTruth } from '../../src/metrics/hold.ts';
import { pushOf } from '../../src/metrics/otlp.ts';
import { minutesAgo, now } from '../a-session.ts';
import { until } from '../servers.ts';
import { aFullSnapshot, aKnownSession, aSnapshot } from './a-snapshot.ts';
import { aScraper } from './page-of.ts';

/** An OTLP receiver: what was pushed to it, as it came. */
const aReceiver = async () => {
  const pushes: { path: string; headers: IncomingHttpHeaders; body: Buffer }[] = [];
  const server: Server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk)).on('end', () => {
      const raw = Buffer.concat(chunks);
      pushes.push({ path: request.url!, headers: request.headers, body: request.headers['content-encoding'] === 'gzip' ? gunzipSync(raw) : raw });
      response.setHeader('content-type', request.headers['content-type'] ?? '').end(request.headers['content-type'] === 'application/json' ? '{}' : '');
    });
  });
  await new Promise<void>((resolve) => { server.listen(0, '127.0.0.1', resolve); });
  return { pushes, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, close: () => new Promise((resolve) => { server.closeAllConnections(); server.close(resolve); }) };
};

interface OtlpAttribute { key: string; value: { stringValue?: string } }
interface OtlpPoint { attributes: OtlpAttribute[]; asDouble?: number; asInt?: number; startTimeUnixNano: string }
interface OtlpMetric { name: string; sum?: { isMonotonic: boolean; aggregationTemporality: number; dataPoints: OtlpPoint[] }; gauge?: { dataPoints: OtlpPoint[] }; histogram?: { dataPoints: unknown[] } }
interface OtlpBody { resourceMetrics: { resource: { attributes: OtlpAttribute[] }; scopeMetrics: { metrics: OtlpMetric[] }[] }[] }

const metricsOf = (body: Buffer): OtlpMetric[] => (JSON.parse(body.toString()) as OtlpBody).resourceMetrics.flatMap(({ scopeMetrics }) => scopeMetrics.flatMap(({ metrics }) => metrics));
const plain = (attributes: readonly OtlpAttribute[]): Record<string, string | undefined> => Object.fromEntries(attributes.map(({ key, value }) => [key, value.stringValue]));

describe('OTLP push', () => {
  let receiver: Awaited<ReturnType<typeof aReceiver>>;
  const environment = { ...process.env };
  beforeEach(async () => { receiver = await aReceiver(); });
  afterEach(async () => {
    process.env = { ...environment };
    await receiver.close();
  });

  /** OpenTelemetry's packages read the endpoint from the process's own environment. */
  const withEnv = (variables: Record<string, string>) => Object.assign(process.env, { OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url, OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json', OTEL_METRIC_EXPORT_INTERVAL: '50', OTEL_METRIC_EXPORT_TIMEOUT: '40', ...variables });

  it('sends every metric of the snapshot to the endpoint that OTEL_EXPORTER_OTLP_ENDPOINT names', async () => {
    const { telemetry } = await aScraper(aFullSnapshot(), { env: withEnv({ OTEL_RESOURCE_ATTRIBUTES: 'team=blue' }), instance: 'box-1' });
    expect(telemetry.pushesTo).toBe(`${receiver.url} (OTLP http/json, every 0.05 s)`);
    await until(() => receiver.pushes.length > 0);
    await telemetry.stop();
    const { path, body } = receiver.pushes[0]!;
    expect(path).toBe('/v1/metrics');
    expect(plain((JSON.parse(body.toString()) as OtlpBody).resourceMetrics[0]!.resource.attributes)).toMatchObject({ 'service.name': 'watchroom', 'service.version': '0.0.0', 'service.instance.id': 'box-1', team: 'blue' });
    const collected = await aScraper(aFullSnapshot());
    const expected = (await collected.telemetry.collect({ show: showTruth, wants: () => true })).scopeMetrics.flatMap(({ metrics }) => metrics).filter(({ dataPoints }) => dataPoints.length > 0);
    await collected.telemetry.stop();
    expect(metricsOf(body).map(({ name }) => name).sort()).toEqual(expect.arrayContaining(expected.map(({ descriptor }) => descriptor.name).sort()));
    const tokens = metricsOf(body).find(({ name }) => name === 'ai_tokens_total')!.sum!;
    expect(tokens).toMatchObject({ isMonotonic: true, aggregationTemporality: 2 });
    expect(tokens.dataPoints.map(({ attributes, asDouble, asInt }) => [plain(attributes).token_type, asDouble ?? asInt])).toEqual([['input', 1000], ['output', 20]]);
  });

  it('[T38] stays cumulative when delta is asked for: the counters are', async () => {
    const { telemetry } = await aScraper(aFullSnapshot(), { env: withEnv({ OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE: 'delta' }) });
    await until(() => receiver.pushes.length > 0);
    await telemetry.stop();
    for (const { sum } of metricsOf(receiver.pushes[0]!.body)) if (sum) expect(sum.aggregationTemporality).toBe(2);
  });

  it('sends protobuf when no protocol is named, and gzip when asked', async () => {
    const { telemetry } = await aScraper(aFullSnapshot(), { env: withEnv({ OTEL_EXPORTER_OTLP_PROTOCOL: '', OTEL_EXPORTER_OTLP_COMPRESSION: 'gzip' }) });
    await until(() => receiver.pushes.length > 0);
    await telemetry.stop();
    expect(receiver.pushes[0]!.headers).toMatchObject({ 'content-type': 'application/x-protobuf', 'content-encoding': 'gzip' });
    expect(receiver.pushes[0]!.body.includes('ai_session_tokens_total')).toBe(true);
  });

  it('[T36] holds a series that is born meanwhile at 0 for two pushes', async () => {
    const { world, telemetry } = await aScraper(aSnapshot(), { env: withEnv({}) });
    await until(() => receiver.pushes.length > 0);
    world.now += 1000;
    world.snapshot = aSnapshot({ fleet: [{ metric: 'ai_turns_total', labels: { tool: 'claude', project: 'shop' }, value: 9, bornAt: world.now }] });
    await until(() => receiver.pushes.length > 2);
    world.now += 10_000;
    const values = (): number[] => receiver.pushes.flatMap(({ body }) => metricsOf(body)).filter(({ name }) => name === 'ai_turns_total').flatMap(({ sum }) => sum!.dataPoints.map(({ asDouble, asInt }) => asDouble ?? asInt ?? NaN));
    await until(() => values().includes(9));
    await telemetry.stop();
    expect(values().slice(0, 2)).toEqual([0, 0]);
    expect(values().at(-1)).toBe(9);
  });

  it('sends many sessions in several pushes, none of them too large', async () => {
    const sessions = Array.from({ length: 300 }, (_, index) => aKnownSession({ id: `claude/${index}`, nativeId: `${index}` }));
    const { telemetry } = await aScraper(aSnapshot({ sessions }), { env: withEnv({ OTEL_METRIC_EXPORT_INTERVAL: '5000', OTEL_METRIC_EXPORT_TIMEOUT: '5000' }) });
    await telemetry.stop(); // the last push happens when the exporter stops
    const points = receiver.pushes.map(({ body }) => metricsOf(body).reduce((sum, { sum: counter, gauge, histogram }) => sum + (counter ?? gauge ?? histogram)!.dataPoints.length, 0));
    expect(points.length).toBeGreaterThan(2);
    expect(Math.max(...points)).toBeLessThanOrEqual(5000);
    expect(points.reduce((sum, count) => sum + count, 0)).toBeGreaterThan(300 * 40);
  });

  it('tells the session start as the start of its counters', async () => {
    const { telemetry } = await aScraper(aSnapshot({ sessions: [aKnownSession({ startedAt: minutesAgo(60) })] }), { env: withEnv({}) });
    await until(() => receiver.pushes.length > 0);
    await telemetry.stop();
    const [point] = metricsOf(receiver.pushes[0]!.body).find(({ name }) => name === 'ai_session_turns_total')!.sum!.dataPoints;
    expect(BigInt(point!.startTimeUnixNano)).toBe(BigInt(now - 3_600_000) * 1_000_000n);
  });

  it('nothing leaves the process when no variable asks for it', async () => {
    const { telemetry } = await aScraper(aFullSnapshot());
    expect(telemetry.pushesTo).toBeUndefined();
    await new Promise((resolve) => setTimeout(resolve, 150));
    await telemetry.stop();
    expect(receiver.pushes).toEqual([]);
  });

  it('OTEL_SDK_DISABLED stops the push and not the page', async () => {
    const { telemetry, text } = await aScraper(aFullSnapshot(), { env: withEnv({ OTEL_SDK_DISABLED: 'true' }) });
    expect(telemetry.pushesTo).toBeUndefined();
    expect(await text()).toContain('ai_tokens_total{');
    await telemetry.stop();
  });

  it('a receiver that is away is told about, and keeps neither the page nor the end waiting', async () => {
    const problems: string[] = [];
    const { telemetry, text } = await aScraper(aFullSnapshot(), { env: withEnv({ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:1', OTEL_EXPORTER_OTLP_TIMEOUT: '300' }), onProblem: (problem) => problems.push(problem) });
    await until(() => problems.length > 0);
    expect(await text()).toContain('ai_tokens_total{');
    const started = performance.now();
    await telemetry.stop();
    expect(performance.now() - started).toBeLessThan(5000);
  });
});

describe('the OTEL_* variables', () => {
  it.each([
    ['OTEL_METRICS_EXPORTER=none', { OTEL_METRICS_EXPORTER: 'none', OTEL_EXPORTER_OTLP_ENDPOINT: 'http://x:1' }, undefined],
    ['OTEL_METRICS_EXPORTER=prometheus', { OTEL_METRICS_EXPORTER: 'prometheus' }, undefined],
    ['OTEL_METRICS_EXPORTER=otlp', { OTEL_METRICS_EXPORTER: 'otlp' }, 'http://localhost:4318 (OTLP http/protobuf, every 60 s)'],
    ['grpc', { OTEL_METRICS_EXPORTER: 'otlp', OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc' }, 'http://localhost:4317 (OTLP grpc, every 60 s)'],
    ['console', { OTEL_METRICS_EXPORTER: 'console', OTEL_METRIC_EXPORT_INTERVAL: '1000' }, 'the console'],
    ['an endpoint for metrics alone', { OTEL_EXPORTER_OTLP_METRICS_ENDPOINT: 'http://otel:4318/v1/metrics' }, 'http://otel:4318/v1/metrics (OTLP http/protobuf, every 60 s)'],
    ['an endpoint for traces alone', { OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'http://otel:4318' }, undefined],
  ])('%s', async (_title, env, to) => {
    const push = await pushOf(env);
    expect(push?.to).toBe(to);
    await push?.exporter.shutdown();
  });

  it.each([
    [{ OTEL_METRICS_EXPORTER: 'zipkin' }, /OTEL_METRICS_EXPORTER must be otlp, console, prometheus or none, got "zipkin"/],
    [{ OTEL_METRICS_EXPORTER: 'otlp', OTEL_EXPORTER_OTLP_PROTOCOL: 'udp' }, /OTEL_EXPORTER_OTLP_PROTOCOL must be http\/protobuf, http\/json, grpc, got "udp"/],
    [{ OTEL_METRICS_EXPORTER: 'otlp', OTEL_METRIC_EXPORT_INTERVAL: 'soon' }, /OTEL_METRIC_EXPORT_INTERVAL must be a number of milliseconds above 0, got "soon". Try 60000/],
  ])('a mistake is answered with what was seen and what to try: %j', async (env, sentence) => {
    await expect(pushOf(env)).rejects.toThrow(sentence);
  });
});
