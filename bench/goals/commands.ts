import { execFileSync, spawn } from 'node:child_process';
import { cpSync, mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { startExporter } from '../exporter.ts';
import type { Finding } from '../goals.ts';
import { untilQuiet } from '../machine.ts';
import { run } from '../measure.ts';
import { interleave, median, medians } from '../rounds.ts';
import type { Bench } from './bench.ts';

const repository = fileURLToPath(new URL('../../', import.meta.url));

/** What a person types: a status line beside an exporter (G13), and the first match of a search in everything (G14). */
export const commandCosts = async (bench: Bench): Promise<readonly Finding[]> => {
  const { data, folder, rounds } = bench;
  const [program, home, state] = [packageIn(folder('package')), folder('command-home'), folder('command-state')];
  mkdirSync(join(home, '.claude'));
  execFileSync('cp', ['-al', join(data.folder, 'projects'), join(home, '.claude', 'projects')]);
  const command = (...args: readonly string[]) => ({ argv: [process.execPath, program, ...args, '--state', state], env: { HOME: home } });
  const made = await run(command('search', '--yes'));
  const exporter = await startExporter({ main: program, home, state });
  try {
    await exporter.caughtUp(Object.keys(data.bySession).length);
    while (!(await run(command('search', '--status'))).stdout.includes('keeps it current')) await sleep(1000);
    return [await statusLine(command('statusline', '--tmux').argv, home, rounds), await firstMatch({ command, home, rounds, madeSeconds: made.wallSeconds })];
  } finally {
    await exporter.stop();
  }
};

/** The exporter as it is published: JavaScript, with its entry point. */
const packageIn = (folder: string): string => {
  execFileSync(process.execPath, [join(repository, 'scripts/build.ts'), join(folder, 'dist')]);
  for (const path of ['bin', 'prices', 'package.json']) cpSync(join(repository, 'exporter', path), join(folder, path), { recursive: true });
  symlinkSync(join(repository, 'node_modules'), join(folder, 'node_modules'));
  return join(folder, 'bin', 'watchroom.js');
};

/** One run is shorter than the clock of `times` can tell, so each is twenty. */
const atOnce = 20;

const statusLine = async (argv: readonly string[], home: string, rounds: number): Promise<Finding> => {
  const often = (command: readonly string[]) => () => run({ argv: ['sh', '-c', `for one in $(seq ${atOnce}); do "$@"; done`, 'sh', ...command], env: { HOME: home } });
  const { of, dropped, disturbed } = await interleave({ ours: often(argv), bare: often([process.execPath, '-e', '0']) }, { rounds: Math.max(rounds, 5), tries: rounds * 2 });
  const ratio = (part: 'wallSeconds' | 'cpuSeconds'): number => median(of.ours.map((each, round) => each[part] / of.bare[round]![part]));
  const ms = (runs: typeof of.ours): number => (medians(runs).wallSeconds / atOnce) * 1000;
  return {
    goal: 'G13',
    notes: [`${of.ours.length} rounds of ${atOnce} runs each, in turn; ${dropped} rounds dropped${disturbed ? '; the machine never got quiet' : ''}`],
    numbers: { 'statusline ms': ms(of.ours), 'node -e 0 ms': ms(of.bare) },
    criteria: [
      { what: 'wall', value: ratio('wallSeconds'), unit: '×', at: 'most', goal: 1.2 },
      { what: 'CPU', value: ratio('cpuSeconds'), unit: '×', at: 'most', goal: 1.2 },
    ],
  };
};

/** In nearly every text; two of them; a phrase; the beginning of a word. */
const asks = [['error'], ['error', 'server'], ['"throw Error"'], ['serv*']];

interface Searching {
  readonly command: (...args: readonly string[]) => { readonly argv: readonly string[]; readonly env: Readonly<Record<string, string>> };
  readonly home: string;
  readonly rounds: number;
  readonly madeSeconds: number;
}

const firstMatch = async ({ command, home, rounds, madeSeconds }: Searching): Promise<Finding> => {
  const [ours, bare]: [number[], number[]] = [[], []];
  for (let round = 0; round < rounds; round += 1) {
    await untilQuiet();
    for (const words of asks) ours.push(await untilItSpeaks(command('search', ...words)));
    bare.push((await run({ argv: [process.execPath, '-e', '0'] })).wallSeconds * 1000);
  }
  // -l stops in each file at its first match, -c reads all of it.
  const grep = async (flags: string): Promise<number> => median(await inTurn(3, async () => (await run({ argv: ['grep', flags, 'error', join(home, '.claude', 'projects')] })).wallSeconds * 1000));
  const [files, lines] = [await grep('-rlF'), await grep('-rcF')];
  return {
    goal: 'G14',
    notes: [`from the start of the process to its first byte, ${asks.length} kinds of words, the slowest ${Math.max(...ours).toFixed(0)} ms; of that ${median(bare).toFixed(0)} ms are a bare node -e 0. For one of the words grep needs ${files.toFixed(0)} ms to name the files (-rl) and ${lines.toFixed(0)} ms to count the lines (-rc), and knows neither which is newest nor who said it. The index was made in ${madeSeconds.toFixed(0)} s`],
    numbers: { 'first match ms': median(ours), 'slowest first match ms': Math.max(...ours), 'node -e 0 ms': median(bare), 'grep -rl ms': files, 'grep -rc ms': lines, 'index s': madeSeconds },
    criteria: [
      { what: 'first match', value: median(ours), unit: ' ms', at: 'most', goal: 100, stretch: 50 },
    ],
  };
};

const inTurn = async (times: number, work: () => Promise<number>): Promise<readonly number[]> => {
  const found: number[] = [];
  for (let time = 0; time < times; time += 1) found.push(await work());
  return found;
};

const untilItSpeaks = ({ argv: [program, ...args], env }: ReturnType<Searching['command']>): Promise<number> =>
  new Promise((resolve, reject) => {
    const started = performance.now();
    let ms: number | undefined;
    const child = spawn(program!, args, { env: { PATH: process.env.PATH, ...env }, stdio: ['ignore', 'pipe', 'inherit'] });
    child.stdout.on('data', () => (ms ??= performance.now() - started));
    child.once('error', reject).once('close', (code) => (ms === undefined || code !== 0 ? reject(new Error(`${args.join(' ')} ended with ${code} and said ${ms === undefined ? 'nothing' : 'something'}`)) : resolve(ms)));
  });
