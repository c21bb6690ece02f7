import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Finding } from '../goals.ts';
import { run } from '../measure.ts';
import type { Bench } from './bench.ts';

interface Timing { readonly cpuMs: number; readonly p99Ms: number; readonly bytes: number }
interface Result { readonly sessions: number; readonly promClient: Timing; readonly rows: Readonly<Record<string, Timing>> }

/** G6: bench/scrape.ts measures; the goal is held against the row in which one session has changed. */
export const scrapeCost = async ({ folder }: Bench): Promise<Finding> => {
  const file = join(folder('scrape'), 'scrape.json');
  await run({ argv: [process.execPath, fileURLToPath(new URL('../scrape.ts', import.meta.url)), '--json', file] });
  const { results } = JSON.parse(readFileSync(file, 'utf8')) as { results: Result[] };
  const ratio = ({ promClient, rows }: Result, row: string): number => promClient.cpuMs / rows[row]!.cpuMs;
  const all = Math.min(...results.map((result) => ratio(result, 'every session changed')));
  return {
    goal: 'G6', notes: [`when every session has changed ${all.toFixed(1)}×; bytes and p99 in the JSON`],
    numbers: Object.fromEntries(results.flatMap((result) => [
      [`prom-client CPU ms at ${result.sessions}`, result.promClient.cpuMs],
      ...Object.entries(result.rows).flatMap(([row, { cpuMs, p99Ms, bytes }]) => [[`${row}, CPU ms at ${result.sessions}`, cpuMs], [`${row}, p99 ms at ${result.sessions}`, p99Ms], [`${row}, bytes at ${result.sessions}`, bytes]]),
    ])) as Record<string, number>,
    criteria: results.map((result) => ({ what: `at ${result.sessions.toLocaleString('en')} sessions`, value: ratio(result, 'one session changed'), unit: '× cheaper', at: 'least' as const, goal: 4, stretch: 10 })),
  };
};
