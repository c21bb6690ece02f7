import { once } from 'node:events';
import type { Finding } from '../goals.ts';
import { start } from '../hub/child.ts';
import { untilQuiet } from '../machine.ts';
import { median } from '../rounds.ts';
import type { Bench } from './bench.ts';

/** G10: the JavaScript that home and room begin with, and how long a room takes to be painted against a page of React with nothing in it. */
export const roomPaint = async ({ folder, rounds }: Bench): Promise<Finding> => {
  await untilQuiet();
  const child = start('paint', [folder('paint'), String(rounds)]);
  let said = '';
  child.stdout!.on('data', (chunk: Buffer) => (said += chunk.toString()));
  const [code] = (await once(child, 'close')) as [number | null];
  if (code !== 0) throw new Error(`bench/hub/paint.ts ended with ${code}`);
  const { room, empty, bytes } = JSON.parse(said) as { readonly room: readonly number[]; readonly empty: readonly number[]; readonly bytes: { readonly home: number; readonly room: number } };
  return {
    goal: 'G10',
    notes: ['Chromium without a screen, 10 Mbit/s, 20 ms away, CPU slowed to a quarter, nothing cached; painted means the header and the newest of 30 messages'],
    numbers: { 'room painted ms': median(room), 'empty page painted ms': median(empty), 'home bytes': bytes.home, 'room bytes': bytes.room },
    criteria: [
      { what: 'home', value: bytes.home / 1000, unit: ' kB', at: 'most', goal: 130, stretch: 100 },
      { what: 'room', value: bytes.room / 1000, unit: ' kB', at: 'most', goal: 300, stretch: 240 },
      { what: 'painted', value: median(room) / median(empty), unit: '× the empty page', at: 'most', goal: 3, stretch: 2 },
    ],
  };
};
