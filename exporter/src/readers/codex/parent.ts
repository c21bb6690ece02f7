import { closeSync, openSync, readdirSync, readFileSync, readSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { zstdDecompressSync } from 'node:zlib';
import { eachLine } from '../../files/lines.ts';
import type { EpochMs } from '../../session/part.ts';
import { object, parseObject, text, time } from '../fields.ts';
import type { Source } from '../reader.ts';
import { totalKey } from './replay.ts';
import { totalsOf } from './usage.ts';

/** What a fork may have copied from its parent: the ids of its turns, and its cumulative totals in their order. */
export interface History {
  readonly turns: ReadonlySet<string>;
  readonly totals: readonly string[];
}

/**
 * The history of a fork's parent up to the time of the fork, read from the parent's own rollout; undefined when that is not to be found.
 * @param fork where the fork lies: the parent's file name ends in its thread id, under the same Codex home
 */
export const historyOf = (parent: string, fork: Source, until: EpochMs): History | undefined => {
  const path = rolloutOf(parent, fork);
  if (path === undefined) return undefined;
  const turns = new Set<string>();
  const totals: string[] = [];
  try {
    eachLineOf(path, (line) => {
      if (!telling.some((word) => line.includes(word))) return true;
      const record = parseObject(line);
      const payload = object(record?.payload);
      if (!record || !payload) return true;
      if ((time(record.timestamp) ?? 0) > until) return false;
      const turn = text(payload.turn_id);
      if (turn !== undefined && (record.type === 'turn_context' || payload.type === 'task_started' || payload.type === 'turn_started')) turns.add(turn);
      const total = payload.type === 'token_count' ? totalsOf(object(payload.info)?.total_token_usage) : undefined;
      if (total) totals.push(totalKey(total));
      return true;
    });
  } catch {
    return undefined; // vanished or unreadable: as if it were not there
  }
  return { turns, totals };
};

const telling = ['turn_context', 'task_started', 'turn_started', 'token_count'];

/** Looks where a rollout of that id can lie: beside the fork, in the archive, in the folders of the day its id was made. */
const rolloutOf = (parent: string, fork: Source): string | undefined => {
  const home = dirname(fork.root.path);
  for (const folder of new Set([dirname(fork.path), ...daysOf(parent).map((day) => join(home, 'sessions', day)), join(home, 'archived_sessions')])) {
    const name = namesIn(folder).find((entry) => entry.endsWith(`-${parent}.jsonl`) || entry.endsWith(`-${parent}.jsonl.zst`));
    if (name !== undefined) return join(folder, name);
  }
  return undefined;
};

/** Thread ids are UUIDv7: their first 48 bits are the milliseconds of their making. Folders go by local time, so a day either side. */
const daysOf = (id: string): string[] => {
  const made = /^[0-9a-f]{8}-[0-9a-f]{4}-7/.test(id) ? time(Number.parseInt(id.slice(0, 8) + id.slice(9, 13), 16)) : undefined;
  if (made === undefined) return [];
  return [0, -1, 1].map((days) => new Date(made + days * 86_400_000).toISOString().slice(0, 10).replaceAll('-', '/'));
};

const namesIn = (folder: string): readonly string[] => {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
};

const chunkBytes = 1 << 20;
/** A line longer than this is skipped in pieces: it is no turn marker. */
const maxLineBytes = 8 * chunkBytes;

/** Reads a file line by line in bounded memory until `each` returns false. */
const eachLineOf = (path: string, each: (line: Buffer) => boolean): void => {
  let more = true;
  const visit = (lines: Buffer): void => eachLine(lines, 0, (line) => { if (more) more = each(line); });
  if (path.endsWith('.zst')) return visit(zstdDecompressSync(readFileSync(path), { maxOutputLength: 1 << 30 }));
  const file = openSync(path, 'r');
  try {
    let rest = Buffer.alloc(0);
    while (more) {
      const chunk = Buffer.allocUnsafe(chunkBytes);
      const length = readSync(file, chunk, 0, chunkBytes, null);
      const bytes = Buffer.concat([rest, chunk.subarray(0, length)]);
      const end = length === 0 ? bytes.length : bytes.lastIndexOf(10) + 1;
      visit(bytes.subarray(0, end));
      if (length === 0) return;
      rest = bytes.length - end > maxLineBytes ? Buffer.alloc(0) : bytes.subarray(end);
    }
  } finally {
    closeSync(file);
  }
};
