import { YAMLMap, isMap, isScalar, parse, parseDocument } from 'yaml';
import type { Document, Node } from 'yaml';

/**
 * A configuration text with one key set, everything else (comments, order, blank lines) as it was.
 * @param value as it would be written in YAML: "500", "[cursor, amp]"
 */
export const withSetting = (text: string, key: string, value: string): string =>
  edited(text, (document) => {
    const path = key.split('.');
    for (let depth = 1; depth < path.length; depth += 1) openGroup(document, path.slice(0, depth));
    replace(document, path, document.createNode(parse(value)));
  });

/** The same without that key; a group that becomes empty goes with it. */
export const withoutSetting = (text: string, key: string): string =>
  edited(text, (document) => {
    for (let path = key.split('.'); path.length > 0; path = path.slice(0, -1)) {
      document.deleteIn(path);
      const group = document.getIn(path.slice(0, -1));
      if (path.length === 1 || !isMap(group) || group.items.length > 0) return;
    }
  });

const edited = (text: string, change: (document: Document) => void): string => {
  const document: Document = parseDocument(text);
  if (document.errors.length > 0) throw new Error(`cannot change a file that is not valid YAML: ${document.errors[0]!.message}. Try: watchroom config check`);
  change(document);
  return document.toString({ lineWidth: 0, flowCollectionPadding: /\{ /.test(text) });
};

/** "web:" with nothing below it (as in the template) is a group without settings, not the value null. */
const openGroup = (document: Document, path: readonly string[]): void => {
  const group = document.getIn(path, true);
  if (isScalar(group) && group.value === null) replace(document, path, new YAMLMap());
};

const replace = (document: Document, path: readonly string[], node: Node): void => {
  const before = document.getIn(path, true) as Node | undefined;
  if (before?.comment) node.comment = before.comment;
  if (before?.commentBefore) node.commentBefore = before.commentBefore;
  document.setIn(path, node);
};
