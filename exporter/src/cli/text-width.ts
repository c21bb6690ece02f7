
/** Columns a text takes in a terminal: East Asian wide characters and emoji take two. */
export const textWidth = (text: string): number => {
  const plain = text.replace(escapes, '');
  if (/^[\x20-\x7e]*$/.test(plain)) return plain.length;
  let width = 0;
  for (const { segment } of graphemes().segment(plain)) width += wide.test(segment) ? 2 : 1;
  return width;
};

/** Cut to a number of columns, the last of them "…". Without colours: cut first, paint then. */
export const cutText = (text: string, width: number): string => {
  if (textWidth(text) <= width) return text;
  let cut = '';
  let used = 0;
  for (const { segment } of graphemes().segment(text)) {
    used += wide.test(segment) ? 2 : 1;
    if (used > width - 1) break;
    cut += segment;
  }
  return `${cut}…`;
};

/** Made when it is needed: it takes longer than a whole status line may. */
let segmenter: Intl.Segmenter | undefined;
const graphemes = (): Intl.Segmenter => (segmenter ??= new Intl.Segmenter('en', { granularity: 'grapheme' }));
const wide = /[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{20000}-\u{3fffd}]|\p{Emoji_Presentation}|\p{Emoji}\ufe0f/u;
// CSI and OSC sequences, as node:util strips them; that module is not loaded for a status line.
const escapes = /\u001b(?:\[[0-?]*[ -/]*[@-~]|\][^\u0007\u001b]*(?:\u0007|\u001b\\))/g;
