import { useRef } from 'react';

/** The list as it was first given while its items stay the same, so that what is drawn of it is not drawn anew. */
export const useSame = <Item,>(items: readonly Item[]): readonly Item[] => {
  const last = useRef(items);
  if (last.current.length !== items.length || items.some((item, index) => !Object.is(item, last.current[index]))) last.current = items;
  return last.current;
};
