import { eachLine } from '../../files/lines.ts';
import { LineScanner } from '../../files/scan.ts';
import type { LogFormat } from '../reader.ts';
import { Account } from './account.ts';
import { entryOfLine } from './record.ts';
import { recordShape } from './scanned-shape.ts';
import { entryOfTape } from './scanned.ts';

/** A transcript: its lines are scanned, odd ones are parsed. */
export const transcript: LogFormat = {
  kind: 'log',
  open: (book, source) => {
    const account = new Account(book, source);
    return ({ bytes, position }) => {
      const scanner = theScanner();
      const parse = (from: number, to: number): void => {
        const end = bytes[to - 1] === 13 ? to - 1 : to;
        const entry = end > from ? entryOfLine(bytes.subarray(from, end), (reason) => book.bad(reason)) : undefined;
        if (entry) account.enter(entry, position + from);
      };
      scanner.scan(bytes, {
        plain: (first, last, from, to) => {
          const entry = entryOfTape(scanner, first, last);
          if (entry) account.enter(entry, position + from);
          else parse(from, to);
        },
        odd: parse,
      });
    };
  },
};

/** The same by parsing every line whole: the reference the scanner is held against. */
export const parsedTranscript: LogFormat = {
  kind: 'log',
  open: (book, source) => {
    const account = new Account(book, source);
    return ({ bytes, position }) => eachLine(bytes, position, (line, at) => {
      const entry = entryOfLine(line, (reason) => book.bad(reason));
      if (entry) account.enter(entry, at);
    });
  },
};

/** One for all files of a thread: they are read one after the other. */
const theScanner = (): LineScanner => (scanner ??= new LineScanner(recordShape));
let scanner: LineScanner | undefined;
