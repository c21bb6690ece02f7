import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Machine } from '../../files/machine.ts';
import { list, parseObject, text } from '../fields.ts';
import type { LiveClaim } from '../reader.ts';
import { configFolders, namesIn } from './places.ts';

/** What the hooks of `watchroom hooks install` wrote at the last event of a session. */
export interface HookState {
  readonly nativeId: string;
  readonly status: NonNullable<LiveClaim['status']>;
  readonly waitingFor?: string;
  readonly pids: readonly number[];
  readonly writtenAt: number;
}

export const hookStates = (machine: Machine): readonly HookState[] =>
  configFolders(machine).map((folder) => join(folder, 'watchroom-hooks')).flatMap((folder) => namesIn(folder).filter((name) => name.endsWith('.json')).flatMap((name) => stateIn(join(folder, name))));

const stateIn = (path: string): readonly HookState[] => {
  try {
    const { mtimeMs, size } = statSync(path);
    const record = size <= 4096 ? parseObject(readFileSync(path)) : undefined;
    const [nativeId, status, waitingFor] = [text(record?.session), record?.status, text(record?.waitingFor)];
    if (nativeId === undefined || (status !== 'working' && status !== 'waiting')) return [];
    return [{ nativeId, status, writtenAt: Math.trunc(mtimeMs), pids: list(record?.pids).filter((pid): pid is number => Number.isSafeInteger(pid) && (pid as number) > 1), ...(waitingFor === undefined ? {} : { waitingFor }) }];
  } catch {
    return []; // it ended between listing and reading
  }
};

/** Claims with the word of the hooks where it is the newer one, and claims of the hooks alone where Claude Code writes no state file (before 2.1). */
export const withHookStates = (claims: readonly LiveClaim[], states: readonly HookState[]): readonly LiveClaim[] => {
  const newest = new Map(states.toSorted((a, b) => a.writtenAt - b.writtenAt).map((state) => [state.nativeId, state]));
  const told = claims.map((claim): LiveClaim => {
    const state = newest.get(claim.nativeId);
    if (!state || (claim.status !== undefined && (claim.writtenAt ?? 0) > state.writtenAt)) return claim;
    const { status: _status, waitingFor: _waitingFor, ...rest } = claim;
    return { ...rest, status: state.status, statusAt: state.writtenAt, ...(state.waitingFor === undefined ? {} : { waitingFor: state.waitingFor }) };
  });
  const [sessions, pids] = [new Set(claims.map(({ nativeId }) => nativeId)), new Set(claims.map(({ pid }) => pid))];
  const alone = [...newest.values()].filter(({ nativeId, pids: own }) => !sessions.has(nativeId) && !own.some((pid) => pids.has(pid)));
  return [...told, ...alone.flatMap(({ nativeId, status, waitingFor, writtenAt, pids: own }) => own.map((pid): LiveClaim => ({ tool: 'claude', pid, nativeId, status, statusAt: writtenAt, writtenAt, ...(waitingFor === undefined ? {} : { waitingFor }) })))];
};
