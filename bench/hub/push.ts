import { setTimeout as sleep } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import type { Report, UseRow, WireSession } from '../../exporter/src/agent/wire.ts';

// Agents that report: node push.ts URL SESSIONS EVERY_MS SECONDS TOKEN… — each token is an agent; prints {latencies, failures}.
const [url, sessions, everyMs, seconds, ...tokens] = process.argv.slice(2) as [string, string, string, string, ...string[]];

const latencies: number[] = [];
let failures = 0;
let counting = false;

const sessionOf = (agent: number, n: number, beat: number): WireSession => ({
  id: `claude/${agent}-${n}`, tool: 'claude', nativeId: `${agent}-${n}`, project: `project-${n % 5}`, cwd: `/home/dev/project-${n % 5}`, gitBranch: 'main', model: 'claude-sonnet-4-5', toolVersion: '2.1.212',
  startedAt: Date.now() - 3_600_000, lastActivityAt: Date.now(), state: 'working', alive: true, processes: [{ pid: 1000 + n, cpuSeconds: beat, residentBytes: 2e8 }], hasTranscript: true,
  models: { 'claude-sonnet-4-5': { usage: { input: 10 * beat, output: 100 * beat, cache_read: 5000 * beat, cache_creation_5m: 300 * beat, cache_creation_1h: 0 }, requests: beat, microUsd: 4000 * beat, unpricedTokens: 0 } },
  context: { used: 50_000 + beat, limit: 200_000 }, messages: { user: beat, assistant: beat }, turns: beat, toolCalls: { Read: beat, Edit: beat, Bash: beat }, toolErrors: {}, errors: { tool: 1 }, errorTimes: [Date.now() - 60_000],
  linesAdded: beat, linesRemoved: 1, files: Object.fromEntries(Array.from({ length: 8 }, (_none, file) => [`src/file-${file}.ts`, { reads: 1, edits: beat, created: false, lastAt: Date.now(), linesAdded: beat, linesRemoved: 1 }])),
  present: { turnOpen: true, pendingTools: [] }, rot: {}, health: { score: 88, level: 'healthy', factors: {}, missing: [] }, edits: [],
});

const useOf = (id: string, beat: number): UseRow[] => {
  const hour = Math.floor(Date.now() / 3_600_000);
  return (['input', 'output', 'cache_read', 'cache_creation_5m', 'micro_usd', 'requests'] as const).map((kind, n): UseRow => [id, 'claude-sonnet-4-5', kind, hour, (n + 1) * 100 * beat]);
};

const report = async (token: string, agent: number, beat: number): Promise<void> => {
  const told = Array.from({ length: Number(sessions) }, (_none, n) => sessionOf(agent, n, beat));
  const body: Report = {
    v: 1, agent: { id: `agent-${agent}`, hostName: `host-${agent}`, platform: 'linux', version: '0.1.0', ledgerId: `ledger-${agent}`, startedAt: Date.now() - 60_000 }, sentAt: Date.now(), nextReportMs: Number(everyMs),
    sessions: told, present: told.map(({ id }) => id), use: told.flatMap(({ id }) => useOf(id, beat)),
  };
  const packed = gzipSync(JSON.stringify(body), { level: 1 });
  const started = performance.now();
  const response = await fetch(`${url}/api/v1/agents/report`, { method: 'POST', body: packed, headers: { 'content-type': 'application/json', 'content-encoding': 'gzip', authorization: `Bearer ${token}` } });
  const text = await response.text();
  if (!response.ok) {
    failures += 1;
    if (failures === 1) console.error(`the hub says ${response.status}: ${text}`);
  } else if (counting) latencies.push(performance.now() - started);
};

// Spread over the interval, as agents are.
const ends = performance.now() + Number(seconds) * 1000;
const warm = performance.now() + Math.min(Number(everyMs) * 1.5, 10_000);
await Promise.all(tokens.map(async (token, agent) => {
  await sleep((agent / tokens.length) * Number(everyMs));
  for (let beat = 1; performance.now() < ends; beat += 1) {
    const started = performance.now();
    counting = started > warm; // the first reports make the sessions and compile the code
    await report(token, agent, beat).catch(() => (failures += 1));
    await sleep(Math.max(0, Number(everyMs) - (performance.now() - started)));
  }
}));
console.log(JSON.stringify({ latencies, failures }));
