import type { Command } from 'commander';
import { healthSettings } from '../config/health-settings.ts';
import { loadConfig, loadWithoutFile } from '../config/load.ts';
import type { Given, Loaded } from '../config/load.ts';
import { statePath } from '../config/paths.ts';
import { ConfigError } from '../config/problem.ts';
import type { Backend, World } from './backend.ts';
import type { Deps } from './deps.ts';
import { CommandError } from './exit-codes.ts';
import { typedFlags } from './flags.ts';
import { lookOf } from './terminal.ts';
import type { SessionView } from './views/session-page.ts';

/** What the command line of a command decides. Throws a ConfigError. */
export const worldOf = (command: Command, deps: Deps): World => {
  const loaded = loadConfig(givenOf(command, deps));
  return { ...loaded, state: stateOf(loaded), reload: () => worldOf(command, deps) };
};

/** The same for a command that goes on whatever stands in the configuration: without the file, or without anything that was said. `problem`: why, in one line. */
export const worldWhatever = (command: Command, deps: Deps): { readonly world: World; readonly problem?: string } => {
  const given = givenOf(command, deps);
  try {
    return { world: worldOf(command, deps) };
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    const loaded = withoutFile(given) ?? loadWithoutFile({ ...given, variables: {}, flags: {} });
    return { world: { ...loaded, state: stateOf(loaded), reload: () => worldOf(command, deps) }, problem: error.message.trim().split('\n')[0]!.trim() };
  }
};

const withoutFile = (given: Given): Loaded | undefined => {
  try {
    return loadWithoutFile(given);
  } catch {
    return undefined;
  }
};

const givenOf = (command: Command, { machine, variables, cwd }: Deps): Given => ({ machine, variables, cwd, ...typedFlags(command) });

/** Does something with the backend of a command, and gives back what that opened. */
export const withBackend = (command: Command, deps: Deps, work: (backend: Backend, world: World) => Promise<void>): Promise<void> => withBackendOf(worldOf(command, deps), deps, work);

export const withBackendOf = async (world: World, deps: Deps, work: (backend: Backend, world: World) => Promise<void>): Promise<void> => {
  const backend = await deps.open(world);
  try {
    await work(backend, world);
  } catch (error) {
    throw isDamage(error) && world.state.kind === 'folder' ? damaged(world.state.path, error) : error;
  } finally {
    await backend.close?.();
  }
};

/** By SQLite's words: the code of the error is lost on its way from the ledger's thread. */
const isDamage = (error: unknown): error is Error => error instanceof Error && /^(file is not a database|database disk image is malformed)/.test(error.message);

const damaged = (folder: string, { message }: Error): CommandError =>
  new CommandError(`the ledger in ${folder} is damaged (${message}). Put it aside and begin a new one: watchroom ledger reset --yes. Sessions are read again from the transcripts that are still there; what was counted from deleted ones is only in the old file`);

/** How sessions are shown on stdout. */
export const viewOf = ({ config }: Loaded, deps: Deps): SessionView => ({ ...lookOf(deps.stdout, deps.variables), now: deps.now(), health: healthSettings(config), timeZone: config.timezone });

/** Another home's or process table's counts are not mixed with this machine's. */
const stateOf = ({ config, machine }: Loaded): World['state'] => {
  if (config.stateFolder !== undefined) return { kind: 'folder', path: config.stateFolder };
  return config.home !== undefined || config.proc !== undefined ? { kind: 'throw-away' } : { kind: 'folder', path: statePath(machine) };
};
