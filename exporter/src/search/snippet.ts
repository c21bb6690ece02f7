/** The part of a text where most of the words stand near each other, in one line; where they stand in it. */
export interface Snippet {
  readonly text: string;
  /** Spans of the words in the text: [from, to). */
  readonly marks: readonly (readonly [from: number, to: number])[];
}

/** @param words as typed; parts of them are marked too, because the index finds beginnings and camelCase parts */
export const snippetOf = (text: string, words: readonly string[], width = 200): Snippet => {
  const lower = foldedAlike(text);
  const pattern = words.length === 0 ? undefined : new RegExp(words.map((word) => escaped(foldedAlike(word))).join('|'), 'gu');
  const first = pattern ? best(lower, pattern, width) : 0;
  const from = Math.max(0, first - Math.floor(width / 4));
  const cut = text.slice(from, from + width);
  const line = `${from > 0 ? '…' : ''}${cut.replace(/\s+/g, ' ').trim()}${from + width < text.length ? '…' : ''}`;
  return { text: line, marks: pattern ? [...foldedAlike(line).matchAll(pattern)].map(({ index, 0: { length } }) => [index, index + length] as const) : [] };
};

/** Where the most different words begin within one width. */
const best = (lower: string, pattern: RegExp, width: number): number => {
  const hits: { readonly index: number; readonly word: string }[] = [];
  for (const { index, 0: word } of lower.matchAll(pattern)) if (hits.push({ index, word }) === mostHits) break;
  let [place, most] = [hits[0]?.index ?? 0, 0];
  for (const [at, { index }] of hits.entries()) {
    const near = new Set(hits.slice(at, at + 50).filter((hit) => hit.index < index + width * 0.75).map(({ word }) => word)).size;
    if (near > most) [place, most] = [index, near];
  }
  return place;
};

const mostHits = 500;

/** Lower case without accents, each sign as long as before. */
const foldedAlike = (text: string): string => {
  const lower = text.replace(/\p{Lu}/gu, (sign) => (sign.toLowerCase().length === sign.length ? sign.toLowerCase() : sign));
  return lower.replace(/[\u00c0-\u024f]/g, (sign) => { const [base] = sign.normalize('NFD'); return base ?? sign; });
};
const escaped = (word: string): string => word.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
