import type { Command } from 'commander';
import { resolve } from 'node:path';
import type { HubCare } from '../backend.ts';
import type { Deps } from '../deps.ts';
import { withExamples } from '../examples.ts';
import { bytes } from '../figures.ts';
import { addSettingFlags, hubFlags } from '../flags.ts';
import { withProgress } from '../progress.ts';
import { withBackend } from '../start.ts';

/** watchroom hub serve|admin|backup|restore */
export const addHub = (program: Command, deps: Deps): void => {
  const hub = program.command('hub').summary('the hub of a team: people, agents, sessions of all machines')
    .description('The hub is the one place of a team: agents report their machines\' sessions to it, people see them there, Prometheus scrapes it (docs/hub.md).');
  addServe(hub, deps);
  addAdmin(hub, deps);
  addBackup(hub, deps);
  addRestore(hub, deps);
};

/** watchroom open */
export const addOpen = (program: Command, deps: Deps): void => {
  const command = program.command('open').summary('open this machine\'s own hub in the browser')
    .description('Makes a link to the hub that the exporter of this machine runs beside itself, and opens it in the browser. The link signs one browser in, once, within 60 seconds.')
    .option('--print', 'print the link only');
  addSettingFlags(command, ['stateFolder', 'configFile']).action(({ print }: { readonly print?: boolean }) =>
    withBackend(command, deps, async (backend) => {
      const { link, shown } = await backend.hub.open({ show: print !== true });
      deps.stdout.write(shown ? `Opened in the browser. If nothing came up, within 60 seconds: ${link}\n` : `${link}\n`);
    }));
  withExamples(command, [['watchroom open', 'after closing the tab'], ['watchroom open --print', 'for another browser of this machine']]);
};

const addServe = (hub: Command, deps: Deps): void => {
  const command = hub.command('serve').summary('run it').description('Runs the hub until it is stopped. The first start prints a set-up token, with which the first admin is made in the browser.\nEvery flag is also a key of the configuration file and a variable: docs/configuration.md.');
  addSettingFlags(command, [...hubFlags, 'stateFolder', 'configFile', 'logLevel', 'logFormat']).action(() => withBackend(command, deps, (backend) => backend.hub.serve()));
  withExamples(command, [
    ['watchroom hub serve', 'on this machine only, to look at it'],
    ['watchroom hub serve --listen :8877 --public-url https://watchroom.example --trust-proxy 1', 'for a team, behind a proxy with TLS'],
    ['watchroom hub serve --data /var/lib/watchroom/hub', 'with its data elsewhere'],
  ]);
};

const addAdmin = (hub: Command, deps: Deps): void => {
  const admin = hub.command('admin').summary('let an admin in from the terminal').description('For whoever may read the hub\'s data folder. Works beside a running hub.');

  const create = careFlags(admin.command('create <name>').summary('make an admin of a team').requiredOption('--team <team>', 'the team; made if there is none of that name'))
    .description('Makes an account that is admin of a team, and prints a link with which the person sets a password. Of a first account it makes the operator of the hub.');
  create.action((username: string, { team }: { readonly team: string }) => printLink(create, deps, (care) => care.createAdmin({ username, team }), `${username} sets a password here, once, and is then admin of ${team}:`));
  withExamples(create, [['watchroom hub admin create ada --team compilers', 'instead of the set-up token']]);

  const reset = careFlags(admin.command('reset <name>').summary('let somebody set a new password')).description('Prints a link with which somebody sets a new password. Needs no e-mail.');
  reset.action((username: string) => printLink(reset, deps, (care) => care.resetPassword({ username }), `${username} sets a new password here, once:`));
  withExamples(reset, [['watchroom hub admin reset ada', 'when the only admin forgot it']]);
};

const addBackup = (hub: Command, deps: Deps): void => {
  const command = careFlags(hub.command('backup <file>').summary('copy it consistently')).description('Copies everything the hub keeps (accounts, teams, sessions, its keys) into one file, consistently and beside a running hub. The file is as secret as the hub itself.');
  command.action((file: string) => withBackend(command, deps, async (backend) => {
    const path = resolve(deps.cwd, file);
    const { bytes: size } = await withProgress(deps.stderr, 'Copying', backend.hub.backup(path));
    deps.stdout.write(`Copied ${bytes(size)} to ${path}. To go back to it: watchroom hub restore ${path}\n`);
  }));
  withExamples(command, [['watchroom hub backup hub-copy.db', 'before an update, and every night']]);
};

const addRestore = (hub: Command, deps: Deps): void => {
  const command = careFlags(hub.command('restore <file>').summary('go back to a copy')).description('Puts a copy in the place of what a stopped hub keeps; what was there is kept beside it. Agents send again what the copy does not know.');
  command.action((file: string) => withBackend(command, deps, async (backend) => {
    const path = resolve(deps.cwd, file);
    const { keptAt } = await withProgress(deps.stderr, 'Restoring', backend.hub.restore(path));
    deps.stdout.write(`Restored from ${path}.${keptAt === undefined ? '' : ` What was there before is kept at ${keptAt}.`}\n`);
  }));
  withExamples(command, [['watchroom hub restore hub-copy.db', 'after a lost disk, or an update that went wrong']]);
};

const careFlags = (command: Command): Command => addSettingFlags(command, ['hubData', 'hubPublicUrl', 'hubListen', 'stateFolder', 'configFile']);

const printLink = (command: Command, deps: Deps, make: (care: HubCare) => Promise<{ readonly link: string }>, what: string): Promise<void> =>
  withBackend(command, deps, async (backend) => {
    const { link } = await make(backend.hub);
    deps.stdout.write(`${what}\n  ${link}\n`);
  });
