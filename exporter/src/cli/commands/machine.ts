import type { Command } from 'commander';
import type { Deps } from '../deps.ts';
import { withExamples } from '../examples.ts';
import { addSettingFlags, allFlags, lookingFlags } from '../flags.ts';
import { addFormatFlag, print } from '../format.ts';
import type { Format } from '../format.ts';
import { withProgress } from '../progress.ts';
import { viewOf, withBackend } from '../start.ts';
import { diagnosisText } from '../views/diagnosis.ts';
import { infoText } from '../views/info-text.ts';
import { seriesOf, seriesTable } from '../views/series-table.ts';

/** watchroom exporter */
export const addExporter = (program: Command, deps: Deps): void => {
  const command = program.command('exporter').summary('serve /metrics and the live page')
    .description('Finds the sessions of this machine, follows them and serves /metrics and a live page until it is stopped. Nothing leaves the machine unless you scrape it.\nEvery flag is also a key of the configuration file and a variable: docs/configuration.md. --no-collector.<tool> and --collector.<tool> switch single tools.')
    .option('--once', 'print one scrape and end')
    .option('--demo', 'show a sample team instead of this machine: invented sessions, rooms and people; nothing of yours is read');
  addSettingFlags(command, allFlags).action(({ once, demo }: { readonly once?: boolean; readonly demo?: boolean }) =>
    withBackend(command, deps, async (backend) => {
      if (demo) return backend.runDemo();
      if (!once) return backend.runExporter();
      deps.stdout.write(await withProgress(deps.stderr, 'Reading sessions', backend.once()));
    }));
  withExamples(command, [
    ['watchroom exporter', 'on 127.0.0.1:10877'],
    ['watchroom exporter --web.listen-address :10877 --web.config.file web.yml', 'for other machines, with TLS and a password'],
    ['watchroom exporter --demo', 'a sample team to look at'],
    ['watchroom exporter --once | head', 'one scrape to look at'],
    ['watchroom exporter --home examples/home', 'sessions of another home, counted in a throw-away ledger'],
  ]);
};

/** watchroom doctor */
export const addDoctor = (program: Command, deps: Deps): void => {
  const command = program.command('doctor').summary('where was looked, what was found, why a number is zero')
    .description('Says per tool which folders were looked at, what was found there, what could not be read and why a number is zero. Offline and read-only.')
    .option('--series', 'how many series each metric of a scrape has');
  addSettingFlags(addFormatFlag(command), lookingFlags).action(({ format, series }: { readonly format: Format; readonly series?: boolean }) =>
    withBackend(command, deps, async (backend, world) => {
      const look = viewOf(world, deps);
      if (series) {
        const sizes = seriesOf(await withProgress(deps.stderr, 'Rendering a scrape', backend.once()));
        return print(deps, format, { text: () => seriesTable(sizes, look), data: () => sizes });
      }
      const diagnosis = await withProgress(deps.stderr, 'Looking at every tool', backend.doctor());
      print(deps, format, { text: () => diagnosisText(diagnosis, world.machine.home, look), data: () => diagnosis });
    }));
  withExamples(command, [['watchroom doctor', 'when something is missing or zero'], ['watchroom doctor --series', 'when Prometheus has too many series'], ['watchroom doctor --format json', 'to attach to an issue']]);
};

/** watchroom info */
export const addInfo = (program: Command, deps: Deps): void => {
  const command = program.command('info').summary('version, places, ledger, counts')
    .description('Shows the version, where configuration and ledger are, how much was counted, and whether an exporter runs.');
  addSettingFlags(addFormatFlag(command), lookingFlags).action(({ format }: { readonly format: Format }) =>
    withBackend(command, deps, async (backend, world) => {
      const info = await withProgress(deps.stderr, 'Reading the ledger', backend.info());
      print(deps, format, { text: () => infoText(info, world, viewOf(world, deps)), data: () => ({ ...info, config: world.file }) });
    }));
  withExamples(command, [['watchroom info', 'for a look'], ['watchroom info --format json', 'for a bug report']]);
};
