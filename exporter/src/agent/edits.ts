import { createHmac } from 'node:crypto';
import type { EpochMs } from '../session/part.ts';
import type { Session } from '../session/session.ts';
import { belowFolder } from './below-folder.ts';
import type { WireSession } from './wire.ts';

/** Older edits are no conflict any more (sweep/join-conflicts.ts). */
const editWindowMs = 2 * 3_600_000;
const mostEdits = 200;

/** A file by the repository it belongs to, named alike on every machine that has a clone of it. */
export interface RepositoryFile {
  /** The origin's address without scheme, user and ".git"; without an origin the project's name. */
  readonly repository: string;
  /** With slashes, from the root of the working tree. */
  readonly path: string;
}

export interface EditTelling {
  /** The team's secret; undefined: the hub has not told it yet. */
  readonly radarKey: string | undefined;
  /** Undefined: the path cannot be placed (hidden by the path mode, or outside any repository). */
  readonly placeOf: (path: string, cwd: string | undefined) => RepositoryFile | undefined;
  readonly now: EpochMs;
}

/** The files a live session edits, under keys that only machines of its team can compare (the file-conflict radar, FEATURES H7). */
export const editsOf = (session: Session, { radarKey, placeOf, now }: EditTelling): WireSession['edits'] => {
  if (radarKey === undefined || session.state === 'ended') return [];
  const recent = Object.entries(session.files)
    .flatMap(([path, { editedAt }]) => (editedAt === undefined || now - editedAt > editWindowMs ? [] : [{ path, at: editedAt }]))
    .sort((a, b) => b.at - a.at)
    .slice(0, mostEdits);
  return recent.flatMap(({ path, at }) => {
    const place = placeOf(path, session.cwd);
    return place ? [{ key: radarKeyOf(place, radarKey), path: belowFolder(path, session.cwd).slice(0, 1024), at }] : [];
  });
};

const radarKeyOf = ({ repository, path }: RepositoryFile, radarKey: string): string => createHmac('sha256', radarKey).update(`${repository}\0${path}`).digest('base64url');
