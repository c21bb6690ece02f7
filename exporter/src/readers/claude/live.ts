import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Machine } from '../../files/machine.ts';
import { count, parseObject, text, time } from '../fields.ts';
import type { Json } from '../fields.ts';
import type { LiveClaim } from '../reader.ts';
import { hookStates, withHookStates } from './hook-states.ts';
import { configFolders, namesIn } from './places.ts';

const maxBytes = 1 << 20;

/** What `sessions/<pid>.json` of every configuration says (FORMATS.md 1.3). Other names there are leftovers of old versions. */
export const liveClaims = (machine: Machine): readonly LiveClaim[] =>
  withHookStates(configFolders(machine).flatMap((folder) => namesIn(join(folder, 'sessions')).filter((name) => /^\d+\.json$/.test(name)).flatMap((name) => claimIn(join(folder, 'sessions', name), Number.parseInt(name, 10)))), hookStates(machine));

const claimIn = (path: string, pid: number): readonly LiveClaim[] => {
  try {
    const { mtimeMs, size } = statSync(path);
    const record = size <= maxBytes ? parseObject(readFileSync(path)) : undefined;
    return record ? claimOf(record, pid, Math.trunc(mtimeMs)) : [];
  } catch {
    return []; // it ended between listing and reading
  }
};

const claimOf = (record: Json, pid: number, writtenAt: number): readonly LiveClaim[] => {
  const nativeId = text(record.sessionId);
  // A spare process waits for a session that it does not have yet.
  if (nativeId === undefined || record.spare === true || (count(record.pid) ?? pid) !== pid) return [];
  const cwd = text(record.cwd);
  const startTicks = typeof record.procStart === 'number' ? String(record.procStart) : text(record.procStart);
  const startedAt = time(record.startedAt);
  const status = statusOf(record.status);
  const waitingFor = text(record.waitingFor);
  return [{
    tool: 'claude',
    pid,
    nativeId,
    writtenAt,
    ...(cwd === undefined ? {} : { cwd }),
    ...(startTicks === undefined ? {} : { startTicks }),
    ...(startedAt === undefined ? {} : { startedAt }),
    ...(status === undefined ? {} : { status }),
    ...(status === 'waiting' && waitingFor !== undefined ? { waitingFor } : {}),
  }];
};

const statusOf = (status: unknown): LiveClaim['status'] => {
  switch (status) {
    case 'busy':
    case 'shell':
      return 'working';
    case 'waiting':
    case 'idle':
      return status;
    default:
      return undefined;
  }
};
