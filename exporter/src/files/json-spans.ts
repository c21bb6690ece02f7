/** Where a JSON value stands in some bytes: from `start` up to, not including, `end`. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** The value of a member of an object; the last one when the name is repeated, as JSON.parse has it. The bytes must be valid JSON. */
export const memberSpan = (bytes: Buffer, object: Span, name: string): Span | undefined => {
  let at = skipSpace(bytes, object.start);
  if (bytes[at] !== brace) return undefined;
  let found: Span | undefined;
  at = skipSpace(bytes, at + 1);
  while (bytes[at] === quote) {
    const keyEnd = stringEnd(bytes, at);
    const isIt = keyIs(bytes, at, keyEnd, name);
    const start = skipSpace(bytes, skipSpace(bytes, keyEnd) + 1);
    const end = valueEnd(bytes, start);
    if (isIt) found = { start, end };
    at = skipSpace(bytes, end);
    if (bytes[at] !== comma) break;
    at = skipSpace(bytes, at + 1);
  }
  return found;
};

/** The elements of an array, in order. The bytes must be valid JSON. */
export const elementSpans = (bytes: Buffer, array: Span): readonly Span[] => {
  const spans: Span[] = [];
  let at = skipSpace(bytes, array.start);
  if (bytes[at] !== bracket) return spans;
  at = skipSpace(bytes, at + 1);
  while (at < array.end && bytes[at] !== bracketEnd) {
    const end = valueEnd(bytes, at);
    spans.push({ start: at, end });
    at = skipSpace(bytes, end);
    if (bytes[at] === comma) at = skipSpace(bytes, at + 1);
  }
  return spans;
};

const quote = 0x22;
const backslash = 0x5c;
const comma = 0x2c;
const brace = 0x7b;
const braceEnd = 0x7d;
const bracket = 0x5b;
const bracketEnd = 0x5d;

const skipSpace = (bytes: Buffer, from: number): number => {
  let at = from;
  while (at < bytes.length && bytes[at]! <= 0x20) at += 1;
  return at;
};

const stringEnd = (bytes: Buffer, start: number): number => {
  let at = start + 1;
  while (at < bytes.length && bytes[at] !== quote) at += bytes[at] === backslash ? 2 : 1;
  return at + 1;
};

const valueEnd = (bytes: Buffer, start: number): number => {
  if (bytes[start] === quote) return stringEnd(bytes, start);
  let depth = 0;
  let at = start;
  while (at < bytes.length) {
    const byte = bytes[at]!;
    if (byte === quote) {
      at = stringEnd(bytes, at);
      continue;
    }
    if (byte === brace || byte === bracket) depth += 1;
    else if (byte === braceEnd || byte === bracketEnd) {
      if (depth === 0) return at;
      depth -= 1;
      if (depth === 0) return at + 1;
    } else if (depth === 0 && (byte === comma || byte <= 0x20)) return at;
    at += 1;
  }
  return at;
};

const keyIs = (bytes: Buffer, start: number, end: number, name: string): boolean => {
  const raw = bytes.toString('utf8', start, end);
  return raw.includes('\\') ? JSON.parse(raw) === name : raw === `"${name}"`;
};
