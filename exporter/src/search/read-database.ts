import type { Database } from 'better-sqlite3';
import { columnsOf, openReadOnly } from '../readers/sqlite/open.ts';
import type { Listed } from '../sweep/listing.ts';
import { harvest } from './harvest.ts';
import type { Said } from './read-source.ts';
import { jsonObject, momentOf, textOf } from './record.ts';

/** Tells every chat of a database: OpenCode's, Cursor's. Others hold numbers only. */
export const readChats = (file: Listed, say: (said: Said) => void): void => {
  const db = openReadOnly(file.path);
  try {
    if (columnsOf(db, 'part').has('message_id')) readOpenCode(db, file, say);
    else if (columnsOf(db, 'cursorDiskKV').has('key')) readCursor(db, file, say);
  } finally {
    db.close();
  }
};

const largestRow = 16 << 20;

const readOpenCode = (db: Database, file: Listed, say: (said: Said) => void): void => {
  const place = columnsOf(db, 'session').has('directory') ? 's.directory' : 'NULL';
  const rows = db.prepare(`SELECT m.session_id AS session, m.time_created AS at, CAST(m.data AS TEXT) AS message, CAST(p.data AS TEXT) AS part, ${place} AS cwd
    FROM part p JOIN message m ON m.id = p.message_id LEFT JOIN session s ON s.id = m.session_id WHERE octet_length(p.data) <= ${largestRow}`).iterate() as Iterable<{ session: string; at: unknown; message: string; part: string; cwd: string | null }>;
  for (const { session, at, message, part, cwd } of rows) {
    const record = jsonObject(part);
    if (record) say({ session, at: momentOf(at) ?? file.stat.mtimeMs, words: harvest(record, jsonObject(message)?.['role'] === 'user' ? 'user' : 'assistant'), ...(cwd === null ? {} : { cwd }) });
  }
};

/** bubbleId:<chat>:<bubble>; type 1 is the person's. Only these keys are read: others hold credentials (TRAPS.md 22). */
const readCursor = (db: Database, file: Listed, say: (said: Said) => void): void => {
  const rows = db.prepare(`SELECT key, CAST(value AS TEXT) AS value FROM cursorDiskKV WHERE key >= 'bubbleId:' AND key < 'bubbleId;' AND octet_length(value) <= ${largestRow}`).iterate() as Iterable<{ key: string; value: string }>;
  for (const { key, value } of rows) {
    const [, session] = key.split(':');
    const bubble = jsonObject(value);
    const words = textOf(bubble?.['text']);
    if (bubble && session && words) say({ session, at: momentOf(bubble['createdAt']) ?? file.stat.mtimeMs, words: harvest({ text: words }, bubble['type'] === 1 ? 'user' : 'assistant') });
  }
};
