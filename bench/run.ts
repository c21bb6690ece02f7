// Measures the goals of performance (docs/performance.md): node bench/run.ts [--rounds N] [--only G1a,G3] [--preset large]
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { build } from './build.ts';
import { installCcusage } from './ccusage.ts';
import { benchData } from './data.ts';
import { commandGoals, exporterGoals, goals, hubGoals, roomGoals } from './goals.ts';
import type { Finding, GoalName } from './goals.ts';
import { append } from './goals/append.ts';
import type { Bench } from './goals/bench.ts';
import { coldScans } from './goals/cold-scan.ts';
import { commandCosts } from './goals/commands.ts';
import { hubList, hubPushes } from './goals/hub.ts';
import { roomFanOut } from './goals/rooms.ts';
import { roomPaint } from './goals/paint.ts';
import { restart } from './goals/restart.ts';
import { scrapeCost } from './goals/scrape-cost.ts';
import { steady } from './goals/steady.ts';
import { machineLine } from './machine.ts';
import { table } from './report.ts';
import type { Report } from './report.ts';

const { values: options } = parseArgs({ options: { rounds: { type: 'string', default: '7' }, only: { type: 'string' }, preset: { type: 'string', default: 'large' } } });
const wanted = new Set<GoalName>((options.only?.split(',') ?? exporterGoals) as GoalName[]);
const wants = (...names: GoalName[]): boolean => names.some((name) => wanted.has(name));
const resultsOf = (name: string): string => fileURLToPath(new URL(`results/${name}.json`, import.meta.url));

if (process.platform !== 'linux') throw new Error('the bench reads CPU and memory of other processes from /proc, so it runs on Linux only');
const data = benchData(process.env.WATCHROOM_BENCH_DATA, options.preset);
const ccusage = installCcusage();
const built = build();
const scratch = mkdtempSync(join(dirname(data.folder), 'watchroom-bench-scratch-'));
const bench: Bench = {
  data, ccusage, built, rounds: Number(options.rounds),
  folder: (name) => {
    const folder = join(scratch, name);
    mkdirSync(folder, { recursive: true });
    return folder;
  },
};

process.setMaxListeners(50); // whatever was started cleans up after itself
process.once('exit', () => {
  rmSync(scratch, { recursive: true, force: true });
  for (const made of [built, ccusage, data]) made.remove();
});
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(130));

console.log(`Machine: ${machineLine()}. Against ccusage ${ccusage.version}, ${data.files} files, ${(data.bytes / 1e9).toFixed(2)} GB.`);
const findings = await measureAll();
console.log(`\n${table(findings)}\n`);
for (const { goal, notes } of findings) for (const note of notes) console.log(`${goal}: ${note}.`);
if (options.only === undefined && options.preset === 'large') keep(resultsOf('latest'));
for (const [name, group] of [['hub', hubGoals], ['rooms', roomGoals], ['commands', commandGoals]] as const) if (group.every((goal) => wanted.has(goal)) && wanted.size === group.length) keep(resultsOf(name));

async function measureAll(): Promise<readonly Finding[]> {
  const found = new Map<GoalName, Finding>();
  const note = (finding: Finding): void => void found.set(finding.goal, finding);
  let ccusageSeconds: number | undefined;
  if (wants('G1a', 'G1b', 'G2', 'G3', 'G5')) {
    const scans = await coldScans(bench);
    ({ ccusageSeconds } = scans);
    scans.findings.forEach(note);
  }
  if (wants('G4')) note(await restart(bench));
  if (wants('G3')) note(await append(bench, ccusageSeconds!));
  if (wants('G5', 'G7', 'G8')) {
    const { scrapes, idle, memory, memoryNumbers } = await steady(bench);
    note(scrapes);
    note(idle);
    const peak = found.get('G5');
    if (peak) note({ ...peak, criteria: [...peak.criteria, memory], numbers: { ...peak.numbers, ...memoryNumbers } });
  }
  if (wants('G6')) note(await scrapeCost(bench));
  if (wants('G9')) note(await roomFanOut(bench));
  if (wants('G10')) note(await roomPaint(bench));
  if (wants('G11')) note(await hubPushes(bench));
  if (wants('G12')) note(await hubList(bench));
  if (wants('G13', 'G14')) (await commandCosts(bench)).forEach(note);
  return (Object.keys(goals) as GoalName[]).filter((name) => wanted.has(name)).flatMap((name) => found.get(name) ?? []);
}

function keep(results: string): void {
  const report: Report = {
    date: new Date().toISOString().slice(0, 10),
    commit: execFileSync('git', ['rev-parse', '--short', 'HEAD'], { cwd: dirname(results), encoding: 'utf8' }).trim(),
    machine: machineLine(), ccusage: ccusage.version, data: { files: data.files, bytes: data.bytes }, findings,
  };
  writeFileSync(results, `${JSON.stringify(report, undefined, 1)}\n`);
  console.log(`Written to ${results}.`);
}
