import type { Command } from 'commander';
import { resolve } from 'node:path';
import type { Past, PastAsk } from '../backend.ts';
import type { Deps } from '../deps.ts';
import { withExamples } from '../examples.ts';
import { CommandError } from '../exit-codes.ts';
import { bytes, clockTime, longNumber, usd } from '../figures.ts';
import { momentOf } from '../filter.ts';
import { addSettingFlags, lookingFlags } from '../flags.ts';
import { withProgress } from '../progress.ts';
import { withBackend } from '../start.ts';
import { writeWholeFile } from '../whole-file.ts';

interface Options {
  readonly since?: string;
  readonly output?: string;
  readonly prometheus?: string;
  readonly job?: string;
  readonly instance?: string;
}

const usualPrometheus = 'http://localhost:9090';

/** watchroom backfill */
export const addBackfill = (program: Command, deps: Deps): void => {
  const command = program.command('backfill').summary('past use as history for Prometheus')
    .description('Writes what was used before Prometheus began to scrape this exporter, as OpenMetrics with timestamps under the names and labels of the live series, for promtool tsdb create-blocks-from openmetrics.\nPrometheus is asked how it calls this exporter and when it saw it first, so that the past ends where the live series begin. docs/backfill.md shows the whole way.\nPrometheus must keep more than its usual 15 days, or it deletes the past at once.')
    .option('--since <time>', 'only what was used since then: 90d, 2026-09-01 (default: everything)')
    .option('-o, --output <file>', 'write into a file, which appears when it is whole (default: stdout)')
    .option('--prometheus <url>', `the Prometheus that scrapes this exporter (default: ${usualPrometheus}, not asked when --job and --instance are given)`)
    .option('--job <name>', 'job of this exporter in its configuration')
    .option('--instance <name>', 'instance of this exporter there');
  addSettingFlags(command, lookingFlags).action((options: Options) =>
    withBackend(command, deps, async (backend, { config }) => {
      const past = await withProgress(deps.stderr, 'Reading the past', backend.past(askOf(options, deps.now())));
      const size = options.output === undefined ? toStdout(past, deps) : await writeWholeFile(resolve(deps.cwd, options.output), pieces(past));
      deps.stderr.write(summary(past, { size, output: options.output, timeZone: config.timezone }));
    }));
  withExamples(command, [
    ['watchroom backfill --output past.om', 'everything, joined to what Prometheus has'],
    ['watchroom backfill --since 90d --prometheus http://monitoring:9090 > past.om', 'another Prometheus'],
    ['watchroom backfill --job watchroom --instance localhost:10877 > past.om', 'without asking one: it ends where the ledger begins'],
  ]);
};

const askOf = ({ since, job, instance, prometheus }: Options, now: number): PastAsk => {
  const url = prometheus ?? (job !== undefined && instance !== undefined ? undefined : usualPrometheus);
  if (url !== undefined && !/^https?:\/\/[^/]/.test(url)) throw new CommandError(`--prometheus must be an http(s) URL, got ${JSON.stringify(url)}. Try --prometheus http://${url.replace(/^\w+:\/\//, '')}`, 'usage');
  return {
    ...(url === undefined ? {} : { prometheus: url }),
    ...(job === undefined ? {} : { job }),
    ...(instance === undefined ? {} : { instance }),
    ...(since === undefined ? {} : { since: momentOf(since, now) }),
  };
};

/** In pieces of some size: a past can have millions of lines. */
function* pieces(past: Past): Generator<string> {
  let piece = '';
  for (const line of past.text()) {
    piece += line;
    if (piece.length < 65_536) continue;
    yield piece;
    piece = '';
  }
  if (piece !== '') yield piece;
}

const toStdout = (past: Past, { stdout }: Deps): number => {
  let size = 0;
  for (const piece of pieces(past)) {
    stdout.write(piece);
    size += Buffer.byteLength(piece);
  }
  return size;
};

const summary = ({ target, from, to, joins, tokens, usd: cost }: Past, { size, output, timeZone }: { readonly size: number; readonly output: string | undefined; readonly timeZone: string }): string => {
  const end = `${clockTime(to, timeZone)}, when ${joins === 'live' ? 'Prometheus first scraped it' : 'its ledger began'}`;
  const who = Object.entries(target).map(([name, value]) => `${name}=${JSON.stringify(value)}`).join(', ');
  if (from === undefined) return `There is no past: nothing was used before ${end} (${who}).\n`;
  return [
    `The past of ${who}: ${longNumber(tokens)} tokens and ${usd(cost)} from ${clockTime(from, timeZone)} to ${end}.`,
    `${bytes(size)} ${output === undefined ? 'written' : `in ${output}`}. Now put it into the data folder of Prometheus:`,
    `  promtool tsdb create-blocks-from --max-block-duration=744h openmetrics ${output ?? 'FILE'} DATA_FOLDER`,
    '',
  ].join('\n');
};
