import type { AnchorHTMLAttributes, MouseEvent } from 'react';
import { go } from './router.ts';

/** A link within the page; with a modifier key it is the browser's. */
export const Link = ({ href, onClick, ...rest }: AnchorHTMLAttributes<HTMLAnchorElement> & { readonly href: string }) => (
  <a {...rest} href={href} onClick={(event) => { onClick?.(event); follow(event, href); }} />
);

const follow = (event: MouseEvent, href: string): void => {
  if (event.defaultPrevented || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
  event.preventDefault();
  go(href);
  if (!href.startsWith('?')) scrollTo({ top: 0 });
};
