import type MarkdownIt from 'markdown-it';
import type { Token } from 'markdown-it';

/** A file and a line in the middle of words: auth.ts:125, src/auth.ts:125-130. A name with a dot and letters, so that no time of day is one. */
const place = /(?:[\w@.-]+\/)*[\w@-][\w@.-]*\.[a-z][\w]{0,7}:\d{1,6}(?:-\d{1,6})?(?![\w:])/i;
const mention = /@[a-z][a-z0-9._-]{1,31}/i;
const either = new RegExp(`(?<![\\w/:.@-])(?:(${place.source})|(${mention.source}))`, 'gi');

/** Makes links of places and marks of mentions, in text and in inline code, never within a link. */
export const linkPlaces = (markdown: InstanceType<typeof MarkdownIt>): void => {
  markdown.core.ruler.push('places', (state) => {
    for (const block of state.tokens) {
      if (block.type !== 'inline' || block.children === null) continue;
      let inLink = 0;
      block.children = block.children.flatMap((token) => {
        if (token.type === 'link_open') inLink += 1;
        if (token.type === 'link_close') inLink -= 1;
        if (inLink > 0) return [token];
        if (token.type === 'text') return pieces(token, state.Token);
        if (token.type === 'code_inline' && isPlace(token.content)) return linked(token, token.content, state.Token);
        return [token];
      });
    }
  });
};

export const isPlace = (text: string): boolean => whole.test(text);
const whole = new RegExp(`^${place.source}$`, 'i');

const pieces = (token: Token, Make: typeof Token): Token[] => {
  const found: Token[] = [];
  let end = 0;
  for (const match of token.content.matchAll(either)) {
    if (match.index > end) found.push(textOf(Make, token.content.slice(end, match.index)));
    found.push(...(match[1] === undefined ? marked(match[0], Make) : linked(textOf(Make, match[0]), match[0], Make)));
    end = match.index + match[0].length;
  }
  if (end === 0) return [token];
  return end < token.content.length ? [...found, textOf(Make, token.content.slice(end))] : found;
};

const textOf = (Make: typeof Token, content: string): Token => {
  const token = new Make('text', '', 0);
  token.content = content;
  return token;
};

const linked = (inner: Token, where: string, Make: typeof Token): Token[] => {
  const open = new Make('link_open', 'a', 1);
  open.attrs = [['href', `#${encodeURI(where)}`]];
  return [open, inner, new Make('link_close', 'a', -1)];
};

const marked = (name: string, Make: typeof Token): Token[] => [new Make('mark_open', 'mark', 1), textOf(Make, name), new Make('mark_close', 'mark', -1)];
