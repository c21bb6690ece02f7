import { walk } from '../files/walk.ts';
import type { WalkProblem } from '../files/walk.ts';
import type { FileStat } from '../files/identity.ts';
import type { Machine } from '../files/machine.ts';
import type { Format, Reader, Root } from '../readers/reader.ts';
import type { Tool } from '../session/tool.ts';

/** A file that a reader claims. */
export interface Listed {
  readonly tool: Tool;
  readonly path: string;
  readonly relative: string;
  readonly root: Root;
  readonly stat: FileStat;
  readonly kind: Format['kind'];
}

/** Where a tool was looked for. */
export interface SeenRoot {
  readonly tool: Tool;
  /** The folder as the reader or the configuration names it. */
  readonly named: string;
  readonly root: Root;
  /** With links resolved; undefined: there is no such folder. */
  readonly resolved?: string;
  readonly fileCount: number;
  /** Folders that were read: what to watch. */
  readonly folders: readonly string[];
  readonly problems: readonly WalkProblem[];
}

/** A root with everything that is claimed below it: thousands of files, to be gone through and forgotten. */
export interface ListedRoot extends SeenRoot {
  readonly files: readonly Listed[];
}

export const withoutFiles = ({ files: _files, ...root }: ListedRoot): SeenRoot => root;

/** Walks every root of every reader once; a folder that two roots lead to is read for the first. */
export const listSources = async (readers: readonly Reader[], machine: Machine, extraRoots: readonly { readonly tool: Tool; readonly path: string }[] = []): Promise<ListedRoot[]> => {
  const listed: ListedRoot[] = [];
  const seen = new Set<string>();
  for (const reader of readers) {
    for (const root of rootsOf(reader, machine, extraRoots)) {
      const found = await listRoot(reader, root);
      const key = `${reader.tool} ${root.kind ?? ''} ${found.resolved}`;
      if (found.resolved !== undefined && seen.has(key)) continue;
      seen.add(key);
      listed.push(found);
    }
  }
  return listed;
};

/** The tool's own roots, and the ones the configuration adds (each read like the tool's first root of the same shape). */
export const rootsOf = (reader: Reader, machine: Machine, extraRoots: readonly { readonly tool: Tool; readonly path: string }[] = []): readonly Root[] => {
  const own = reader.roots(machine);
  const extra = extraRoots.filter((root) => root.tool === reader.tool).flatMap(({ path }) => own.slice(0, 1).map((root) => ({ ...root, path })));
  return [...own, ...extra];
};

export const listRoot = async (reader: Reader, root: Root): Promise<ListedRoot> => {
  const kinds = new Map<string, Format['kind']>();
  const accept = (relative: string): boolean => {
    const format = reader.claim(relative, root);
    if (format) kinds.set(relative, format.kind);
    return format !== undefined;
  };
  const found = await walk(root, { accept, skips: reader.skips, blocking: true });
  const place = found.root === undefined ? root : { ...root, path: found.root };
  return {
    tool: reader.tool,
    named: root.path,
    root: place,
    ...(found.root === undefined ? {} : { resolved: found.root }),
    fileCount: found.files.length,
    files: found.files.map((file) => ({ tool: reader.tool, ...file, root: place, kind: kinds.get(file.relative)! })),
    folders: found.folders,
    problems: found.problems,
  };
};
