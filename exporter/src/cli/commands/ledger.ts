import type { Command } from 'commander';
import { resolve } from 'node:path';
import type { Backend } from '../backend.ts';
import type { Deps } from '../deps.ts';
import { withExamples } from '../examples.ts';
import { CommandError } from '../exit-codes.ts';
import { bytes } from '../figures.ts';
import { addSettingFlags } from '../flags.ts';
import { withProgress } from '../progress.ts';
import { withBackend } from '../start.ts';

/** watchroom ledger verify|compact|backup|reset */
export const addLedger = (program: Command, deps: Deps): void => {
  const ledger = program.command('ledger').summary('care for the memory of what was counted')
    .description('The ledger is the SQLite file in which counters survive restarts and deleted transcripts.');
  const sub = (name: string, summary: string): Command => addSettingFlags(ledger.command(name).summary(summary), ['stateFolder', 'configFile', 'home', 'proc']);
  const run = (command: Command, doing: string, work: (care: Backend['ledger']) => Promise<string>): Promise<void> =>
    withBackend(command, deps, async (backend) => {
      deps.stdout.write(`${await withProgress(deps.stderr, doing, work(backend.ledger))}\n`);
    });

  const verify = sub('verify', 'check it').description('Checks the database, and every sum in it against the calls it was made of. Works beside a running exporter.');
  verify.action(() => run(verify, 'Verifying', async (care) => {
    const problems = await care.verify();
    if (problems.length === 0) return 'The ledger is sound: every sum equals the calls it was made of.';
    throw new CommandError(`the ledger has problems:\n${problems.map((problem) => `  ${problem}`).join('\n')}\nTry: watchroom ledger backup FILE, then watchroom ledger reset`);
  }));
  withExamples(verify, [['watchroom ledger verify', 'after a crash or a full disk']]);

  const compact = sub('compact', 'give back free space').description('Rewrites the database without its free space.');
  compact.action(() => run(compact, 'Compacting', async (care) => {
    const { before, after } = await care.compact();
    return `Compacted from ${bytes(before)} to ${bytes(after)}.`;
  }));
  withExamples(compact, [['watchroom ledger compact', 'after many sessions were removed']]);

  const backup = sub('backup <file>', 'copy it consistently').description('Copies the ledger into a file, consistently and beside a running exporter.');
  backup.action((file: string) => run(backup, 'Copying', async (care) => {
    const path = resolve(deps.cwd, file);
    const { bytes: size } = await care.backup(path);
    return `Copied ${bytes(size)} to ${path}. To go back to it, stop the exporter and put it in the place that watchroom info shows.`;
  }));
  withExamples(backup, [['watchroom ledger backup ledger-copy.db', 'before an update']]);

  const reset = sub('reset', 'begin a new one').description('Puts the ledger aside and begins a new one: fleet counters start at 0 with a new id, and the transcripts are read again. Use of deleted transcripts is lost from the counts.')
    .option('--yes', 'do it');
  reset.action(({ yes }: { readonly yes?: boolean }) => {
    if (!yes) throw new CommandError('this begins a new ledger: all counters start at 0, and what was counted from deleted transcripts is gone. Nothing was done. If you mean it: watchroom ledger reset --yes', 'usage');
    return run(reset, 'Resetting', async (care) => {
      const { oldId, keptAt, newId } = await care.reset();
      return [`A new ledger begins: ${newId}.`, ...(keptAt ? [`The old one was ${oldId ?? 'unreadable'}, kept at ${keptAt}.`] : [])].join('\n');
    });
  });
  withExamples(reset, [['watchroom ledger reset --yes', 'counts from now on']]);
};
