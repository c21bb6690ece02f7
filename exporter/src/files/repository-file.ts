import { posix, win32 } from 'node:path';
import { isWindowsPath, lastName } from './path-mode.ts';
import { realDisk } from './project.ts';
import type { Disk } from './project.ts';

/** A file by the repository it belongs to: the same on every machine that has a clone. */
export interface RepositoryPlace {
  readonly repository: string;
  /** From the root of the working tree, with slashes. */
  readonly path: string;
}

/** Path of a file → its place in a repository, as far as the disk tells; what was found of a folder is remembered for a minute. */
export const createRepositoryPlaces = ({ now, disk = realDisk }: { readonly now: () => number; readonly disk?: Disk }): ((file: string, cwd: string | undefined) => RepositoryPlace | undefined) => {
  const trees = new Map<string, { readonly at: number; readonly tree: WorkingTree | undefined }>();
  const treeOf = (folder: string): WorkingTree | undefined => {
    const known = trees.get(folder);
    if (known && now() - known.at < 60_000) return known.tree;
    if (trees.size > 10_000) trees.clear();
    const tree = workingTree(folder, disk);
    trees.set(folder, { at: now(), tree });
    return tree;
  };
  return (file, cwd) => {
    const path = isWindowsPath(file) || isWindowsPath(cwd ?? '') ? win32 : posix;
    if (!path.isAbsolute(file) && cwd === undefined) return undefined;
    const absolute = path.isAbsolute(file) ? path.normalize(file) : path.join(cwd!, file);
    if (absolute.startsWith('\\\\')) return undefined; // another computer's disk is not asked
    const tree = treeOf(path.dirname(absolute));
    return tree && { repository: tree.repository, path: path.relative(tree.root, absolute).replaceAll('\\', '/') };
  };
};

interface WorkingTree {
  readonly root: string;
  readonly repository: string;
}

const workingTree = (folder: string, disk: Disk): WorkingTree | undefined => {
  const path = isWindowsPath(folder) ? win32 : posix;
  for (let root = folder; root !== path.dirname(root); root = path.dirname(root)) {
    const git = path.join(root, '.git');
    const kind = disk.kindOf(git);
    if (kind === undefined) continue;
    const gitFolder = kind === 'folder' ? git : linkedFolder(root, disk.textOf(git), path);
    const origin = gitFolder === undefined ? undefined : originOf(disk.textOf(path.join(gitFolder, 'config')));
    return { root, repository: origin ?? lastName(gitFolder !== undefined && kind === 'file' ? path.dirname(gitFolder) : root) };
  }
  return undefined;
};

/** A linked working tree leads to the folder of its repository, a submodule to one of its own. */
const linkedFolder = (root: string, gitFile: string | undefined, path: typeof posix): string | undefined => {
  const named = /^gitdir:\s*(.+?)\s*$/m.exec(gitFile ?? '')?.[1];
  if (named === undefined) return undefined;
  const gitFolder = path.resolve(root, named);
  return /^(.+?)[\\/]worktrees[\\/][^\\/]+[\\/]?$/.exec(gitFolder)?.[1] ?? gitFolder;
};

/** The address of the remote "origin" in a .git/config, in one form for ssh, https and scp-like: host/path. */
export const originOf = (config: string | undefined): string | undefined => {
  let inOrigin = false;
  for (const line of (config ?? '').split(/\r?\n/)) {
    if (/^\s*\[/.test(line)) inOrigin = /^\s*\[\s*remote\s+"origin"\s*\]/.test(line);
    const url = inOrigin ? /^\s*url\s*=\s*"?(.+?)"?\s*$/i.exec(line)?.[1] : undefined;
    if (url !== undefined) return oneForm(url);
  }
  return undefined;
};

const oneForm = (url: string): string => {
  const scp = /^(?:[^@/\s]+@)?([^:/\s]{2,}):(?!\/\/)(.+)$/.exec(url);
  const [, host, path] = scp ?? /^[a-z+]+:\/\/(?:[^@/]*@)?([^/:]+)(?::\d+)?\/(.+)$/i.exec(url) ?? [];
  if (host === undefined || path === undefined) return url.replace(/\/+$/, '').replace(/\.git$/, '');
  return `${host.toLowerCase()}/${path.replace(/^\/+|\/+$/g, '').replace(/\.git$/, '')}`;
};
