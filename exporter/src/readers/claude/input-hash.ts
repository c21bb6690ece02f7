import { hash32 } from '../../files/hash.ts';
import { elementSpans, memberSpan } from '../../files/json-spans.ts';

/**
 * Hashes of the tools' arguments in a valid assistant line, by the index of the content block.
 * They are taken from the bytes as written: equal calls of one session are written equally.
 */
export const inputHashes = (line: Buffer): readonly (string | undefined)[] => {
  const message = memberSpan(line, { start: 0, end: line.length }, 'message');
  const content = message && memberSpan(line, message, 'content');
  if (!content) return [];
  return elementSpans(line, content).map((block) => {
    const input = memberSpan(line, block, 'input');
    return input && inputText(hash32(line, input.start, input.end));
  });
};

/** A hash as the text that goes into a tool call: two characters, no digits, because there are many. Only its own hash is kept. */
export const inputText = (hash: number): string => String.fromCharCode(hash & 0xffff, hash >>> 16);
