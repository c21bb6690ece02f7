import { lstatSync, readFileSync, statSync } from 'node:fs';
import { LineCutter } from '../files/cut-lines.ts';
import type { FileStat } from '../files/identity.ts';
import type { Machine } from '../files/machine.ts';
import { openTail } from '../files/tail.ts';
import type { Tail, TailState } from '../files/tail.ts';
import type { Resume } from '../ledger/ledger.ts';
import type { PartReport, SourceReport } from '../ledger/report.ts';
import { Book } from '../readers/book.ts';
import type { Findings } from '../readers/book.ts';
import type { DatabaseFormat, DocumentFormat, LogFormat, Reader, Root, Source } from '../readers/reader.ts';
import type { Call } from '../session/call.ts';
import { packCalls } from '../session/packed-calls.ts';
import type { Places } from '../session/draft.ts';
import type { EpochMs, Part } from '../session/part.ts';
import { sessionId } from '../session/session.ts';
import type { Tool } from '../session/tool.ts';

/** One source to read (on): everything a thread needs that has no ledger. */
export interface Job {
  readonly tool: Tool;
  readonly path: string;
  readonly relative: string;
  readonly root: Root;
  readonly stat: FileStat;
  readonly fingerprint: string;
  readonly resume?: Resume;
  /** Nobody has written to it for a while: an unterminated last line is taken as finished. */
  readonly quiet: boolean;
  readonly freshAfter: EpochMs;
}

/** What reading needs beside the job; made once per thread. */
export interface Reading {
  readonly machine: Machine;
  readonly readerOf: (tool: Tool) => Reader;
  /** Micro-dollars of a call; undefined: no price. */
  readonly priceOf: (call: Call) => number | undefined;
  /** How paths and projects are told. */
  readonly places: Places;
  readonly cutter: LineCutter;
}

export type ReadOutcome = { readonly outcome: 'read'; readonly report: SourceReport } | { readonly outcome: 'vanished' } | { readonly outcome: 'unreadable'; readonly path: string; readonly reason: string };

/** Reads what is new in one source and returns it ready to be booked. Never throws: a source that cannot be read is an outcome. */
export const readSource = (job: Job, reading: Reading): ReadOutcome => {
  const reader = reading.readerOf(job.tool);
  const format = reader.claim(job.relative, job.root);
  if (!format) return { outcome: 'vanished' };
  const source: Source = { tool: job.tool, path: job.path, relative: job.relative, root: job.root, machine: reading.machine };
  try {
    switch (format.kind) {
      case 'log': return readLog(job, format, source, reading);
      case 'document': return readDocument(job, format, source, reading);
      case 'database': return readDatabase(job, format, source, reading);
      default: return assertNever(format);
    }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return { outcome: 'vanished' };
    return { outcome: 'unreadable', path: job.path, reason: error instanceof Error ? error.message : String(error) };
  }
};

const readLog = (job: Job, format: LogFormat, source: Source, reading: Reading): ReadOutcome => {
  const before = job.resume?.tail as TailState | undefined;
  const opening = openTail(job.path, before, { cutter: reading.cutter, acceptPartialTail: job.quiet });
  if (opening.outcome === 'vanished') return { outcome: 'vanished' };
  if (opening.outcome === 'unreadable') return { outcome: 'unreadable', path: job.path, reason: opening.reason };
  if (opening.outcome === 'unchanged') return report(job, { restarted: false, bytes: 0, tail: opening.state }, new Book(job.tool, job.resume, job.freshAfter, reading.places).take(), reading);
  const goesOn = opening.outcome === 'grown';
  const book = new Book(job.tool, goesOn ? job.resume : {}, job.freshAfter, reading.places);
  readTail(opening.tail, book, openFormat(format, book, source, opening.tail));
  const state = opening.tail.state;
  const rest = opening.tail.remainingBytes > 0;
  return report(job, { restarted: !goesOn && job.resume !== undefined, bytes: state.offset - (goesOn ? before!.offset : 0), tail: state, rest }, book.take(), reading);
};

/** A tail that is not iterated must be closed by hand. */
const openFormat = (format: LogFormat, book: Book, source: Source, tail: Tail): ReturnType<LogFormat['open']> => {
  try {
    return format.open(book, source);
  } catch (error) {
    tail.close();
    throw error;
  }
};

const readTail = (tail: Tail, book: Book, read: (chunk: { bytes: Buffer; position: number }) => void): void => {
  for (const piece of tail) {
    if (piece.kind === 'lines') read(piece);
    else book.bad('line_too_long');
  }
};

const readDocument = (job: Job, format: DocumentFormat, source: Source, reading: Reading): ReadOutcome => {
  const book = new Book(job.tool, {}, job.freshAfter, reading.places);
  const size = lstatSync(job.path).size;
  if (size > format.maxBytes) book.bad('too_large');
  else format.read(readFileSync(job.path), book, source);
  return report(job, { restarted: job.resume !== undefined, bytes: size > format.maxBytes ? 0 : size }, book.take(), reading);
};

const readDatabase = (job: Job, format: DatabaseFormat, source: Source, reading: Reading): ReadOutcome => {
  const book = new Book(job.tool, { memo: job.resume?.memo ?? {} }, job.freshAfter, reading.places);
  format.read(job.path, book, source);
  return report(job, { restarted: job.resume !== undefined, bytes: 0 }, book.take(), reading);
};

const report = (job: Job, read: { readonly restarted: boolean; readonly bytes: number; readonly tail?: TailState; readonly rest?: boolean }, findings: Findings, reading: Reading): ReadOutcome => ({
  outcome: 'read',
  report: {
    tool: job.tool,
    path: job.path,
    // A log with a rest is looked at again once it is quiet.
    fingerprint: read.rest && !job.quiet ? `${job.fingerprint} rest` : job.fingerprint,
    ...(read.tail ? { tail: read.tail } : {}),
    memo: findings.memo,
    born: Math.trunc(Math.min(job.stat.birthtimeMs, job.stat.mtimeMs)),
    restarted: read.restarted,
    parts: findings.parts.map((part) => partReport(part)),
    calls: packCalls(findings.calls, reading.priceOf),
    growth: findings.growth,
    records: findings.records,
    unknownRecords: findings.unknownRecords,
    bytes: Math.max(0, read.bytes),
    parseErrors: findings.parseErrors,
  },
});

const partReport = (part: Part): PartReport => ({
  session: sessionId(part.tool, part.nativeId),
  nativeId: part.nativeId,
  role: part.role,
  json: JSON.stringify(part),
  ...(part.parentId === undefined ? {} : { parentId: part.parentId }),
  ...(part.project === undefined ? {} : { project: part.project }),
  ...(part.startedAt === undefined ? {} : { startedAt: part.startedAt }),
  ...(part.lastActivityAt === undefined ? {} : { lastActivityAt: part.lastActivityAt }),
});

/** Equal fingerprints: nothing was written in between. Databases write beside themselves (TRAPS.md 23). */
export const fingerprintOf = (path: string, stat: FileStat, database: boolean): string => {
  const own = `${stat.ino}:${stat.size}:${stat.mtimeMs}`;
  if (!database) return own;
  try {
    const wal = statSync(`${path}-wal`);
    return `${own} ${wal.size}:${wal.mtimeMs}`;
  } catch {
    return own;
  }
};

export const makeCutter = (): LineCutter => new LineCutter();

const assertNever = (format: never): never => {
  throw new Error(`unknown format ${JSON.stringify(format)}`);
};
