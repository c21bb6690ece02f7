import { eachLine } from '../../files/lines.ts';
import { makeScanner } from '../../files/scan.ts';
import type { LineScanner } from '../../files/scan.ts';
import type { Book } from '../book.ts';
import type { Chunk, LogFormat } from '../reader.ts';
import { Account } from './account.ts';
import { entryOfLine } from './record.ts';
import { recordShape, singleSlots } from './scanned-shape.ts';
import { entryOfScan } from './scanned.ts';

/** A transcript: its lines are scanned, odd ones are parsed. */
export const transcript: LogFormat = {
  kind: 'log',
  open: (book, source) => {
    const account = new Account(book, source);
    const scanner = theScanner();
    return scanner ? (chunk) => scanChunk(scanner, chunk, account, book) : (chunk) => parseChunk(chunk, account, book);
  },
};

/** The same by parsing every line whole: the reference the scanner is held against, and what is left where it cannot run. */
export const parsedTranscript: LogFormat = {
  kind: 'log',
  open: (book, source) => {
    const account = new Account(book, source);
    return (chunk) => parseChunk(chunk, account, book);
  },
};

const scanChunk = (scanner: LineScanner, { bytes, position }: Chunk, account: Account, book: Book): void => {
  const odd = (from: number, to: number): void => parseChunk({ bytes: bytes.subarray(from, to), position: position + from }, account, book);
  scanner.scan(bytes, {
    plain: (from, to) => {
      const entry = entryOfScan(scanner);
      if (entry) account.enter(entry, position + from);
      else odd(from, to);
    },
    odd,
  });
};

const parseChunk = ({ bytes, position }: Chunk, account: Account, book: Book): void => eachLine(bytes, position, (line, at) => {
  const entry = entryOfLine(line, (reason) => book.bad(reason));
  if (entry) account.enter(entry, at);
});

/** One for all files of a thread: they are read one after the other. */
const theScanner = (): LineScanner | undefined => (scanner ??= { made: makeScanner(recordShape, singleSlots) }).made;
let scanner: { readonly made: LineScanner | undefined } | undefined;
