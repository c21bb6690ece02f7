import { readdirSync, statSync } from 'node:fs';
import { posix, win32 } from 'node:path';
import type { Machine } from '../../files/machine.ts';
import type { Root } from '../reader.ts';

/** Claude Desktop keeps the same tree below folders of its own. */
export const desktopKind = 'desktop';

/** `<config>/projects` of every configuration, and where Claude Desktop keeps its local sessions (FORMATS.md 1.1). */
export const rootsOf = (machine: Machine): readonly Root[] => [
  // projects/<folder>/<session>/subagents/workflows/<workflow>/agent-….jsonl
  ...configFolders(machine).map((folder) => ({ path: pathOf(machine).join(folder, 'projects'), depth: 5 })),
  ...desktopFolders(machine).map((path) => ({ path, depth: 14, kind: desktopKind })),
];

/** The configuration folders: those named by CLAUDE_CONFIG_DIR, else the usual places, and profiles beside them (`~/.claude-work`). */
export const configFolders = (machine: Machine): readonly string[] => {
  const { join, resolve } = pathOf(machine);
  const named = (machine.env.CLAUDE_CONFIG_DIR ?? '').split(',').map((part) => part.trim()).filter((part) => part !== '');
  const xdg = machine.env.XDG_CONFIG_HOME || join(machine.home, '.config');
  const usual = [join(machine.home, '.claude'), join(xdg, 'claude'), join(machine.home, '.config', 'claude')];
  const folders = [...named.map((folder) => (folder.startsWith('~/') ? join(machine.home, folder.slice(2)) : folder)), ...usual, ...profileFolders(machine)];
  return [...new Set(folders.map((folder) => resolve(folder)))];
};

const profileFolders = (machine: Machine): readonly string[] => {
  const { join } = pathOf(machine);
  return namesIn(machine.home)
    .filter((name) => name.startsWith('.claude-'))
    .map((name) => join(machine.home, name))
    .filter((folder) => isFolder(join(folder, 'projects')) && isFolder(join(folder, 'sessions')));
};

const desktopFolders = (machine: Machine): readonly string[] => {
  const { join } = pathOf(machine);
  const sessions = 'local-agent-mode-sessions';
  switch (machine.platform) {
    case 'darwin': return [join(machine.home, 'Library', 'Application Support', 'Claude', sessions)];
    case 'linux': return [join(machine.env.XDG_CONFIG_HOME || join(machine.home, '.config'), 'Claude', sessions)];
    case 'win32': {
      const roaming = machine.env.APPDATA || join(machine.home, 'AppData', 'Roaming');
      const packages = join(machine.env.LOCALAPPDATA || join(machine.home, 'AppData', 'Local'), 'Packages');
      // The Microsoft Store's Claude sees its own copy of Roaming.
      const store = namesIn(packages).filter((name) => name.startsWith('Claude_') || name.startsWith('AnthropicClaude_'));
      return [join(roaming, 'Claude', sessions), ...store.map((name) => join(packages, name, 'LocalCache', 'Roaming', 'Claude', sessions))];
    }
  }
};

const pathOf = (machine: Machine): typeof posix => (machine.platform === 'win32' ? win32 : posix);

/** Names in a folder; none when it cannot be listed. */
export const namesIn = (folder: string): readonly string[] => {
  try {
    return readdirSync(folder).sort();
  } catch {
    return [];
  }
};

const isFolder = (path: string): boolean => statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
