import DOMPurify from 'dompurify';
import MarkdownIt from 'markdown-it';
import { linkPlaces } from './places.ts';

// No HTML of the writer's gets this far (html: false); what markdown-it makes is then held against a list of what may be there.
const markdown = new MarkdownIt({ html: false, linkify: true, breaks: true, typographer: false }).disable('image');
markdown.validateLink = (address) => /^(?:https:|mailto:|#)/i.test(address.trim());
linkPlaces(markdown);

const tags = ['p', 'br', 'strong', 'em', 's', 'del', 'code', 'pre', 'a', 'ul', 'ol', 'li', 'blockquote', 'hr', 'h1', 'h2', 'h3', 'h4', 'h5', 'h6', 'table', 'thead', 'tbody', 'tr', 'th', 'td', 'mark'];

/** Told what may be there when the first message needs it. */
const purifying = () => {
  DOMPurify.setConfig({ ALLOWED_TAGS: tags, ALLOWED_ATTR: ['href'], ALLOW_DATA_ATTR: false, ALLOW_ARIA_ATTR: false, ALLOWED_URI_REGEXP: /^(?:https:|mailto:|#)/i });
  DOMPurify.addHook('afterSanitizeAttributes', (node) => {
    if (node.nodeName !== 'A') return;
    if ((node.getAttribute('href') ?? '').startsWith('#')) return;
    node.setAttribute('target', '_blank');
    node.setAttribute('rel', 'noopener noreferrer nofollow');
  });
  return DOMPurify;
};
let purifier: typeof DOMPurify | undefined;

/** A message as HTML that can be put into the page. */
export const htmlOf = (message: string): string => (purifier ??= purifying()).sanitize(markdown.render(message));
