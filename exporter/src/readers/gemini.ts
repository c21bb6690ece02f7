import { posix, win32 } from 'node:path';
import { eachLine } from '../files/lines.ts';
import type { Book } from './book.ts';
import { list, object, parseObject } from './fields.ts';
import { Conversation } from './gemini/conversation.ts';
import type { DocumentFormat, LogFormat, Reader, Source } from './reader.ts';

/** Gemini CLI: ~/.gemini/tmp/<project>/chats, one log (newer) or one document (older) per session. Facts: README.md, "gemini". */
export const gemini: Reader = {
  tool: 'gemini',
  counts: ['turns', 'filesEdited', 'linesAdded', 'linesRemoved'],
  roots: ({ platform, home, env }) => {
    const { join } = platform === 'win32' ? win32 : posix;
    return [{ path: join(env['GEMINI_CLI_HOME'] ?? home, '.gemini', 'tmp'), depth: 3 }];
  },
  claim: (path) => {
    if (!/^[^/]+\/chats\/([^/]+\/)?[^/]+\.jsonl?$/.test(path)) return undefined;
    return path.endsWith('.jsonl') ? log : document;
  },
  skips: (path) => !/^[^/]+(\/chats(\/[^/]+)?)?$/.test(path),
};

/** Of two generations of one session the log is the newer: a resumed document is migrated into a log next to it. */
const rank = { log: 2, document: 1 };

const log: LogFormat = {
  kind: 'log',
  open: (book, source) => {
    const conversation = new Conversation(book, source, rank.log);
    return ({ bytes, position }) => {
      eachLine(bytes, position, (line, at) => readLine(line, at, conversation, book));
      conversation.remember();
    };
  },
};

const readLine = (line: Buffer, position: number, conversation: Conversation, book: Book): void => {
  const record = parseObject(line);
  if (!record) return book.bad('bad_json');
  book.record();
  const changes = object(record['$set']);
  if (changes) {
    conversation.about(changes);
    if (Array.isArray(changes['messages'])) conversation.checkpoint(changes['messages'], position);
    conversation.touched(changes['lastUpdated']);
  } else if ('$rewindTo' in record) conversation.rewindTo(record['$rewindTo']);
  else if ('sessionId' in record) conversation.about(record);
  else if ('id' in record) conversation.message(record, position);
  else book.unknown();
};

const document: DocumentFormat = {
  kind: 'document',
  maxBytes: 64 * 1024 * 1024,
  read: (bytes, book, source) => readDocument(bytes, book, source),
};

const readDocument = (bytes: Buffer, book: Book, source: Source): void => {
  const record = parseObject(bytes);
  if (!record) return book.bad('bad_json');
  const conversation = new Conversation(book, source, rank.document);
  conversation.about(record);
  for (const [index, entry] of list(record['messages']).entries()) {
    book.record();
    const message = object(entry);
    if (message) conversation.message(message, index);
    else book.bad('bad_shape');
  }
  conversation.touched(record['lastUpdated']);
};
