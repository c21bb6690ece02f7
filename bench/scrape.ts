// G6: what a scrape costs, against prom-client's reset + set on the same series. node bench/scrape.ts [--json FILE] [--rounds N]
import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { gzipSync } from 'node:zlib';
import { Counter, Gauge, Registry } from 'prom-client';
import { createScraper } from '../exporter/src/metrics/scrape.ts';
import { createOwnRegistry } from '../exporter/src/metrics/own.ts';
import { labelsOf } from '../exporter/src/metrics/catalogue.ts';
import { sessionMetrics } from '../exporter/src/metrics/session-metrics.ts';
import { startTelemetry } from '../exporter/src/metrics/telemetry.ts';
import { healthOf } from '../exporter/src/health/health.ts';
import type { Session } from '../exporter/src/session/session.ts';
import type { Snapshot } from '../exporter/src/session/snapshot.ts';

const { values: options } = parseArgs({ options: { json: { type: 'string' }, rounds: { type: 'string', default: '12' } } });
const rounds = Number(options.rounds);
const hour = 3_600_000;
const start = Date.parse('2026-09-01T12:00:00Z');

/** A live session with the fifty series that a real one has. */
const aSession = (index: number, turn = 1): Session => ({
  id: `claude/${String(index).padStart(8, '0')}-4b1d-4c7e-9d55-8f1f6a2b3c4d`, tool: 'claude', nativeId: `${String(index).padStart(8, '0')}-4b1d-4c7e-9d55-8f1f6a2b3c4d`,
  project: `project-${index % 40}`, gitBranch: 'main', toolVersion: '2.1.0', model: 'claude-sonnet-4-5', startedAt: start - hour, lastActivityAt: start - (index % 600) * 1000, activeMs: 1_000_000 + turn,
  models: { 'claude-sonnet-4-5': { usage: { input: 1000 + turn, output: 20_000, cache_read: 900_000, cache_creation_5m: 4000, cache_creation_1h: 7 }, requests: 40 + turn, microUsd: 1_234_567, unpricedTokens: 0 } },
  context: { used: 90_000 + turn, limit: 200_000, compactAt: 160_000 }, messages: { user: 10, assistant: 40 }, turns: 10 + turn,
  toolCalls: { Read: 30, Edit: 12, Bash: 20, Grep: 4 }, toolErrors: { Bash: 2 }, errors: { tool: 2 }, errorTimes: [start - 60_000, start - 70_000], compactions: 0, subagents: 1,
  linesAdded: 400, linesRemoved: 100, files: { 'a.ts': { reads: 2, edits: 2, created: true, linesAdded: 1, linesRemoved: 1, lastAt: start } }, filesEdited: 1,
  present: { turnOpen: true, pendingTools: [] }, rot: { repeatedFailures: 0, editChurn: 0.1, cacheHitRatio: 0.9, cacheCollapsed: false }, sources: ['x'], state: 'working', alive: true, processes: [{ pid: index + 1, cpuSeconds: 3, residentBytes: 1e8 }],
});

const aSnapshot = (sessions: readonly Session[], at: number): Snapshot => ({
  at, sessions, dropped: { window: 0, limit: 0 }, sessionCounts: {}, fleet: [], fleetHistograms: [], rateLimits: [], budgets: [], sources: [], corrections: {},
  ledger: { id: 'x', createdAt: start, sizeBytes: 0, durable: true }, complete: true, scanned: 1,
});

/** The same series kept in prom-client as exporters do: all reset and set anew for every scrape. */
const promClient = () => {
  const registry = new Registry();
  const metrics = sessionMetrics.map((metric) => {
    const options = { name: metric.name, help: metric.help, labelNames: labelsOf(metric), registers: [registry] };
    return { metric, kept: metric.type === 'counter' ? new Counter(options) : new Gauge(options) };
  });
  return async (sessions: readonly Session[], now: number): Promise<number> => {
    registry.resetMetrics();
    for (const session of sessions) {
      const see = { health: healthOf(session, now), labels: {} };
      for (const { metric, kept } of metrics) {
        for (const [value, ...values] of metric.read(session, see)) {
          const labels: Record<string, string> = { session_id: session.id, tool: session.tool };
          metric.labels.forEach((name, at) => { if (values[at] !== undefined) labels[name] = values[at]; });
          kept.inc(labels, value);
        }
      }
    }
    return Buffer.byteLength(await registry.metrics());
  };
};

interface Timing { readonly cpuMs: number; readonly p99Ms: number; readonly bytes: number }

const measure = async (count: number, scrape: (round: number) => Promise<number>): Promise<Timing> => {
  const wall: number[] = [];
  let bytes = 0;
  await scrape(-1);
  const cpu = process.cpuUsage();
  for (let round = 0; round < count; round += 1) {
    const began = performance.now();
    bytes = await scrape(round);
    wall.push(performance.now() - began);
  }
  const { user, system } = process.cpuUsage(cpu);
  wall.sort((a, b) => a - b);
  return { cpuMs: (user + system) / 1000 / count, p99Ms: wall[Math.min(wall.length - 1, Math.floor(wall.length * 0.99))]!, bytes };
};

const compare = async (sessionCount: number) => {
  let sessions = Array.from({ length: sessionCount }, (_, index) => aSession(index));
  let now = start;
  let snapshot = aSnapshot(sessions, now);
  const telemetry = await startTelemetry({ env: {}, snapshot: () => snapshot, now: () => now, healthOf, version: '0' });
  const scrape = createScraper({ telemetry, own: createOwnRegistry({ version: '0', nodeVersion: process.version }), now: () => now, without: ['process'] });
  /** A new snapshot each round, in which some sessions have changed. */
  const ours = (changed: number, msPerRound: number) => async (round: number): Promise<number> => {
    now += msPerRound;
    const from = ((round + 1) * 7919) % sessionCount;
    sessions = sessions.map((session, index) => ((index - from + sessionCount) % sessionCount < changed ? aSession(index, round + 2) : session));
    snapshot = aSnapshot(sessions, now);
    return (await scrape({ accept: 'text/plain' })).body.length;
  };
  const page = (await scrape({})).body;
  const series = page.toString().split('\n').filter((line) => line.startsWith('ai_session_')).length;
  const rows = {
    'nothing changed': await measure(rounds, ours(0, 15_000 / 60)),
    'one session changed': await measure(rounds, ours(1, 250)),
    'ten sessions changed': await measure(rounds, ours(10, 250)),
    'a minute later (health anew)': await measure(rounds, ours(1, 60_000)),
    'every session changed': await measure(Math.max(3, Math.floor(rounds / 2)), ours(sessionCount, 250)),
  };
  await telemetry.stop();
  // Last, so that its half a million objects are no burden to ours.
  const theirs = promClient();
  const yardstick = await measure(Math.max(3, Math.floor(rounds / 3)), () => theirs(sessions, now));
  const began = process.cpuUsage();
  const packed = gzipSync(page, { level: 1 }).length;
  const { user, system } = process.cpuUsage(began);
  return { sessions: sessionCount, seriesPerSession: series / sessionCount, promClient: yardstick, rows, gzip: { cpuMs: (user + system) / 1000, bytes: packed } };
};

const results = [];
for (const count of [1000, 10_000]) results.push(await compare(count));

for (const { sessions, seriesPerSession, promClient: yardstick, rows, gzip } of results) {
  console.log(`\n${sessions} sessions × ${seriesPerSession.toFixed(1)} series`);
  console.table({
    'prom-client reset + set': { 'CPU ms': yardstick.cpuMs.toFixed(1), 'p99 ms': yardstick.p99Ms.toFixed(1), MB: (yardstick.bytes / 1e6).toFixed(1), 'times cheaper': '1.0' },
    ...Object.fromEntries(Object.entries(rows).map(([name, { cpuMs, p99Ms, bytes }]) => [name, { 'CPU ms': cpuMs.toFixed(1), 'p99 ms': p99Ms.toFixed(1), MB: (bytes / 1e6).toFixed(1), 'times cheaper': (yardstick.cpuMs / cpuMs).toFixed(1) }])),
    'gzip on top (thread pool)': { 'CPU ms': gzip.cpuMs.toFixed(1), 'p99 ms': '', MB: (gzip.bytes / 1e6).toFixed(1), 'times cheaper': '' },
  });
}
const json = JSON.stringify({ benchmark: 'G6 scrape', node: process.version, results }, undefined, 1);
if (options.json) writeFileSync(options.json, `${json}\n`);
else console.log(json);
