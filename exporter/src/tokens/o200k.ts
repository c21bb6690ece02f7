import { createRequire } from 'node:module';
import type { Tiktoken, TiktokenBPE } from 'js-tiktoken/lite';

/** The o200k_base encoding: its own splitting of a text into words, and the tokens of one word. */
export interface Encoding {
  /** A fresh global regular expression that cuts a text into the pieces which are encoded one by one. */
  readonly pieces: () => RegExp;
  /** How many tokens a text is. Quadratic in the length of its longest piece. */
  readonly tokensOf: (text: string) => number;
}

let loaded: Encoding | undefined;

/** Loads the encoding on first use (about 0.3 s and 100 MB): its ranks come with js-tiktoken, nothing is downloaded. */
export const o200k = (): Encoding => (loaded ??= load());

const load = (): Encoding => {
  // Synchronous and late, because readers count inside the parse workers, and most of them never do.
  const require = createRequire(import.meta.url);
  const { Tiktoken: Encoder } = require('js-tiktoken/lite') as { Tiktoken: new (ranks: TiktokenBPE) => Tiktoken };
  const ranks = require('js-tiktoken/ranks/o200k_base') as TiktokenBPE & { readonly default?: TiktokenBPE };
  const encoder = new Encoder(ranks.default ?? ranks);
  const pattern = (ranks.default ?? ranks).pat_str;
  return {
    pieces: () => new RegExp(pattern, 'ug'),
    // No special tokens: "<|endoftext|>" in a transcript is text like any other, not an error.
    tokensOf: (text) => encoder.encode(text, [], []).length,
  };
};
