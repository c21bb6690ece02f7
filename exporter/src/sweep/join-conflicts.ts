import { posix } from 'node:path';
import type { Platform } from '../processes/process-table.ts';
import type { EpochMs } from '../session/part.ts';
import type { StoredSession } from '../session/session.ts';

/** Edits older than this are no conflict any more. */
const editWindowMs = 2 * 60 * 60_000;

/**
 * The file-conflict radar (FEATURES H7): for every session the files, as its tool wrote them, that another of the sessions edited too in the last two hours.
 * Goes by paths alone: the same file, or the same file of another working tree of the repository.
 */
export const conflictsOf = (sessions: readonly StoredSession[], { now, platform }: { readonly now: EpochMs; readonly platform: Platform }): ReadonlyMap<string, readonly string[]> => {
  const editors = new Map<string, { readonly id: string; readonly path: string }[]>();
  for (const session of sessions) {
    for (const [path, { editedAt }] of Object.entries(session.files)) {
      if (editedAt === undefined || now - editedAt > editWindowMs) continue;
      const file = fileOf(path, session.cwd, platform);
      if (file !== undefined) editors.set(file, [...(editors.get(file) ?? []), { id: session.id, path }]);
    }
  }
  const conflicts = new Map<string, Set<string>>();
  for (const edits of editors.values()) {
    if (edits.every(({ id }) => id === edits[0]!.id)) continue;
    for (const { id, path } of edits) conflicts.set(id, (conflicts.get(id) ?? new Set()).add(path));
  }
  return new Map([...conflicts].map(([id, paths]) => [id, [...paths].sort()]));
};

/** One name for a file however it is written; undefined when the folder of a relative path is unknown. */
const fileOf = (path: string, cwd: string | undefined, platform: Platform): string | undefined => {
  const windows = platform === 'win32';
  const written = slashes(path, windows);
  if (!isAbsolute(written) && cwd === undefined) return undefined;
  const absolute = isAbsolute(written) ? posix.normalize(written) : posix.join(slashes(cwd!, windows), written);
  const file = absolute.replace(linkedWorktree, '/');
  return windows ? file.toLowerCase() : file;
};

const slashes = (path: string, windows: boolean): string => (windows ? path.replaceAll('\\', '/') : path);

const isAbsolute = (path: string): boolean => /^(\/|[A-Za-z]:\/)/.test(path);

/** Where agents put linked working trees inside the repository (Claude's `--worktree`, and the usual habit). */
const linkedWorktree = /\/(\.claude\/worktrees|\.worktrees)\/[^/]+\//;
