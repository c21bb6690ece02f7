import { createHash } from 'node:crypto';
import type { AgentProcess } from '../processes/match.ts';
import type { Platform } from '../processes/process-table.ts';
import type { StoredSession } from '../session/session.ts';

/** Finds sessions by the folder a process works in. */
export interface Places {
  /** The sessions of the process's tool in its folder; all of the tool's where the system tells no folder (Windows). */
  readonly sessionsOf: (process: AgentProcess) => readonly StoredSession[];
  /** The session's folder is the process's or lies in it; unknown folders do. */
  readonly isBelow: (session: StoredSession, process: AgentProcess) => boolean;
}

export const indexPlaces = (sessions: readonly StoredSession[], platform: Platform): Places => {
  const index = new Map<string, StoredSession[]>();
  const add = (key: string, session: StoredSession): void => void (index.get(key)?.push(session) ?? index.set(key, [session]));
  for (const session of sessions) {
    add(session.tool, session);
    for (const key of keysOfSession(session, platform)) add(key, session);
  }
  return {
    sessionsOf: (process) => (process.cwd === undefined ? (index.get(process.tool) ?? []) : [...new Set(keysOfProcess(process, platform).flatMap((key) => index.get(key) ?? []))]),
    isBelow: (session, process) => {
      const [inner, outer] = [normal(session.cwd, platform), normal(process.cwd, platform)];
      return inner === undefined || outer === undefined || inner === outer || inner.startsWith(outer.endsWith('/') ? outer : `${outer}/`);
    },
  };
};

/** The folder of a process in a form that can be compared; undefined where the system does not tell it. */
export const placeOf = ({ cwd }: AgentProcess, platform: Platform): string | undefined => normal(cwd, platform);

/** Both folders are known and the same. */
export const samePlace = (left: string | undefined, right: string | undefined, platform: Platform): boolean => left !== undefined && right !== undefined && normal(left, platform) === normal(right, platform);

const normal = (path: string | undefined, platform: Platform): string | undefined => {
  if (path === undefined) return undefined;
  const written = platform === 'win32' ? path.replaceAll('\\', '/').toLowerCase() : path;
  return written.length > 1 ? written.replace(/\/+$/, '') || '/' : written;
};

const keysOfSession = (session: StoredSession, platform: Platform): string[] => {
  const cwd = normal(session.cwd, platform);
  const folder = folderOf(session);
  return [...(cwd === undefined ? [] : [`${session.tool} ${cwd}`]), ...(folder === undefined ? [] : [`${session.tool} folder ${folder}`])];
};

/**
 * The folder of a transcript also stands for where the tool was started: Claude's is the cwd with every other sign made "-" (FORMATS.md 1.1),
 * older Gemini's the SHA-256 of it (FORMATS.md 3). The cwd in the records may have moved since.
 */
const folderOf = ({ tool, sources }: StoredSession): string | undefined => {
  const path = sources[0]?.replaceAll('\\', '/');
  if (path === undefined) return undefined;
  if (tool === 'claude') return /\/projects\/([^/]+)\/[^/]+\.jsonl$/.exec(path)?.[1];
  if (tool === 'gemini') return /\/tmp\/([0-9a-f]{64})\/chats\//.exec(path)?.[1];
  return undefined;
};

const keysOfProcess = (process: AgentProcess, platform: Platform): string[] => {
  const folder = process.tool === 'claude' ? process.cwd!.replace(/[^A-Za-z0-9]/g, '-') : process.tool === 'gemini' ? createHash('sha256').update(process.cwd!).digest('hex') : undefined;
  return [`${process.tool} ${normal(process.cwd, platform)}`, ...(folder === undefined ? [] : [`${process.tool} folder ${folder}`])];
};
