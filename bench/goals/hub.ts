import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { cpuSecondsOf } from '../exporter.ts';
import type { Finding } from '../goals.ts';
import { untilQuiet } from '../machine.ts';
import { median, quantile } from '../rounds.ts';
import { start } from '../hub/child.ts';
import type { Bench } from './bench.ts';

// The hub runs on one core, whoever asks it on another.

const agents = 200;
const sessionsPerAgent = 25;
const everyMs = 5000;
const sockets = 200;
const seconds = 40;

/** G11: reports of 200 agents while 200 sockets watch, against the reports of one agent to a hub that has nothing else to do. */
export const hubPushes = async ({ folder }: Bench): Promise<Finding> => {
  const hub = await startHub([folder('hub-pushes'), String(agents), '0']);
  try {
    await untilQuiet();
    const idle = await told<Latencies>('push', [hub.url, String(sessionsPerAgent), '200', '20', hub.agents[0]!]);
    const cpuBefore = hub.cpuSeconds();
    const watching = told<{ readonly connected: number; readonly told: number }>('watch', [hub.url, String(sockets), String(seconds), ...hub.watchers]);
    const [busy, watched] = [await told<Latencies>('push', [hub.url, String(sessionsPerAgent), String(everyMs), String(seconds), ...hub.agents]), await watching];
    const cpuShare = (hub.cpuSeconds() - cpuBefore) / seconds;
    const [p99, idleP99] = [quantile(busy.latencies, 0.99), quantile(idle.latencies, 0.99)];
    return {
      goal: 'G11',
      notes: [
        `${agents} agents × ${sessionsPerAgent} sessions, all changed in every report, each agent every ${everyMs / 1000} s: ${busy.latencies.length} reports were taken, ${busy.failures} were not; ${watched.connected} sockets were told ${watched.told} updates; the hub used ${(cpuShare * 100).toFixed(0)} % of its core`,
      ],
      numbers: { 'push p99 ms': p99, 'push p50 ms': median(busy.latencies), 'idle hub push p99 ms': idleP99, 'idle hub push p50 ms': median(idle.latencies), 'hub CPU share': cpuShare, 'told per s': watched.told / seconds },
      criteria: [
        { what: 'p99', value: p99 / idleP99, unit: '× that of an idle hub', at: 'most', goal: 3 },
        { what: 'not taken', value: busy.failures, unit: '', at: 'most', goal: 0 },
        { what: 'agents', value: agents, unit: '', at: 'least', goal: 200, stretch: 1000 },
      ],
    };
  } finally {
    await hub.stop();
  }
};

/** G12: a page of the list of sessions at 50 readers, against the same bytes from a bare Express route. */
export const hubList = async ({ folder, rounds }: Bench): Promise<Finding> => {
  const hub = await startHub([folder('hub-list'), '0', '10000']);
  try {
    const ours: number[] = [];
    const bare: number[] = [];
    for (let round = 0; round < Math.min(rounds, 5); round += 1) {
      await untilQuiet();
      bare.push(median((await told<Latencies>('read-list', [hub.bare, '50', '8'])).latencies));
      ours.push(median((await told<Latencies>('read-list', [`${hub.url}/api/v1/sessions`, '50', '8', hub.reader])).latencies));
    }
    return {
      goal: 'G12',
      notes: ['medians of the time of an answer; every call is identified, and the teams and roles of its sender are read anew'],
      numbers: { 'list ms': median(ours), 'bare ms': median(bare) },
      criteria: [{ what: 'list', value: median(ours) / median(bare), unit: '× the bare route', at: 'most', goal: 3, stretch: 1.5 }],
    };
  } finally {
    await hub.stop();
  }
};

interface Latencies {
  readonly latencies: readonly number[];
  readonly failures: number;
}

interface ServedHub {
  readonly url: string;
  readonly bare: string;
  readonly reader: string;
  readonly agents: readonly string[];
  readonly watchers: readonly string[];
  readonly cpuSeconds: () => number;
  readonly stop: () => Promise<void>;
}

const startHub = async (args: readonly string[]): Promise<ServedHub> => {
  const child = start('serve', args, 0);
  const [line] = (await once(createInterface({ input: child.stdout! }), 'line')) as [string];
  const { hub, ...said } = JSON.parse(line) as { readonly hub: string } & Omit<ServedHub, 'url' | 'cpuSeconds' | 'stop'>;
  return {
    url: hub, ...said,
    cpuSeconds: () => cpuSecondsOf(child.pid!),
    stop: async () => {
      child.kill();
      await Promise.race([once(child, 'exit'), sleep(5000)]);
    },
  };
};

const told = async <Words>(name: string, args: readonly string[]): Promise<Words> => {
  const child = start(name, args, 1);
  let said = '';
  child.stdout!.on('data', (chunk: Buffer) => (said += chunk.toString()));
  const [code] = (await once(child, 'exit')) as [number | null];
  if (code !== 0) throw new Error(`bench/hub/${name}.ts ended with ${code}`);
  return JSON.parse(said) as Words;
};
