import { o200k } from './o200k.ts';

/** What counting a text brought, and how much work it was. */
export interface TokenCount {
  readonly tokens: number;
  /** The text was longer than `maxCharacters`: parts of it were counted and the rest taken as alike. */
  readonly extrapolated: boolean;
  /** How many pieces were given to the encoder; repeated words are remembered. */
  readonly encoded: number;
}

/** Longer texts are counted by samples. */
export const maxCharacters = 200_000;
/** js-tiktoken's work grows with the square of a piece: longer ones are cut into parts of so many characters. */
export const maxPieceBytes = 64;
export const partWidth = { ascii: 64, run: 128, other: 16 } as const;
const samples = 8;
const maxRemembered = 20_000;

/** Tokens of a text by js-tiktoken's o200k_base: an estimate for any model but OpenAI's, always to be shown as one (TRAPS 29). */
export const countSync = (text: string): number => countTokens(text).tokens;

/** Tokens of a text with the work it took, which is bounded whatever the text. */
export const countTokens = (text: string): TokenCount => {
  if (text.length <= maxCharacters) return countAll(text);
  const counts = samplesOf(text).map(countAll);
  const tokens = counts.reduce((sum, count) => sum + count.tokens, 0);
  return {
    tokens: Math.round((tokens * text.length) / maxCharacters),
    extrapolated: true,
    encoded: counts.reduce((sum, count) => sum + count.encoded, 0),
  };
};

const countAll = (text: string): TokenCount => {
  const { pieces } = o200k();
  let tokens = 0;
  let encoded = 0;
  for (const [piece] of text.matchAll(pieces()))
    for (const part of partsOf(piece)) {
      const known = remembered.get(part);
      if (known === undefined) encoded += 1;
      tokens += known ?? encode(part);
    }
  return { tokens, extrapolated: false, encoded };
};

const remembered = new Map<string, number>();

/** A piece encodes alike wherever it stands, and texts repeat their words. */
const encode = (piece: string): number => {
  const tokens = o200k().tokensOf(piece);
  if (remembered.size >= maxRemembered) remembered.clear();
  remembered.set(piece, tokens);
  return tokens;
};

/** Powers of two, because the long tokens of the encoding (spaces, dashes, box lines) are; the error is in docs/prices.md. */
const partsOf = (piece: string): readonly string[] => {
  if (piece.length * 3 <= maxPieceBytes || Buffer.byteLength(piece) <= maxPieceBytes) return [piece];
  const parts: string[] = [];
  const width = !isAscii(piece) ? partWidth.other : isRun(piece) ? partWidth.run : partWidth.ascii;
  for (let from = 0; from < piece.length; ) {
    const to = wholeCharacters(piece, from + width);
    parts.push(piece.slice(from, to));
    from = to;
  }
  return parts;
};

const isAscii = (text: string): boolean => /^\p{ASCII}*$/u.test(text);
const isRun = (text: string): boolean => text === text.charAt(0).repeat(text.length);

/** Moves a cut behind a surrogate pair it would split. */
const wholeCharacters = (text: string, at: number): number => (isLowSurrogate(text.charCodeAt(at)) ? at + 1 : at);
const isLowSurrogate = (unit: number): boolean => unit >= 0xdc00 && unit <= 0xdfff;

/** Evenly spread, so that a text of code with a blob at its end is not taken for all code. */
const samplesOf = (text: string): string[] => {
  const width = maxCharacters / samples;
  return Array.from({ length: samples }, (_, index) => {
    const from = Math.floor(((text.length - width) * index) / (samples - 1));
    return text.slice(from, from + width);
  });
};
