/** The part of the package "entities" that markdown-it calls: the browser knows the same names, and needs no table of them that is unpacked on every load. Whole names only: "&notit;" is no "¬it;". */
export const decodeHTMLStrict = (text: string): string => {
  field ??= document.createElement('textarea');
  field.innerHTML = text;
  const { value } = field;
  return value.endsWith(';') && text !== '&semi;' ? text : value;
};
let field: HTMLTextAreaElement | undefined;
