import { readFileSync } from 'node:fs';
import { LineCutter } from '../files/cut-lines.ts';
import { eachLine } from '../files/lines.ts';
import { openTail } from '../files/tail.ts';
import type { TailState } from '../files/tail.ts';
import { readZst } from '../files/zst.ts';
import type { Listed } from '../sweep/listing.ts';
import { fingerprintOf } from '../sweep/read-source.ts';
import type { Harvest } from './harvest.ts';
import { harvest } from './harvest.ts';
import { readChats } from './read-database.ts';
import { jsonObject, momentOf, objectOf, textOf } from './record.ts';
import type { Json } from './record.ts';
import { nativeIdIn } from './session-of-path.ts';
import { readTree } from './read-tree.ts';
import { toldBy } from './tool-words.ts';

/** What was said once in a source. */
export interface Said {
  readonly session: string;
  readonly at: number;
  readonly words: Harvest;
  readonly cwd?: string;
}

/** How far a source was read. */
export interface SourceState {
  readonly tail?: TailState;
  /** Size and time of a document or database as it was read. */
  readonly seen?: string;
  readonly session?: string;
  readonly cwd?: string;
  readonly at?: number;
}

export interface SourceReading {
  /** true: what was known of the source before is told again. */
  readonly anew: boolean;
  readonly state: SourceState;
  readonly bytes: number;
}

const cutter = new LineCutter();

/** Tells what is new in a source; undefined: nothing, or it cannot be read now. */
export const readSource = async (file: Listed, before: SourceState | undefined, say: (said: Said) => void): Promise<SourceReading | undefined> => {
  if (file.kind === 'log') return readLog(file, before, say);
  const seen = fingerprintOf(file.path, file.stat, file.kind === 'database');
  if (before?.seen === seen || (file.kind === 'document' && file.stat.size > largestDocument)) return undefined;
  if (file.kind === 'document') await readDocument(file, say);
  else readChats(file, say);
  return { anew: true, state: { seen }, bytes: file.stat.size };
};

const largestDocument = 256 << 20;

const readLog = (file: Listed, before: SourceState | undefined, say: (said: Said) => void): SourceReading | undefined => {
  const opening = openTail(file.path, before?.tail, { cutter, acceptPartialTail: false });
  if (!('tail' in opening)) return undefined;
  const anew = opening.outcome !== 'grown';
  const lines = lineReader(file, anew ? undefined : before, say);
  for (const piece of opening.tail) if (piece.kind === 'lines') eachLine(piece.bytes, piece.position, lines.read);
  const tail = opening.tail.state;
  return { anew: anew && before?.tail !== undefined, state: { tail, ...lines.state() }, bytes: tail.offset - (anew ? 0 : before!.tail!.offset) };
};

const readDocument = async (file: Listed, say: (said: Said) => void): Promise<void> => {
  if (file.path.endsWith('.zst')) {
    const { read } = lineReader(file, undefined, say);
    for await (const piece of readZst(file.path)) if (piece.kind === 'lines') eachLine(piece.bytes, piece.position, read);
    return;
  }
  const bytes = readFileSync(file.path);
  const whole = jsonObject(bytes);
  if (!whole) return eachLine(bytes, 0, lineReader(file, undefined, say).read);
  if (file.tool === 'opencode') return readTree(file, whole, say);
  const session = nativeIdIn(file) ?? textOf(whole['sessionId']) ?? stem(file);
  const cwd = textOf(whole['cwd']) ?? treeOf(whole);
  for (const message of messagesIn(whole)) {
    const at = momentIn(message) ?? momentOf(whole['lastMessageDate'] ?? whole['created']) ?? file.stat.mtimeMs;
    const role = textOf(message['role']) ?? textOf(message['type']) ?? '';
    say({ session, at, words: harvest(message, /^user/.test(role) || 'requestId' in message ? 'user' : 'assistant'), ...(cwd === undefined ? {} : { cwd }) });
  }
};

/** A thread of messages, a chat of requests; anything else as one. */
const messagesIn = (whole: Json): readonly Json[] => {
  const list = [whole['messages'], whole['requests']].find(Array.isArray) as unknown[] | undefined;
  return list ? list.flatMap((message) => { const one = objectOf(message); return one ? halves(one) : []; }) : [whole];
};

/** A request of VS Code holds question and answer. */
const halves = (message: Json): readonly Json[] => ('response' in message ? [{ requestId: '', timestamp: message['timestamp'], message: message['message'] }, { role: 'assistant', timestamp: message['timestamp'], response: message['response'] }] : [message]);

const momentIn = (message: Json): number | undefined => momentOf(message['timestamp'] ?? objectOf(message['meta'])?.['sentAt'] ?? objectOf(message['time'])?.['created']);

/** Amp names its working trees as URIs. */
const treeOf = (whole: Json): string | undefined => {
  const [tree] = (objectOf(objectOf(whole['env'])?.['initial'])?.['trees'] as unknown[] | undefined) ?? [];
  const uri = textOf(objectOf(tree)?.['uri']);
  return uri?.startsWith('file://') ? decodeURIComponent(uri.slice('file://'.length)) : undefined;
};

const stem = ({ relative }: Listed): string => relative.split('/').at(-1)!.replace(/\.jsonl?(\.zst)?$/, '');

/** Reads lines one by one; what an early one told of session, place and time holds for the later ones. */
const lineReader = (file: Listed, before: SourceState | undefined, say: (said: Said) => void) => {
  const named = nativeIdIn(file);
  let { session, cwd, at } = { session: named ?? before?.session, cwd: before?.cwd, at: before?.at };
  const read = (line: Buffer): void => {
    if (file.tool === 'claude' && !claudeSpeaks(line)) return;
    const record = jsonObject(line);
    if (!record) return;
    const told = toldBy(file.tool, objectOf(record['v']) ?? record);
    session = named ?? told.session ?? session;
    cwd = told.cwd ?? cwd;
    at = told.at ?? at;
    if (told.words && told.words.size > 0) say({ session: session ?? stem(file), at: at ?? file.stat.mtimeMs, words: told.words, ...(cwd === undefined ? {} : { cwd }) });
  };
  return { read, state: (): SourceState => ({ ...(session === undefined ? {} : { session }), ...(cwd === undefined ? {} : { cwd }), ...(at === undefined ? {} : { at }) }) };
};

/** Half the bytes of Claude's transcripts are snapshots and progress: they are not even parsed. */
const claudeSpeaks = (line: Buffer): boolean => line.includes('"type":"user"') || line.includes('"type":"assistant"') || line.includes('"type":"summary"') || line.includes('"type": "');
