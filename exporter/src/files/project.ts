import { readFileSync, statSync } from 'node:fs';
import { posix, win32 } from 'node:path';
import { isWindowsPath, lastName } from './path-mode.ts';

/** The repository or folder that a session works on: what the label `project` names. */
export interface Project {
  /** Name of the root folder. */
  readonly name: string;
  readonly path: string;
}

/** What is asked of the disk; a file system of plain data in tests. */
export interface Disk {
  /** undefined: there is nothing, or it cannot be seen. */
  readonly kindOf: (path: string) => 'file' | 'folder' | undefined;
  /** undefined: it cannot be read. */
  readonly textOf: (path: string) => string | undefined;
}

export interface ProjectOptions {
  /** The user's home folder: it is nobody's project, and a repository in it (dotfiles) is not that of everything below. */
  readonly home: string;
  /** @default the real one */
  readonly disk?: Disk;
}

/** Working directory → project, remembered for as long as the function lives. */
export const createProjects = (options: ProjectOptions): ((cwd: string) => Project | undefined) => {
  const known = new Map<string, Project | undefined>();
  return (cwd) => {
    if (!known.has(cwd)) known.set(cwd, projectOf(cwd, options));
    return known.get(cwd);
  };
};

/**
 * The repository that a working directory lies in; without one the directory itself. A worktree belongs to its main repository.
 * undefined: home, the root of the disk or no path. Never throws; the directory may be long gone.
 */
export const projectOf = (cwd: string, { home, disk = realDisk }: ProjectOptions): Project | undefined => {
  const path = isWindowsPath(cwd) ? win32 : posix;
  const start = path.normalize(withoutClaudeWorktree(cwd)).replace(/(?<=.)[\\/]+$/, '');
  if (cwd === '' || isNobodys(start, home)) return undefined;
  const root = path.isAbsolute(start) && !isRemote(start) ? repositoryRoot(start, { home, disk, path }) : undefined;
  if (root !== undefined) return isNobodys(root, home) ? undefined : named(root);
  return named(start);
};

/** `<repository>/.claude/worktrees/<name>/…` → `<repository>`, also when Claude Code has removed the worktree. */
const withoutClaudeWorktree = (cwd: string): string => cwd.replace(/[\\/]+\.claude[\\/]+worktrees[\\/]+[^\\/].*$/s, '') || cwd;

const isNobodys = (folder: string, home: string): boolean => folder === home || /^([a-zA-Z]:)?[\\/]*$/.test(folder) || folder === '.';

/** \\server\share is not looked at: Windows would log in to any server that a record names. */
const isRemote = (path: string): boolean => path.startsWith('\\\\');

interface Looking { readonly home: string; readonly disk: Disk; readonly path: typeof posix }

const repositoryRoot = (start: string, { home, disk, path }: Looking): string | undefined => {
  for (let folder = start; folder !== home && folder !== path.dirname(folder); folder = path.dirname(folder)) {
    const git = path.join(folder, '.git');
    const kind = disk.kindOf(git);
    if (kind === 'folder') return folder;
    if (kind === 'file') return mainRepository(folder, disk.textOf(git), path);
  }
  return undefined;
};

/** The `.git` file of a worktree leads to the main repository; that of a submodule leads elsewhere, and it is a repository of its own. */
const mainRepository = (folder: string, gitFile: string | undefined, path: typeof posix): string => {
  const gitFolder = /^gitdir:\s*(.+?)\s*$/m.exec(gitFile ?? '')?.[1];
  if (gitFolder === undefined) return folder;
  // Relative since git 2.48 with worktree.useRelativePaths.
  const common = /^(.+?)[\\/]worktrees[\\/][^\\/]+[\\/]?$/.exec(path.resolve(folder, gitFolder))?.[1];
  if (common === undefined) return folder;
  // A bare repository may lie beside its worktrees ("project/.bare"), or stand for itself ("project.git").
  return path.basename(common).startsWith('.') ? path.dirname(common) : common;
};

const named = (path: string): Project => ({ name: lastName(path).replace(/(?<=.)\.git$/, ''), path });

export const realDisk: Disk = {
  kindOf: (path) => {
    try {
      const seen = statSync(path, { throwIfNoEntry: false });
      return seen?.isDirectory() ? 'folder' : seen?.isFile() ? 'file' : undefined;
    } catch {
      return undefined;
    }
  },
  textOf: (path) => {
    try {
      return readFileSync(path, 'utf8');
    } catch {
      return undefined;
    }
  },
};
