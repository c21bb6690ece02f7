import { readFileSync } from 'node:fs';
import { zstdDecompressSync } from 'node:zlib';
import { eachLine } from '../../files/lines.ts';
import { openTail } from '../../files/tail.ts';
import { object, parseObject, text } from '../fields.ts';
import type { Json } from '../fields.ts';
import type { Message } from './message.ts';

/** One source of a session, to be read for what was said in it. */
export interface Told {
  /** Absolute path of the transcript or database. */
  readonly path: string;
  /** The tool's own id of the session that is asked for; a source may hold others. */
  readonly nativeId: string;
}

/** Reads the conversation of a session from one of its sources, in the order of the source. */
export type ReadConversation = (told: Told) => Iterable<Message>;

const mostUnpacked = 1 << 30;

/** The records of a log, packed or not; lines that are none are passed over. Throws when the file cannot be read. */
export function* recordsOf(path: string): Generator<Json> {
  for (const lines of chunksOf(path)) {
    const records: Json[] = [];
    eachLine(lines, 0, (line) => {
      const record = parseObject(line);
      if (record) records.push(record);
    });
    yield* records;
  }
}

function* chunksOf(path: string): Generator<Buffer> {
  if (path.endsWith('.zst')) return yield zstdDecompressSync(readFileSync(path), { maxOutputLength: mostUnpacked });
  const opening = openTail(path, undefined, { acceptPartialTail: true });
  if (opening.outcome === 'vanished') throw new Error(`${path} is no longer there`);
  if (opening.outcome === 'unreadable') throw new Error(`${path} cannot be read (${opening.reason})`);
  if (opening.outcome === 'unchanged') return;
  for (const piece of opening.tail) if (piece.kind === 'lines') yield piece.bytes;
}

/** A whole document. */
export const documentOf = (path: string): Json | undefined => parseObject(readFileSync(path));

/** The words of a content, in any of the shapes in which tools write one; pictures and data are named, not copied. */
export const wordsOf = (content: unknown): string => {
  if (typeof content === 'string') return content;
  if (Array.isArray(content)) return content.map(wordsOf).filter((words) => words !== '').join('\n');
  const block = object(content);
  if (!block) return '';
  const words = text(block.text) ?? text(block.content) ?? text(block.value) ?? text(block.output);
  if (words !== undefined) return words;
  if (block.content !== undefined || block.output !== undefined) return wordsOf(block.content ?? block.output);
  return typeof block.type === 'string' && /image|audio|file/.test(block.type) ? `[${block.type}]` : '';
};

/** Arguments of a call: as they were written. */
export const argumentsOf = (input: unknown): string => (typeof input === 'string' ? input : input === undefined || input === null ? '' : JSON.stringify(input));
