import { Option } from 'commander';
import type { Command } from 'commander';
import { durationMs } from '../../config/kinds.ts';
import type { Following, World } from '../backend.ts';
import type { Deps } from '../deps.ts';
import { withExamples } from '../examples.ts';
import { CommandError } from '../exit-codes.ts';
import { addSettingFlags, lookingFlags } from '../flags.ts';
import { addFormatFlag, print } from '../format.ts';
import type { Format } from '../format.ts';
import { plainPage } from '../monitor/plain.ts';
import { withProgress } from '../progress.ts';
import { viewOf, withBackend } from '../start.ts';

interface MonitorOptions {
  readonly interval: string;
  readonly once?: boolean;
  readonly format: Format;
}

/** watchroom monitor */
export const addMonitor = (program: Command, deps: Deps): void => {
  const command = program.command('monitor').alias('top').summary('the sessions live, on the whole screen')
    .description('Shows the sessions of this machine live: state, context, health, cost, burn, errors. It asks the exporter that runs; where none does it looks itself, and makes way when one starts. Keys: q quits, h or ? says the others (docs/monitor.md).\nIn a pipe, with --once and with --format json or yaml it prints one picture and ends.')
    .addOption(new Option('-i, --interval <duration>', 'how often it looks: 500ms to 1h').default('2s'))
    .option('--once', 'print one picture and end');
  addSettingFlags(addFormatFlag(command), lookingFlags).action((options: MonitorOptions) => {
    const intervalMs = intervalOf(options.interval);
    return withBackend(command, deps, async (backend, world) => {
      const following = backend.follow();
      try {
        if (options.once || options.format !== 'table' || deps.stdout.isTTY !== true) await printOnce(following, options.format, { world, deps });
        else await watch(following, intervalMs, { world, deps });
      } finally {
        await following.close();
      }
    });
  });
  withExamples(command, [
    ['watchroom monitor', 'beside the editor, in a tmux pane'],
    ['watchroom monitor --interval 500ms', 'when it must be quick'],
    ['watchroom monitor --once', 'one picture'],
    ['watchroom monitor --format json | jq .burn', 'for programs; the shape is in docs/monitor.md'],
  ]);
};

const leastMs = 500;
const mostMs = 3_600_000;

const intervalOf = (typed: string): number => {
  const ms = /^\d+ms$/.test(typed) ? Number.parseInt(typed, 10) : durationMs(/^\d+(\.\d+)?$/.test(typed) ? `${typed}s` : typed);
  if (ms === undefined || ms < leastMs || ms > mostMs) throw new CommandError(`--interval must be a duration from 500ms to 1h, got ${JSON.stringify(typed)}. Try --interval 2s`, 'usage');
  return ms;
};

interface Place { readonly world: World; readonly deps: Deps }

const printOnce = async (following: Following, format: Format, { world, deps }: Place): Promise<void> => {
  const page = await withProgress(deps.stderr, 'Reading sessions', wholePage(following));
  print(deps, format, { data: () => page, text: () => plainPage(page, viewOf(world, deps)) });
};

const againMs = 100;

/** The first picture in which everything was read: a part of it would look like all. */
const wholePage = async (following: Following): ReturnType<Following['page']> => {
  for (;;) {
    const page = await following.page({});
    if (page.complete) return page;
    await new Promise((resolve) => setTimeout(resolve, againMs));
  }
};

/** Until q, Ctrl+C or a signal; the terminal is given back as it was. */
const watch = async (following: Following, intervalMs: number, { world, deps }: Place): Promise<void> => {
  const [{ render }, { createElement }, { Monitor }] = await Promise.all([import('ink'), import('react'), import('../monitor/app.ts')]);
  const keys = deps.stdin?.isTTY === true;
  const { paint } = viewOf(world, deps);
  const app = render(createElement(Monitor, { following, intervalMs, paint, timeZone: world.config.timezone, keys }), {
    stdout: deps.stdout as NodeJS.WriteStream, ...(deps.stdin ? { stdin: deps.stdin } : {}), alternateScreen: true, incrementalRendering: true, exitOnCtrlC: true, interactive: true, patchConsole: false, maxFps: 15,
  });
  void deps.ending?.then(() => app.unmount());
  await app.waitUntilExit();
};
