import type { Command } from 'commander';
import { rmSync } from 'node:fs';
import { createInterface } from 'node:readline/promises';
import { fileURLToPath } from 'node:url';
import type { Deps } from '../deps.ts';
import { withExamples } from '../examples.ts';
import { CommandError } from '../exit-codes.ts';
import { addFormatFlag, print } from '../format.ts';
import type { Format } from '../format.ts';
import { serviceDefinition } from '../service/definition.ts';
import type { ServiceDefinition } from '../service/definition.ts';
import { installedText, refuseForeign, writeWhole } from '../service/files.ts';
import { commandText, runCommand } from '../service/run.ts';

interface Consent {
  readonly dryRun?: boolean;
  readonly yes?: boolean;
}

/** watchroom service install|remove|status */
export const addService = (program: Command, deps: Deps): void => {
  const service = program.command('service').summary('let the exporter start with your login')
    .description('Installs the exporter as a service of this user, without root: a systemd user unit, a launch agent on macOS, a scheduled task on Windows. What is written is shown first.');
  addInstall(service, deps);
  addRemove(service, deps);
  addStatus(service, deps);
};

const addInstall = (service: Command, deps: Deps): void => {
  const command = consentFlags(service.command('install').summary('write it and start it'))
    .description('Shows the file and the commands, asks, writes the file, starts the exporter. What stands after -- is given to watchroom exporter.')
    .argument('[flags...]', 'flags of watchroom exporter, after --')
    .action(async (flags: readonly string[], consent: Consent) => {
      const definition = definitionFor(deps, flags);
      const before = installedText(definition.file);
      refuseForeign(definition.file, before);
      deps.stdout.write(`${definition.file}${before === undefined ? '' : ' (in place of the one that is there)'}:\n\n${indented(definition.text)}\n\nThen:\n${definition.install.map((one) => `  ${commandText(one)}\n`).join('')}\n`);
      if (!(await agreed(consent, deps, 'Write it and start it?'))) return;
      install(definition, before);
      deps.stdout.write(`The exporter runs, and starts with your login. watchroom service remove takes it away.${definition.hint === undefined ? '' : `\n${definition.hint}`}\n`);
    });
  withExamples(command, [
    ['watchroom service install', 'after a look at what it does'],
    ['watchroom service install --dry-run', 'only the look'],
    ['watchroom service install --yes -- --web.listen-address :10877', 'with flags of watchroom exporter'],
  ]);
};

const addRemove = (service: Command, deps: Deps): void => {
  const command = consentFlags(service.command('remove').summary('stop it and take it away')).description('Stops the service and deletes its file. The ledger and the configuration stay.')
    .action(async (consent: Consent) => {
      const definition = definitionFor(deps, []);
      const text = installedText(definition.file);
      if (text === undefined) return void deps.stdout.write(`No service is installed: there is no ${definition.file}.\n`);
      refuseForeign(definition.file, text);
      deps.stdout.write(`${[...definition.remove.map(commandText), `delete ${definition.file}`, ...definition.afterwards.map(commandText)].map((one) => `  ${one}\n`).join('')}\n`);
      if (!(await agreed(consent, deps, 'Do it?'))) return;
      for (const one of definition.remove) runCommand(one); // it may not run
      rmSync(definition.file, { force: true });
      for (const one of definition.afterwards) runCommand(one);
      deps.stdout.write(`Removed. The ledger stays; watchroom info says where it is.\n`);
    });
  withExamples(command, [['watchroom service remove', 'asks first'], ['watchroom service remove --yes', 'in a script']]);
};

const addStatus = (service: Command, deps: Deps): void => {
  const command = addFormatFlag(service.command('status').summary('is it installed, does it run')).description('Says whether the service is installed and whether it runs.')
    .action(({ format }: { readonly format: Format }) => {
      const definition = definitionFor(deps, []);
      const installed = installedText(definition.file) !== undefined;
      const { ok, said } = installed ? runCommand(definition.status) : { ok: false, said: '' };
      print(deps, format, {
        data: () => ({ kind: definition.kind, file: definition.file, installed, running: ok }),
        text: () => (installed ? `${definition.kind} ${definition.file}: ${ok ? 'runs' : `does not run${said === '' ? '' : ` (${said.split('\n')[0]})`}`}` : `No service is installed. Try: watchroom service install --dry-run`),
      });
    });
  withExamples(command, [['watchroom service status', 'for a look'], ['watchroom service status --format json', 'for programs']]);
};

const consentFlags = (command: Command): Command => command.option('--dry-run', 'only show what would be done').option('-y, --yes', 'do not ask');

const definitionFor = ({ machine }: Deps, args: readonly string[]): ServiceDefinition =>
  serviceDefinition({ machine, args, node: process.execPath, script: fileURLToPath(new URL('../../../bin/watchroom.js', import.meta.url)), uid: process.getuid?.() ?? 0 });

/** The old file comes back when the system refuses the new one. */
const install = (definition: ServiceDefinition, before: string | undefined): void => {
  writeWhole(definition.file, definition.text);
  for (const one of definition.install) {
    const { ok, said } = runCommand(one);
    if (ok) continue;
    if (before === undefined) rmSync(definition.file, { force: true });
    else writeWhole(definition.file, before);
    throw new CommandError(`${commandText(one)} failed${said === '' ? '' : `: ${said}`}. ${before === undefined ? 'The file was taken away again' : 'The file is again as it was'}; nothing is installed by halves. Without a service manager, watchroom exporter can be started by hand`);
  }
};

const agreed = async ({ dryRun, yes }: Consent, deps: Deps, question: string): Promise<boolean> => {
  if (dryRun) return false;
  if (yes) return true;
  if (deps.stdin?.isTTY !== true) throw new CommandError('nobody is there to be asked. Try --yes, or --dry-run for a look');
  const terminal = createInterface({ input: deps.stdin, output: deps.stdout as NodeJS.WriteStream });
  const ended = new AbortController();
  terminal.on('SIGINT', () => ended.abort());
  try {
    return /^\s*y(es)?\s*$/i.test(await terminal.question(`${question} [y/N] `, { signal: ended.signal }));
  } catch {
    return false;
  } finally {
    terminal.close();
  }
};

const indented = (text: string): string => text.trimEnd().split('\n').map((line) => `  ${line}`.trimEnd()).join('\n');
