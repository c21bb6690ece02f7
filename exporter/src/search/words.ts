/**
 * A text as the index takes it: the parts of camelCase names are words of their own, and so is every Chinese, Japanese and Korean sign,
 * because these languages put nothing between words. The index itself cuts at everything that is neither letter nor digit.
 */
export const indexedText = (text: string): string => text.replace(humps, '$1 $2').replace(ideograph, ' $& ');

/** What was typed, in the language of FTS5: all words, "a phrase" as it stands, begin* of a word, -not. undefined: there is no word in it. */
export const queryOf = (typed: string): string | undefined => {
  const terms = [...typed.matchAll(/(-?)(?:"([^"]*)"?|(\S+))/g)].flatMap(([, minus, phrase, word]) => termOf(phrase ?? word ?? '', { minus: minus === '-', isPhrase: phrase !== undefined }));
  const wanted = terms.filter(({ minus }) => !minus).map(({ term }) => term);
  if (wanted.length === 0) return undefined;
  const unwanted = terms.filter(({ minus }) => minus).map(({ term }) => term);
  return `text : (${wanted.join(' AND ')})${unwanted.map((term) => ` NOT text : ${term}`).join('')}`;
};

/** The words of what was typed, longest first, to be shown where they stand. */
export const shownWords = (typed: string): readonly string[] =>
  [...typed.matchAll(/(-?)(?:"([^"]*)"?|(\S+))/g)].flatMap(([, minus, phrase, word]) => (minus === '-' ? [] : (phrase ?? word ?? '').match(wordy) ?? [])).toSorted((a, b) => b.length - a.length);

const humps = /(\p{Ll}|\p{N})(\p{Lu})/gu;
const ideograph = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}]/gu;
const wordy = /[\p{L}\p{N}]+/gu;

const termOf = (typed: string, { minus, isPhrase }: { readonly minus: boolean; readonly isPhrase: boolean }): readonly { readonly minus: boolean; readonly term: string }[] => {
  const words = indexedText(typed).match(wordy);
  if (!words) return [];
  return [{ minus, term: `"${words.join(' ')}"${!isPhrase && typed.endsWith('*') ? '*' : ''}` }];
};
