// Entry of the token worker: a text in, its number of tokens out.
import { parentPort } from 'node:worker_threads';
import { countSync } from './count.ts';

export interface Question {
  readonly id: number;
  readonly text: string;
}
export interface Answer {
  readonly id: number;
  readonly tokens?: number;
  readonly error?: string;
}

parentPort?.on('message', ({ id, text }: Question) => {
  parentPort?.postMessage(answer(id, text));
});

const answer = (id: number, text: string): Answer => {
  try {
    return { id, tokens: countSync(text) };
  } catch (error) {
    return { id, error: String(error) };
  }
};
