import { statSync } from 'node:fs';
import { join } from 'node:path';
import { eachLine } from '../../files/lines.ts';
import type { Draft } from '../../session/draft.ts';
import type { EpochMs } from '../../session/part.ts';
import { countSync } from '../../tokens/count.ts';
import type { Book } from '../book.ts';
import { list, object, parseObject, text } from '../fields.ts';
import type { Json } from '../fields.ts';
import { userFolder } from '../places/editor-folders.ts';
import type { Chunk, Source } from '../reader.ts';
import { openReadOnly } from '../sqlite/open.ts';
import { metaOf, tellMeta } from './meta.ts';

/** Opens a transcript, which knows no times, tokens, models or tool results: its lines are dated by the file, its tokens estimated. */
export const openTranscript = (book: Book, source: Source): ((chunk: Chunk) => void) => {
  const { session, parentId } = identityOf(source.relative);
  const meta = metaOf(source, parentId ?? session);
  if (!meta && isOfTheEditor(parentId ?? session, source)) return () => undefined;
  const writtenAt = writtenAtOf(source.path);
  return ({ bytes, position }) => {
    const draft = book.draft(session, parentId === undefined ? 'main' : 'subagent');
    draft.set({ parentId });
    if (parentId === undefined) tellMeta(meta ?? {}, draft, 2);
    eachLine(bytes, position, (line, at) => {
      const record = parseObject(line);
      if (!record) return book.bad('bad_json');
      book.record();
      tellLine(record, { book, draft, at: writtenAt, position: at });
    });
  };
};

const identityOf = (relative: string): { readonly session: string; readonly parentId?: string } => {
  const session = relative.split('/').at(-1)!.slice(0, -'.jsonl'.length);
  const parentId = /\/agent-transcripts\/([^/]+)\/subagents\//.exec(relative)?.[1];
  return { session, ...(parentId === undefined ? {} : { parentId }) };
};

/** Cursor's editor writes such transcripts too; the reader of the editor tells those sessions, and better. */
const isOfTheEditor = (session: string, source: Source): boolean => {
  try {
    const db = openReadOnly(join(userFolder(source.machine, 'Cursor'), 'globalStorage', 'state.vscdb'));
    try {
      return db.prepare('SELECT 1 FROM cursorDiskKV WHERE key = ?').get(`composerData:${session}`) !== undefined;
    } finally {
      db.close();
    }
  } catch {
    return false; // no editor here, or none that can be asked
  }
};

const writtenAtOf = (path: string): EpochMs | undefined => {
  const stat = statSync(path, { throwIfNoEntry: false });
  return stat && Math.trunc(stat.mtimeMs);
};

interface Telling {
  readonly book: Book;
  readonly draft: Draft;
  readonly at: EpochMs | undefined;
  readonly position: number;
}

const tellLine = (record: Json, telling: Telling): void => {
  const { book, draft, at } = telling;
  const parts = list(object(record['message'])?.['content']).map(object).filter((part) => part !== undefined);
  if (record['role'] === 'user') {
    draft.message('user', at);
    draft.turnStarted(at);
    draft.estimated({ input: tokensOf(parts) });
  } else if (record['role'] === 'assistant') tellAnswer(parts, telling);
  else if (record['type'] === 'error') {
    draft.error('api', at);
    draft.turnEnded(at, NaN);
  } else book.unknown();
};

const tellAnswer = (parts: readonly Json[], { draft, at, position }: Telling): void => {
  draft.message('assistant', at);
  draft.estimated({ output: tokensOf(parts) });
  const calls = parts.filter((part) => part['type'] === 'tool_use');
  for (const [index, call] of calls.entries()) {
    const [name, input] = [text(call['name']), object(call['input']) ?? {}];
    if (!name) continue;
    const id = `${position} ${index}`;
    draft.toolCall({ id, name, at, input: JSON.stringify(input) });
    draft.toolResult(id, undefined, { name }); // results are not in the file: neither failures nor durations are known
    tellFile(input, name, draft, at);
  }
  if (calls.length > 0) draft.turnContinues(at);
  else draft.turnEnded(at, NaN);
};

/** What a call does to a file, by its arguments; the lines are those it writes and replaces, as there is no diff. */
const tellFile = (input: Json, name: string, draft: Draft, at: EpochMs | undefined): void => {
  const path = text(input['path']);
  if (!path) return;
  const [written, before, after] = [input['contents'], input['old_string'], input['new_string']];
  if (typeof written === 'string') draft.edit({ path, at, linesAdded: linesIn(written) });
  else if (typeof before === 'string' && typeof after === 'string') draft.edit({ path, at, linesAdded: linesIn(after), linesRemoved: linesIn(before) });
  else if (name === 'Read') draft.read(path, at);
};

const linesIn = (words: string): number => (words === '' ? 0 : words.split('\n').length - (words.endsWith('\n') ? 1 : 0));

const tokensOf = (parts: readonly Json[]): number => parts.reduce((sum, part) => sum + countSync(wordsOf(part)), 0);

const wordsOf = (part: Json): string => (part['type'] === 'tool_use' ? JSON.stringify(part['input'] ?? {}) : text(part['text']) ?? '');
