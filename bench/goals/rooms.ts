import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { cpuSecondsOf } from '../exporter.ts';
import type { Finding } from '../goals.ts';
import { start } from '../hub/child.ts';
import { untilQuiet } from '../machine.ts';
import { median } from '../rounds.ts';
import type { Bench } from './bench.ts';

// The server runs on one core, everybody who talks to it on the other.

/** Nothing is written: where people are, told to a thousand. */
const onlyTold = { rooms: 1, people: 1000, perSecond: 20, seconds: 15, bytes: 150 } as const;
/** Posts by REST, each answered when SQLite has it for good. */
const kept = { rooms: 200, people: 5, perSecond: 100, seconds: 15, bytes: 150 } as const;
/** Long posts, so that what one reader leaves unread is more than the system's own buffers hold. */
const withStalled = { rooms: 1, people: 10, perSecond: 100, seconds: 15, bytes: 15_000 } as const;

/** G9: messages delivered per CPU second of the server, against bare ws at the same load; and what one reader that stalls does to the others. */
export const roomFanOut = async ({ folder, rounds }: Bench): Promise<Finding> => {
  const shares = { told: [] as number[], kept: [] as number[] };
  let [told, posts] = [undefined as Talked | undefined, undefined as Talked | undefined];
  for (let round = 0; round < Math.min(rounds, 3); round += 1) {
    told = await talk('serve-rooms', { ...onlyTold, kind: 'cursors' }, folder(`rooms-told-${round}`));
    shares.told.push(told.perCpuSecond / (await talk('serve-bare', { ...onlyTold, kind: 'bare' }, folder(`bare-told-${round}`))).perCpuSecond);
    posts = await talk('serve-rooms', { ...kept, kind: 'posts' }, folder(`rooms-kept-${round}`));
    shares.kept.push(posts.perCpuSecond / (await talk('serve-bare', { ...kept, kind: 'bare' }, folder(`bare-kept-${round}`))).perCpuSecond);
  }
  const [calm, disturbed]: [Talked[], Talked[]] = [[], []];
  for (let round = 0; round < Math.min(rounds, 3); round += 1) {
    calm.push(await talk('serve-rooms', { ...withStalled, kind: 'posts' }, folder(`rooms-calm-${round}`)));
    disturbed.push(await talk('serve-rooms', { ...withStalled, kind: 'posts', stalls: true }, folder(`rooms-stalled-${round}`)));
  }
  const [calmP99, disturbedP99] = [median(calm.map(({ p99 }) => p99)), median(disturbed.map(({ p99 }) => p99))];
  const missing = [told!, posts!, ...calm, ...disturbed].reduce((sum, { failures, missed }) => sum + failures + missed, 0);
  return {
    goal: 'G9',
    notes: [
      `a: ${onlyTold.perSecond} moves of cursors a second, told to ${onlyTold.people} in one room`,
      `b: ${kept.perSecond} posts a second by REST in ${kept.rooms} rooms of ${kept.people}, each told after its commit with synchronous=FULL; the bare server takes them by socket, asks for no login and keeps nothing. A post takes ${posts!.p50.toFixed(1)} ms (median) until others hear it, and ${posts!.cpuMsPerMessage.toFixed(2)} ms of CPU`,
      `c: ${withStalled.perSecond} posts of ${withStalled.bytes / 1000} kB a second to ${withStalled.people}: p99 ${calmP99.toFixed(1)} ms, with a stalled reader ${disturbedP99.toFixed(1)} ms`,
    ],
    numbers: { 'a deliveries per CPU second': told!.perCpuSecond, 'b deliveries per CPU second': posts!.perCpuSecond, 'b CPU ms per post': posts!.cpuMsPerMessage, 'b p50 ms': posts!.p50, 'b p99 ms': posts!.p99, 'c p99 ms': calmP99, 'c p99 ms, one stalled': disturbedP99 },
    criteria: [
      { what: 'a', value: median(shares.told), unit: '× bare ws', at: 'least', goal: 0.6, stretch: 0.8 },
      { what: 'b', value: median(shares.kept), unit: '× bare ws', at: 'least', goal: 0.4, stretch: 0.6 },
      { what: 'c p99', value: disturbedP99 / calmP99, unit: '×', at: 'most', goal: 1.2 },
      { what: 'stalled reader dropped', value: disturbed.filter(({ dropped }) => dropped).length / disturbed.length, unit: '', at: 'least', goal: 1 },
      { what: 'not delivered', value: missing, unit: '', at: 'most', goal: 0 },
    ],
  };
};

interface Talked {
  readonly perCpuSecond: number;
  readonly cpuMsPerMessage: number;
  /** From sending to being heard, in ms. */
  readonly p50: number;
  readonly p99: number;
  readonly failures: number;
  readonly missed: number;
  readonly dropped: boolean;
}

interface Load {
  readonly kind: 'posts' | 'cursors' | 'bare';
  readonly rooms: number;
  readonly people: number;
  readonly perSecond: number;
  readonly seconds: number;
  readonly bytes: number;
  readonly stalls?: boolean;
}

const talk = async (serves: 'serve-rooms' | 'serve-bare', load: Load, folder: string): Promise<Talked> => {
  const server = start(serves, [folder, String(load.rooms), String(load.people)], 0);
  const { url, rooms = bareRooms(load) } = await line<{ readonly url: string; readonly rooms?: readonly { readonly id: string; readonly logins: readonly string[] }[] }>(server);
  const spec = join(folder, 'spec.json');
  writeFileSync(spec, JSON.stringify({ url, ...load, rooms, stalls: load.stalls ?? false }));
  const talkers = start('talk', [spec], 1);
  try {
    await line(talkers);
    await untilQuiet();
    const before = cpuSecondsOf(server.pid!);
    talkers.stdin!.write('\n');
    const { sent, heard, ...said } = await line<{ readonly sent: number; readonly heard: number; readonly failures: number; readonly dropped: boolean; readonly p50: number; readonly p99: number }>(talkers);
    const seconds = cpuSecondsOf(server.pid!) - before;
    return { perCpuSecond: heard / seconds, cpuMsPerMessage: (seconds * 1000) / sent, missed: Math.max(0, sent * load.people - heard), ...said };
  } finally {
    for (const child of [talkers, server]) child.kill();
    await Promise.race([once(server, 'exit'), sleep(5000)]);
  }
};

const bareRooms = ({ rooms, people }: Load): readonly { readonly id: string; readonly logins: readonly string[] }[] => Array.from({ length: rooms }, (_none, index) => ({ id: String(index), logins: Array.from({ length: people }, () => '') }));

const line = async <Words>({ stdout }: ReturnType<typeof start>): Promise<Words> => {
  const reader = createInterface({ input: stdout! });
  const [said] = (await once(reader, 'line')) as [string];
  reader.close();
  return JSON.parse(said) as Words;
};
