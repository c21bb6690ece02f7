import { eachLine } from '../../files/lines.ts';
import type { LogFormat } from '../reader.ts';
import { Account } from './account.ts';
import { entryOfLine } from './record.ts';

/** A transcript, parsed whole line by line: the reference. */
export const transcript: LogFormat = {
  kind: 'log',
  open: (book, source) => {
    const account = new Account(book, source);
    return ({ bytes, position }) => eachLine(bytes, position, (line, at) => {
      const entry = entryOfLine(line, (reason) => book.bad(reason));
      if (entry) account.enter(entry, at);
    });
  },
};
