import SqliteDatabase from 'better-sqlite3';
import { Kysely, SqliteDialect } from 'kysely';
import { parentPort, workerData } from 'node:worker_threads';
import type { Database } from '../store/schema.ts';
import { answerTo, pieceOf } from './answers.ts';
import type { ExportQuestion, Question } from './question.ts';

// Long queries run here, on a connection that cannot write, so that the hub's own thread answers everybody else meanwhile (ROOMS.md 5).
// Nothing here imports a package of this workspace: a thread need not know the condition under which sources are found.

/** What the thread is told at its start. */
export interface ReaderSettings {
  readonly file: string;
}

export interface ReaderRequest {
  readonly ticket: number;
  readonly question: Question | ExportQuestion;
}

export type ReaderAnswer = { readonly ticket: number; readonly answer: unknown } | { readonly ticket: number; readonly problem: string };

const { file } = workerData as ReaderSettings;
const port = parentPort!;
const sqlite = new SqliteDatabase(file, { readonly: true, fileMustExist: true, timeout: 10_000 });
const store = new Kysely<Database>({ dialect: new SqliteDialect({ database: sqlite }) });

let last = Promise.resolve();
port.on('message', (request: ReaderRequest) => {
  last = last.then(() => answer(request)); // one at a time: there is one connection
});

const answer = async ({ ticket, question }: ReaderRequest): Promise<void> => {
  try {
    const found = 'exportAfter' in question ? await pieceOf(store, question) : await answerTo(store, question);
    port.postMessage({ ticket, answer: found } satisfies ReaderAnswer);
  } catch (error) {
    port.postMessage({ ticket, problem: error instanceof Error ? (error.stack ?? error.message) : String(error) } satisfies ReaderAnswer);
  }
};
