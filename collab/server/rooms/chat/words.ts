/**
 * The words of a text as search knows them, the same on every engine (ROOMS.md 5): lower case, split at whatever is no letter or digit and at camelCase; the whole of a
 * camelCase word too; Chinese, Japanese and Korean by pairs of characters.
 * @param camel 'parts': of camelCase only its parts, so that a search finds whoever wrote them apart
 */
export const wordsOf = (text: string, camel: 'whole and parts' | 'parts' = 'whole and parts'): readonly string[] => {
  const found = new Set<string>();
  for (const [run] of text.normalize('NFKC').matchAll(/[\p{L}\p{N}\p{M}]+/gu)) {
    for (const part of cjk.test(run) ? run.split(/(?<=[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}])(?![\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}])|(?<![\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}])(?=[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}])/u) : [run]) {
      if (part === '') continue;
      if (cjk.test(part)) for (const pair of pairsOf(part)) found.add(pair);
      else for (const word of camelOf(part, camel)) found.add(word);
    }
    if (found.size >= mostWords) break;
  }
  return [...found].slice(0, mostWords);
};

/** A post is found by its first so many different words. */
const mostWords = 2000;
const longest = 64;
const cjk = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}]/u;

const pairsOf = (run: string): readonly string[] => {
  const letters = [...run];
  return letters.length === 1 ? letters : letters.slice(1).map((letter, index) => letters[index]! + letter);
};

const camelOf = (run: string, camel: 'whole and parts' | 'parts'): readonly string[] => {
  const whole = run.toLowerCase().slice(0, longest);
  const parts = run.split(/(?<=\p{Ll})(?=\p{Lu})|(?<=\p{Lu})(?=\p{Lu}\p{Ll})/u).map((part) => part.toLowerCase().slice(0, longest));
  return parts.length === 1 ? [whole] : camel === 'parts' ? parts : [whole, ...parts];
};
