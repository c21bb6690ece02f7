import { closeSync, openSync, readSync } from 'node:fs';
import { join } from 'node:path';
import { eachLine } from '../../files/lines.ts';
import { object, parseObject } from '../fields.ts';

/** Where a session's output tokens are to be found, by the first answer in its log. */
export type OutputTold = 'by messages' | 'by the store' | 'undecided' | 'no log';

/** Up to about 1.0.78 every assistant.message has outputTokens; later ones leave them to the store. */
export const tellsOutput = (message: Readonly<Record<string, unknown>>): boolean => typeof message.outputTokens === 'number';

const maxBytes = 16 << 20;

/** Looks into the log of a session below a Copilot home. */
export const outputTold = (home: string, session: string): OutputTold => {
  if (!/^[\w.-]+$/.test(session) || session.startsWith('.')) return 'no log'; // a name that is no file name here
  for (const path of [join(home, 'session-state', session, 'events.jsonl'), join(home, 'session-state', `${session}.jsonl`), join(home, 'history-session-state', `${session}.jsonl`)]) {
    const told = firstAnswerOf(path);
    if (told !== 'no log') return told;
  }
  return 'no log';
};

const firstAnswerOf = (path: string): OutputTold => {
  let file: number;
  try {
    file = openSync(path, 'r');
  } catch {
    return 'no log';
  }
  try {
    let bytes = Buffer.alloc(0);
    for (let told: OutputTold = 'undecided'; ; ) {
      const chunk = Buffer.allocUnsafe(1 << 18);
      const length = readSync(file, chunk, 0, chunk.length, null);
      bytes = Buffer.concat([bytes, chunk.subarray(0, length)]);
      const end = bytes.lastIndexOf(10) + 1;
      eachLine(bytes.subarray(0, end), 0, (line) => { if (told === 'undecided') told = toldBy(line); });
      if (told !== 'undecided' || length === 0 || bytes.length > maxBytes) return told;
      bytes = bytes.subarray(end);
    }
  } finally {
    closeSync(file);
  }
};

const toldBy = (line: Buffer): OutputTold => {
  if (!line.includes('"assistant.message"')) return 'undecided';
  const event = parseObject(line);
  const data = event?.type === 'assistant.message' ? object(event.data) : undefined;
  if (!data) return 'undecided';
  return tellsOutput(data) ? 'by messages' : 'by the store';
};
