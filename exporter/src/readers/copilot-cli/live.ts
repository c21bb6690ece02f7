import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Machine } from '../../files/machine.ts';
import type { LiveClaim } from '../reader.ts';
import { copilotFolder } from './home.ts';
import { workspaceOf } from './workspace.ts';

/** The locks `session-state/<session>/inuse.<pid>.lock`. Stale ones stay behind (github/copilot-cli#3086): the join checks the process. */
export const liveClaims = (machine: Machine): readonly LiveClaim[] => {
  const sessions = copilotFolder(machine, 'session-state');
  return namesIn(sessions).flatMap((nativeId) => namesIn(join(sessions, nativeId)).flatMap((name) => claimOf(join(sessions, nativeId), nativeId, name)));
};

const claimOf = (folder: string, nativeId: string, name: string): LiveClaim[] => {
  const pid = Number(/^inuse\.(\d+)\.lock$/.exec(name)?.[1]);
  if (!Number.isSafeInteger(pid) || pid <= 0) return [];
  try {
    const writtenAt = Math.trunc(statSync(join(folder, name)).mtimeMs);
    const cwd = workspaceOf(folder)?.cwd;
    return [{ tool: 'copilot-cli', pid, nativeId, writtenAt, ...(cwd === undefined ? {} : { cwd }) }];
  } catch {
    return []; // released between listing and reading
  }
};

/** What lies in a folder; nothing when it is none or is gone. */
const namesIn = (folder: string): readonly string[] => {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
};
