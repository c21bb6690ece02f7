import type { Database } from 'better-sqlite3';
import type { EpochMs } from '../session/part.ts';
import type { Changed } from './changed.ts';
import { isExcluded } from './excluded.ts';
import type { Voice } from './harvest.ts';
import { readSource } from './read-source.ts';
import type { Said } from './read-source.ts';
import { voiceScope } from './scopes.ts';
import { Sessions } from './sessions.ts';
import { Writer } from './writer.ts';

export interface CatchUp {
  readonly db: Database;
  readonly home: string;
  readonly changed: readonly Changed[];
  /** Sessions that worked in these folders are left out. */
  readonly excluded: readonly string[];
  readonly now: () => EpochMs;
  readonly onProgress?: (done: { readonly files: number; readonly bytes: number }) => void;
  /** Asked between two files. */
  readonly isStopped?: () => boolean;
  /** Rests so long after a file that took so long. @default not at all */
  readonly restMs?: (tookMs: number) => number;
}

export interface CaughtUp {
  readonly files: number;
  readonly bytes: number;
  readonly texts: number;
  readonly unreadable: number;
  /** Stopped before its end; the rest is read the next time. */
  readonly stopped: boolean;
}

/** Reads what is new into the index. A crash loses at most the last transaction, which is read again. */
export const catchUp = async ({ db, home, changed, excluded, now, onProgress, isStopped, restMs }: CatchUp): Promise<CaughtUp> => {
  const [writer, sessions] = [new Writer(db), new Sessions(db, home)];
  const addSource = db.prepare("INSERT INTO sources (path, tool, state) VALUES (?, ?, '{}') ON CONFLICT (path) DO UPDATE SET tool = excluded.tool RETURNING id, state");
  let [files, bytes, texts, unreadable, stopped] = [0, 0, 0, 0, false];
  for (const { file, known } of changed) {
    if (isStopped?.()) {
      stopped = true;
      break;
    }
    const started = performance.now();
    const row = known ?? (({ id, state }: { id: number; state: string }) => ({ id, stored: state, state: {} }))(addSource.get(file.path, file.tool) as { id: number; state: string });
    let session: number | undefined;
    const said: { readonly said: Said; readonly voice: Voice; readonly text: string }[] = [];
    try {
      const read = await readSource(file, known ? row.state : undefined, (one) => {
        if (one.cwd !== undefined && isExcluded(one.cwd, excluded)) return;
        for (const [voice, text] of one.words) said.push({ said: one, voice, text });
      });
      if (!read) continue;
      if (read.anew) writer.replaces(row.id);
      for (const { said: { session: nativeId, at, cwd }, voice, text } of said) {
        const of = sessions.of(file.tool, nativeId, cwd);
        session = of.number;
        texts += 1;
        writer.add({ source: row.id, session: of.number, at: Math.min(at, now() + dayMs), voice, text, scope: `${of.scope} ${voiceScope(voice)}` });
      }
      writer.finished({ source: row.id, before: row.stored, state: JSON.stringify(read.state), session });
      files += 1;
      bytes += read.bytes;
    } catch {
      unreadable += 1; // broken, locked, gone: doctor says which; the next time may be better
    }
    onProgress?.({ files, bytes });
    await breath(restMs?.(performance.now() - started) ?? 0);
  }
  writer.flush();
  return { files, bytes, texts, unreadable, stopped };
};

/** A clock that went wrong is no reason to stand before everything else for years. */
const dayMs = 86_400_000;

/** Lets Ctrl+C and whatever else waits come in. */
const breath = (ms: number): Promise<void> => new Promise((resolve) => void (ms < 1 ? setImmediate(resolve) : setTimeout(resolve, ms)));
