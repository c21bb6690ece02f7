import type { Command } from 'commander';
import { healthSettings } from '../config/health-settings.ts';
import { loadConfig } from '../config/load.ts';
import type { Loaded } from '../config/load.ts';
import { statePath } from '../config/paths.ts';
import type { Backend, World } from './backend.ts';
import type { Deps } from './deps.ts';
import { CommandError } from './exit-codes.ts';
import { typedFlags } from './flags.ts';
import { lookOf } from './terminal.ts';
import type { SessionView } from './views/session-page.ts';

/** What the command line of a command decides. Throws a ConfigError. */
export const worldOf = (command: Command, deps: Deps): World => {
  const loaded = loadConfig({ machine: deps.machine, variables: deps.variables, cwd: deps.cwd, ...typedFlags(command) });
  return { ...loaded, state: stateOf(loaded), reload: () => worldOf(command, deps) };
};

/** Does something with the backend of a command, and gives back what that opened. */
export const withBackend = async (command: Command, deps: Deps, work: (backend: Backend, world: World) => Promise<void>): Promise<void> => {
  const world = worldOf(command, deps);
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
