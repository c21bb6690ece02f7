import { posix, win32 } from 'node:path';
import type { Machine } from '../files/machine.ts';

/** Where this machine keeps Watchroom's configuration: XDG on Linux (and where XDG_CONFIG_HOME is set), the usual folders on macOS and Windows. */
export const configPath = (machine: Machine): string => {
  const { home, env } = machine;
  const { join } = pathsOf(machine);
  if (env['XDG_CONFIG_HOME']) return join(env['XDG_CONFIG_HOME'], 'watchroom', 'config.yaml');
  if (machine.platform === 'win32') return join(env['APPDATA'] ?? join(home, 'AppData', 'Roaming'), 'watchroom', 'config.yaml');
  if (machine.platform === 'darwin') return join(home, 'Library', 'Application Support', 'watchroom', 'config.yaml');
  return join(home, '.config', 'watchroom', 'config.yaml');
};

/** Where this machine keeps Watchroom's ledger. */
export const statePath = (machine: Machine): string => {
  const { home, env } = machine;
  const { join } = pathsOf(machine);
  if (env['XDG_STATE_HOME']) return join(env['XDG_STATE_HOME'], 'watchroom');
  if (machine.platform === 'win32') return join(env['LOCALAPPDATA'] ?? join(home, 'AppData', 'Local'), 'watchroom');
  if (machine.platform === 'darwin') return join(home, 'Library', 'Application Support', 'watchroom');
  return join(home, '.local', 'state', 'watchroom');
};

/** "~/x" as the user means it. */
export const underHome = (path: string, machine: Machine): string =>
  path === '~' || path.startsWith('~/') || path.startsWith('~\\') ? pathsOf(machine).join(machine.home, path.slice(1)) : path;

/** A path a person gave: "~" is home, and relative to where the command was typed. */
export const absolutePath = (path: string, machine: Machine, cwd: string): string => pathsOf(machine).resolve(cwd, underHome(path, machine));

const pathsOf = ({ platform }: Machine): typeof posix => (platform === 'win32' ? win32 : posix);
