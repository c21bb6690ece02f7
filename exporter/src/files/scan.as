// Scans JSON lines and writes down only the values a shape asks for; everything else is validated and passed over.
// AssemblyScript (not TypeScript): `node scripts/scan-wasm.ts` compiles it into scan.wasm, which scan.ts talks to; the layouts are described there.
// A line that is not plain is marked odd and left to JSON.parse: bad JSON, a key with escapes, a repeated key that is asked for,
// a value of a kind that was not announced, deep nesting. No \n is ever passed over, so a bad line ends where it ends.

const QUOTE: u32 = 0x22, BACKSLASH: u32 = 0x5c, COMMA: u32 = 0x2c, COLON: u32 = 0x3a, NEWLINE: u32 = 0x0a;
const BRACE: u32 = 0x7b, BRACE_END: u32 = 0x7d, BRACKET: u32 = 0x5b, BRACKET_END: u32 = 0x5d;

// What a value may be (Entry.kinds). null is always allowed and never written down.
const STRING: u32 = 1, NUMBER: u32 = 2, FLAG: u32 = 4, OBJECT: u32 = 8, ARRAY: u32 = 16;

// What is written down of a string (Entry.mode).
const SKIP: u32 = 0, TEXT: u32 = 1, STICKY: u32 = 2, WORD: u32 = 3, FIRST: u32 = 4, LINES: u32 = 5, TIME: u32 = 6, FIND: u32 = 7;
// Entry.extras
const MARK: u32 = 1, HASH: u32 = 2, INTEGER: u32 = 4, ONLY: u32 = 8;

// How a text is written down (second byte of an event).
const IN_POOL: u32 = 0, SAME: u32 = 1, RAW: u32 = 2;

// Node: u32 mask of its table, u32 its table, u32 the entry of array elements.
// Entry, 48 bytes: u64 first 8 bytes of the key, u64 its last 8, u32 length, u32 key, u32 node, u32 data, u8 mode, u8 kinds, u8 extras, u8 bit, u8 slot.
const ENTRY_SIZE: usize = 48;
const LENGTH: usize = 16, KEY: usize = 20, NODE: usize = 24, DATA: usize = 28, MODE: usize = 32, KINDS: usize = 33, EXTRAS: usize = 34, BIT: usize = 35, SLOT: usize = 36;

// A line on the tape: u32 how many events follow its row, or ODD; u32 where it begins, u32 its length, u32 nothing;
// then, unless it is odd, its row: at 16 · slot what was written last for that slot; at slot 0 the bits of the slots that were written; then the events.
const ODD: u32 = 0xffffffff;
const MOST_DEPTH: i32 = 64;
const MOST_STICKY: usize = 240;

let tape: usize = 0, tapeEnd: usize = 0, tapeStart: usize = 0;
let pool: usize = 0, poolStart: usize = 0, poolEnd: usize = 0;
let stickyStart: usize = 0, stickyEnd: usize = 0;
let root: usize = 0;
let full: bool = false;
/** Slots below this one are written into the row of the line, others into its events. */
let singles: u32 = 0;
let row: usize = 0;
let written: u64 = 0;
/** Where a line was found to be none of those that are looked for; 0: it is one. */
let stopped: usize = 0;

// 1: may follow a backslash; 2: u, four hexadecimal digits come.
const escapes: usize = memory.data<u8>([
  0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0, 0,0,1,0,0,0,0,0,0,0,0,0,0,0,0,1,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,
  0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,1,0,0,0, 0,0,1,0,0,0,1,0,0,0,0,0,0,0,1,0,0,0,1,0,1,2,0,0,0,0,0,0,0,0,0,0,
  0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0, 0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,
  0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0, 0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,
]);

/** Where things are in memory; once, and again when memory moved. */
export function setUp(rootEntry: usize, sticky: usize, stickyTo: usize, tapeFrom: usize, tapeTo: usize, poolFrom: usize, poolTo: usize, singleSlots: u32): void {
  singles = singleSlots;
  root = rootEntry;
  stickyStart = sticky;
  stickyEnd = stickyTo;
  tapeStart = tapeFrom;
  tapeEnd = tapeTo;
  poolStart = poolFrom;
  poolEnd = poolTo;
  forgetSticky();
}

/** The texts are about to be forgotten on the other side. */
export function forget(): void { forgetSticky(); }

/** End of what the last scan wrote. */
export function tapeTop(): usize { return tape; }
export function poolTop(): usize { return pool; }

/**
 * Scans the lines in [from, to); a \n must stand at `to`, and 64 readable bytes behind it.
 * Returns where it stopped: `to` + 1, or the beginning of a line for which there was no room; call again after reading the tape.
 */
export function scan(from: usize, to: usize): usize {
  tape = tapeStart;
  pool = poolStart;
  let line = from;
  while (line < to) {
    const first = <u32>load<u8>(line);
    if (first == NEWLINE) { line += 1; continue; }
    const rowSize = <usize>singles * 16;
    if (tape + 16 + rowSize > tapeEnd) return line;
    const head = tape;
    const poolBefore = pool;
    full = false;
    stopped = 0;
    written = 0;
    row = head + 16;
    tape = row + rowSize;
    let end: usize = first == BRACE ? value(line, root, 0) : 0;
    if (end != 0) {
      end = space(end);
      if (<u32>load<u8>(end) != NEWLINE) end = 0;
    }
    else if (stopped != 0) end = lineEnd(stopped);
    if (end == 0) {
      pool = poolBefore;
      tape = head;
      forgetSticky();
      if (full && head != tapeStart) return line;
      tape = row;
      end = lineEnd(line);
      store<u32>(head, ODD);
    } else {
      store<u32>(head, <u32>(tape - row - rowSize) >> 4);
      store<u64>(row, written);
    }
    store<u32>(head, <u32>line, 4);
    store<u32>(head, <u32>(end - line), 8);
    line = end + 1;
  }
  return line;
}

function value(p: usize, entry: usize, depth: i32): usize {
  const c = <u32>load<u8>(p);
  const kinds = <u32>load<u8>(entry, KINDS);
  const extras = <u32>load<u8>(entry, EXTRAS);
  let end: usize = 0;
  if (c == QUOTE) {
    if (kinds & STRING) end = text(p + 1, entry);
  } else if (c == BRACE) {
    if (kinds & OBJECT) {
      if (extras & MARK && !event(entry, 0, 0, 0, 0)) return 0;
      end = load<u32>(entry, NODE) == 0 ? skip(p, depth) : object(p, entry, depth);
    }
  } else if (c == BRACKET) {
    if (kinds & ARRAY) {
      if (extras & MARK && !event(entry, 0, 1, 0, 0)) return 0;
      const node = <usize>load<u32>(entry, NODE);
      let element: usize = 0;
      if (node != 0) element = <usize>load<u32>(node, 8);
      end = element == 0 ? skip(p, depth) : array(p, element, depth);
    }
  } else if (c == 0x74 || c == 0x66) {
    if (kinds & FLAG) {
      end = literal(p);
      if (end != 0 && <u32>load<u8>(entry, SLOT) != 0 && !event(entry, 0, c == 0x74 ? 1 : 0, 0, 0)) return 0;
    }
  } else if (c == 0x6e) {
    end = literal(p);
  } else if (kinds & NUMBER) {
    end = extras & INTEGER ? integer(p, entry) : number(p);
  }
  if (end != 0 && extras & HASH && !event(entry, 0, hash(p, end), 0, 0)) return 0;
  return end;
}

function object(start: usize, entry: usize, depth: i32): usize {
  if (depth >= MOST_DEPTH) return 0;
  const node = <usize>load<u32>(entry, NODE);
  const mask = load<u32>(node);
  const table = <usize>load<u32>(node, 4);
  let seen: u64 = 0;
  let p = space(start + 1);
  if (<u32>load<u8>(p) == BRACE_END) return p + 1;
  while (true) {
    if (<u32>load<u8>(p) != QUOTE) return 0;
    const key = p + 1;
    const end = keyEnd(key);
    if (end == 0) return 0;
    p = end + 1;
    if (<u32>load<u8>(p) != COLON) {
      p = space(p);
      if (<u32>load<u8>(p) != COLON) return 0;
    }
    p = space(p + 1);
    const member = find(key, end - key, mask, table);
    if (member == 0) p = skip(p, depth + 1);
    else {
      const bit = (<u64>1) << <u64>load<u8>(member, BIT);
      if (seen & bit) return 0;
      seen |= bit;
      p = value(p, member, depth + 1);
    }
    if (p == 0) return 0;
    let c = <u32>load<u8>(p);
    if (c <= 0x20) { p = space(p); c = <u32>load<u8>(p); }
    if (c == COMMA) { p = space(p + 1); continue; }
    return c == BRACE_END ? p + 1 : 0;
  }
}

function array(start: usize, element: usize, depth: i32): usize {
  if (depth >= MOST_DEPTH) return 0;
  let p = space(start + 1);
  if (<u32>load<u8>(p) == BRACKET_END) return p + 1;
  while (true) {
    p = value(p, element, depth + 1);
    if (p == 0) return 0;
    p = space(p);
    const c = <u32>load<u8>(p);
    if (c == COMMA) { p = space(p + 1); continue; }
    return c == BRACKET_END ? p + 1 : 0;
  }
}

// A value nobody asked for.
function skip(start: usize, depth: i32): usize {
  const c = <u32>load<u8>(start);
  if (c == QUOTE) return stringEnd(start + 1);
  if (c == BRACE) {
    if (depth >= MOST_DEPTH) return 0;
    let p = space(start + 1);
    if (<u32>load<u8>(p) == BRACE_END) return p + 1;
    while (true) {
      if (<u32>load<u8>(p) != QUOTE) return 0;
      p = stringEnd(p + 1);
      if (p == 0) return 0;
      p = space(p);
      if (<u32>load<u8>(p) != COLON) return 0;
      p = skip(space(p + 1), depth + 1);
      if (p == 0) return 0;
      p = space(p);
      const next = <u32>load<u8>(p);
      if (next == COMMA) { p = space(p + 1); continue; }
      return next == BRACE_END ? p + 1 : 0;
    }
  }
  if (c == BRACKET) {
    if (depth >= MOST_DEPTH) return 0;
    let p = space(start + 1);
    if (<u32>load<u8>(p) == BRACKET_END) return p + 1;
    while (true) {
      p = skip(p, depth + 1);
      if (p == 0) return 0;
      p = space(p);
      const next = <u32>load<u8>(p);
      if (next == COMMA) { p = space(p + 1); continue; }
      return next == BRACKET_END ? p + 1 : 0;
    }
  }
  if (c == 0x74 || c == 0x66 || c == 0x6e) return literal(start);
  return number(start);
}

// @ts-ignore: decorator
@inline
function space(from: usize): usize {
  let p = from;
  while (true) {
    const c = <u32>load<u8>(p);
    if (c > 0x20 || (c != 0x20 && c != 0x09 && c != 0x0d)) return p;
    p += 1;
  }
}

// Constant blocks are loaded from memory: written as constants, engines make them anew in every round of a loop.
const blocks: usize = memory.data<u8>([
  0x22,0x22,0x22,0x22,0x22,0x22,0x22,0x22,0x22,0x22,0x22,0x22,0x22,0x22,0x22,0x22,
  0x5c,0x5c,0x5c,0x5c,0x5c,0x5c,0x5c,0x5c,0x5c,0x5c,0x5c,0x5c,0x5c,0x5c,0x5c,0x5c,
  0x20,0x20,0x20,0x20,0x20,0x20,0x20,0x20,0x20,0x20,0x20,0x20,0x20,0x20,0x20,0x20,
  0x0f,0x0f,0x0f,0x0f,0x0f,0x0f,0x0f,0x0f,0x0f,0x0f,0x0f,0x0f,0x0f,0x0f,0x0f,0x0f,
  0,0,13,0,8,0,4,0,0,0,0,0,2,0,4,1,
  0,0,1,0,0,2,4,8,0,0,0,0,0,0,0,0,
], 16);

// Behind the closing quote of a string whose content begins at `from`; 0: it is none.
// Short strings end in the first blocks; long ones go on 64 bytes at a time.
function stringEnd(from: usize): usize {
  let p = from;
  for (let round = 0; round < 3; round++) {
    const stops = stopsIn(p);
    if (stops != 0) {
      p += <usize>ctz(stops);
      const c = <u32>load<u8>(p);
      if (c == QUOTE) return p + 1;
      return c == BACKSLASH ? longStringEnd(p) : 0;
    }
    p += 16;
  }
  return longStringEnd(p);
}

// The same by blocks of 64 bytes. Which characters are escaped is computed from runs of backslashes as simdjson does it
// (Langdale and Lemire, Parsing Gigabytes of JSON per Second, section 3.1.1); an escape that is no short one is looked at by itself.
function longStringEnd(from: usize): usize {
  const oddBits: u64 = 0xaaaaaaaaaaaaaaaa;
  const quote = v128.load(blocks), backslash = v128.load(blocks, 16), blank = v128.load(blocks, 32);
  const half = v128.load(blocks, 48), lows = v128.load(blocks, 64), highs = v128.load(blocks, 80);
  let p = from;
  let firstIsEscaped: u64 = 0;
  while (true) {
    const a = v128.load(p), b = v128.load(p, 16), c = v128.load(p, 32), d = v128.load(p, 48);
    const quotes = bits(i8x16.eq(a, quote), i8x16.eq(b, quote), i8x16.eq(c, quote), i8x16.eq(d, quote));
    const backslashes = bits(i8x16.eq(a, backslash), i8x16.eq(b, backslash), i8x16.eq(c, backslash), i8x16.eq(d, backslash));
    const controls = bits(i8x16.lt_u(a, blank), i8x16.lt_u(b, blank), i8x16.lt_u(c, blank), i8x16.lt_u(d, blank));
    let escaped: u64 = 0;
    if ((backslashes | firstIsEscaped) != 0) {
      const beginning = backslashes & ~firstIsEscaped;
      const codes = (((beginning << 1) | oddBits) - beginning) ^ oddBits;
      escaped = codes ^ (backslashes | firstIsEscaped);
      firstIsEscaped = (codes & backslashes) >> 63;
    }
    const stops = (quotes & ~escaped) | controls;
    const end = stops & (0 - stops);
    if (escaped != 0) {
      // Up to the end; to the end of the block when there is none.
      const strange = escaped & (end - 1) & ~bits(isShort(a, half, lows, highs), isShort(b, half, lows, highs), isShort(c, half, lows, highs), isShort(d, half, lows, highs));
      if (strange != 0) {
        // The first of them: \u and four digits, or no escape at all.
        p += <usize>ctz(strange);
        if (<u32>load<u8>(p) != 0x75 || !hexadecimal(p + 1)) return 0;
        p += 5;
        firstIsEscaped = 0;
        continue;
      }
    }
    if (stops != 0) return (end & controls) == 0 ? p + <usize>ctz(end) + 1 : 0;
    p += 64;
  }
  return 0;
}

// @ts-ignore: decorator
@inline
function stopsIn(p: usize): i32 {
  const block = v128.load(p);
  return i8x16.bitmask(v128.or(v128.or(i8x16.eq(block, v128.load(blocks)), i8x16.eq(block, v128.load(blocks, 16))), i8x16.lt_u(block, v128.load(blocks, 32))));
}

// @ts-ignore: decorator
@inline
function bits(a: v128, b: v128, c: v128, d: v128): u64 {
  return <u64><u32>i8x16.bitmask(a) | (<u64><u32>i8x16.bitmask(b) << 16) | (<u64><u32>i8x16.bitmask(c) << 32) | (<u64><u32>i8x16.bitmask(d) << 48);
}

// Which bytes may follow a backslash alone: " / \ b f n r t, found by their two halves.
// @ts-ignore: decorator
@inline
function isShort(block: v128, half: v128, lows: v128, highs: v128): v128 {
  const both = v128.and(i8x16.swizzle(lows, v128.and(block, half)), i8x16.swizzle(highs, v128.and(i16x8.shr_u(block, 4), half)));
  return i8x16.ne(both, i8x16.splat(0));
}

function hexadecimal(p: usize): bool {
  for (let at: usize = 0; at < 4; at++) {
    const c = <u32>load<u8>(p + at);
    if (!((c >= 0x30 && c <= 0x39) || ((c | 0x20) >= 0x61 && (c | 0x20) <= 0x66))) return false;
  }
  return true;
}

// The closing quote of a key; 0: it has escapes, or is none.
// @ts-ignore: decorator
@inline
function keyEnd(from: usize): usize {
  let p = from;
  while (true) {
    const stops = stopsIn(p);
    if (stops != 0) {
      p += <usize>ctz(stops);
      return <u32>load<u8>(p) == QUOTE ? p : 0;
    }
    p += 16;
  }
}

// @ts-ignore: decorator
@inline
function masked(word: u64, length: usize): u64 {
  return length >= 8 ? word : word & (((<u64>1) << (<u64>length << 3)) - 1);
}

// The entry of a key in a table of open addressing; 0: nobody asked for it.
// @ts-ignore: decorator
@inline
function find(key: usize, length: usize, mask: u32, table: usize): usize {
  const first = masked(load<u64>(key), length);
  let at = slotOf(first, length) & mask;
  while (true) {
    const entry = table + <usize>at * ENTRY_SIZE;
    const known = load<u32>(entry, LENGTH);
    if (known == 0) return 0;
    if (known == <u32>length && load<u64>(entry) == first && restIs(entry, key, length)) return entry;
    at = (at + 1) & mask;
  }
}

// @ts-ignore: decorator
@inline
function slotOf(first: u64, length: usize): u32 {
  const mixed = (first ^ (<u64>length << 56)) * 0x9e3779b97f4a7c15;
  return <u32>(mixed >> 40);
}

// @ts-ignore: decorator
@inline
function restIs(entry: usize, key: usize, length: usize): bool {
  if (length <= 8) return true;
  if (load<u64>(entry, 8) != load<u64>(key + length - 8)) return false;
  return length <= 16 || same(<usize>load<u32>(entry, KEY), key, length);
}

function same(a: usize, b: usize, length: usize): bool {
  let at: usize = 0;
  for (; at + 8 <= length; at += 8) if (load<u64>(a + at) != load<u64>(b + at)) return false;
  return masked(load<u64>(a + at) ^ load<u64>(b + at), length - at) == 0;
}

function literal(p: usize): usize {
  const word = load<u32>(p);
  if (word == 0x65757274 || word == 0x6c6c756e) return p + 4; // true, null
  return word == 0x736c6166 && <u32>load<u8>(p + 4) == 0x65 ? p + 5 : 0;
}

// @ts-ignore: decorator
@inline
function isDigit(c: u32): bool { return c - 0x30 < 10; }

function number(start: usize): usize {
  let p = start;
  if (<u32>load<u8>(p) == 0x2d) p += 1;
  if (<u32>load<u8>(p) == 0x30) p += 1;
  else {
    if (!isDigit(<u32>load<u8>(p))) return 0;
    while (isDigit(<u32>load<u8>(p))) p += 1;
  }
  if (<u32>load<u8>(p) == 0x2e) {
    p += 1;
    if (!isDigit(<u32>load<u8>(p))) return 0;
    while (isDigit(<u32>load<u8>(p))) p += 1;
  }
  if ((<u32>load<u8>(p) | 0x20) == 0x65) {
    p += 1;
    const sign = <u32>load<u8>(p);
    if (sign == 0x2b || sign == 0x2d) p += 1;
    if (!isDigit(<u32>load<u8>(p))) return 0;
    while (isDigit(<u32>load<u8>(p))) p += 1;
  }
  return p;
}

// A whole number of at most 12 digits; others are odd.
function integer(start: usize, entry: usize): usize {
  let p = start;
  let whole: u64 = 0;
  let c = <u32>load<u8>(p);
  if (!isDigit(c)) return 0;
  while (isDigit(c)) {
    whole = whole * 10 + <u64>(c - 0x30);
    p += 1;
    c = <u32>load<u8>(p);
  }
  const digits = p - start;
  if (digits > 12 || (digits > 1 && <u32>load<u8>(start) == 0x30) || c == 0x2e || (c | 0x20) == 0x65) return 0;
  return numberEvent(entry, <f64>whole) ? p : 0;
}

// A string somebody asked for; `p` is its first byte.
function text(p: usize, entry: usize): usize {
  const mode = <u32>load<u8>(entry, MODE);
  switch (mode) {
    case TEXT: case STICKY: return captured(p, entry, mode);
    case WORD: return word(p, entry);
    case FIRST: {
      const end = stringEnd(p);
      if (end == 0) return 0;
      const length = end - 1 - p;
      return event(entry, 0, length == 0 ? 0 : <u32>load<u8>(p), <u32>p, <u32>length) ? end : 0;
    }
    case LINES: return lines(p, entry);
    case TIME: return time(p, entry);
    case FIND: return finds(p, entry);
    default: return stringEnd(p);
  }
}

function captured(p: usize, entry: usize, mode: u32): usize {
  // Plain: up to the first quote nothing but printable ASCII, no escapes.
  let at = p;
  let high: i32 = 0;
  let stops: i32 = 0;
  while (true) {
    const block = v128.load(at);
    stops = i8x16.bitmask(v128.or(v128.or(i8x16.eq(block, i8x16.splat(0x22)), i8x16.eq(block, i8x16.splat(0x5c))), i8x16.lt_u(block, i8x16.splat(0x20))));
    const above = i8x16.bitmask(block);
    if (stops != 0) {
      const length = ctz(stops);
      high |= above & ((1 << length) - 1);
      at += <usize>length;
      break;
    }
    high |= above;
    at += 16;
  }
  let end = at + 1;
  const c = <u32>load<u8>(at);
  if (c != QUOTE || high != 0) {
    if (c != QUOTE) {
      if (c != BACKSLASH) return 0;
      end = stringEnd(at);
      if (end == 0) return 0;
    }
    if (mode == STICKY) store<u32>(<usize>load<u32>(entry, DATA), 0xffffffff);
    return event(entry, RAW, <u32>p, <u32>(end - 1 - p), 0) ? end : 0;
  }
  const length = at - p;
  if (mode == STICKY) {
    const last = <usize>load<u32>(entry, DATA);
    if (<usize>load<u32>(last) == length && same(last + 8, p, length)) return event(entry, SAME, 0, 0, 0) ? end : 0;
    if (length <= MOST_STICKY) {
      store<u32>(last, <u32>length);
      copy(last + 8, p, length);
    } else store<u32>(last, 0xffffffff);
  }
  if (pool + length + 16 > poolEnd) { full = true; return 0; }
  copy(pool, p, length);
  const at0 = pool;
  pool += length;
  return event(entry, IN_POOL, <u32>(at0 - poolStart), <u32>length, 0) ? end : 0;
}

// Copies in blocks: up to 15 bytes behind the end are overwritten.
// @ts-ignore: decorator
@inline
function copy(to: usize, from: usize, length: usize): void {
  for (let at: usize = 0; at < length; at += 16) v128.store(to + at, v128.load(from + at));
}

// Which of some words it is, counted from 1; 0: none of them. Data: u32 count, then u32 length and 28 bytes each.
function word(p: usize, entry: usize): usize {
  const end = keyEnd(p);
  if (end == 0) return 0;
  const length = end - p;
  const list = <usize>load<u32>(entry, DATA);
  const count = load<u32>(list);
  let found: u32 = 0;
  for (let index: u32 = 0; index < count; index++) {
    const known = list + 4 + <usize>index * 32;
    if (<usize>load<u32>(known) == length && same(known + 4, p, length)) { found = index + 1; break; }
  }
  if (!event(entry, 0, found, 0, 0)) return 0;
  if (found == 0 && <u32>load<u8>(entry, EXTRAS) & ONLY) {
    stopped = end + 1;
    return 0;
  }
  return end + 1;
}

// How many \n escapes a string has, and whether the last one ends it. \u000a is odd: nobody writes it.
function lines(from: usize, entry: usize): usize {
  let p = from;
  let count: u32 = 0;
  let last: usize = 0;
  while (true) {
    let stops = stopsIn(p);
    let next = p + 16;
    while (stops != 0) {
      const at = <usize>ctz(stops);
      const c = <u32>load<u8>(p + at);
      if (c == QUOTE) {
        const end = p + at;
        return event(entry, 0, count, last != 0 && last == end ? 1 : 0, <u32>(end - from)) ? end + 1 : 0;
      }
      if (c != BACKSLASH) return 0;
      const escaped = <u32>load<u8>(p + at + 1);
      const kind = load<u8>(escapes + <usize>escaped);
      if (kind != 1) {
        if (kind == 0 || !hexadecimal(p + at + 2)) return 0;
        if ((load<u32>(p + at + 2) | 0x20000000) == 0x61303030) return 0;
        next = p + at + 6;
        break;
      }
      if (escaped == 0x6e) { count += 1; last = p + at + 2; }
      if (at == 15) { next = p + 17; break; }
      stops &= ~(3 << <i32>at);
    }
    p = next;
  }
  return 0;
}

// Whether a string holds a word. One with \u escapes might: it is written down too. Data: u32 length, then the word.
function finds(p: usize, entry: usize): usize {
  const end = stringEnd(p);
  if (end == 0) return 0;
  const needle = <usize>load<u32>(entry, DATA);
  const length = <usize>load<u32>(needle);
  const first = i8x16.splat(<i8>load<u8>(needle + 4));
  const last = end - 1;
  for (let block = p; block < last; block += 16) {
    const bytes = v128.load(block);
    let hits = i8x16.bitmask(v128.or(i8x16.eq(bytes, first), i8x16.eq(bytes, i8x16.splat(0x5c))));
    while (hits != 0) {
      const at = block + <usize>ctz(hits);
      if (at >= last) break;
      const c = <u32>load<u8>(at);
      if (c == BACKSLASH ? <u32>load<u8>(at + 1) == 0x75 : at + length <= last && same(needle + 4, at, length)) return event(entry, 0, 1, 0, 0) ? end : 0;
      hits &= hits - 1;
    }
  }
  return end;
}

// "2026-03-02T09:00:00.000Z" as milliseconds since 1970, from 2020 up to 2100; other writings are odd.
function time(p: usize, entry: usize): usize {
  if (<u32>load<u8>(p + 24) != QUOTE || <u32>load<u8>(p + 23) != 0x5a || <u32>load<u8>(p + 10) != 0x54 || <u32>load<u8>(p + 4) != 0x2d || <u32>load<u8>(p + 7) != 0x2d || <u32>load<u8>(p + 13) != 0x3a || <u32>load<u8>(p + 16) != 0x3a || <u32>load<u8>(p + 19) != 0x2e) return 0;
  const year = two(p) * 100 + two(p + 2), month = two(p + 5), day = two(p + 8), hour = two(p + 11), minute = two(p + 14), second = two(p + 17);
  const thousandth = digit(p + 20) * 100 + two(p + 21);
  // A byte that is no digit makes a number far too great.
  if (year < 2020 || year > 2099 || month < 1 || month > 12 || day < 1 || day > 28 && day > daysIn(month, year) || hour > 23 || minute > 59 || second > 59 || thousandth > 999) return 0;
  // Days since 1970 of the proleptic Gregorian calendar; the year begins in March.
  const shifted = month > 2 ? month - 3 : month + 9;
  const years = month > 2 ? year : year - 1;
  const days = 365 * years + years / 4 - years / 100 + years / 400 + (153 * shifted + 2) / 5 + day - 1 - 719468;
  const seconds = <f64>days * 86400 + <f64>(hour * 3600 + minute * 60 + second);
  return numberEvent(entry, seconds * 1000 + <f64>thousandth) ? p + 25 : 0;
}

// @ts-ignore: decorator
@inline
function digit(p: usize): u32 {
  const d = <u32>load<u8>(p) - 0x30;
  return d < 10 ? d : 100000;
}
// @ts-ignore: decorator
@inline
function two(p: usize): u32 { return digit(p) * 10 + digit(p + 1); }

function daysIn(month: u32, year: u32): u32 {
  if (month == 2) return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28;
  return month == 4 || month == 6 || month == 9 || month == 11 ? 30 : 31;
}

// MurmurHash3 x86 32 bit, seed 0, as in hash.ts.
function hash(start: usize, end: usize): u32 {
  let h: u32 = 0;
  let at = start;
  for (; at + 4 <= end; at += 4) {
    h ^= rotl<u32>(load<u32>(at) * 0xcc9e2d51, 15) * 0x1b873593;
    h = rotl<u32>(h, 13) * 5 + 0xe6546b64;
  }
  if (at < end) {
    const rest = load<u32>(at) & (((<u32>1) << (<u32>(end - at) << 3)) - 1);
    h ^= rotl<u32>(rest * 0xcc9e2d51, 15) * 0x1b873593;
  }
  h ^= <u32>(end - start);
  h = (h ^ (h >> 16)) * 0x85ebca6b;
  h = (h ^ (h >> 13)) * 0xc2b2ae35;
  return h ^ (h >> 16);
}

// Event, 16 bytes: u8 slot, u8 form, then u32, u32, u32; a number as f64 in the last eight.
function event(entry: usize, form: u32, a: u32, b: u32, c: u32): bool {
  const at = place(entry);
  if (at == 0) return false;
  store<u32>(at, <u32>load<u8>(entry, SLOT) | (form << 8));
  store<u32>(at, a, 4);
  store<u32>(at, b, 8);
  store<u32>(at, c, 12);
  return true;
}

function numberEvent(entry: usize, count: f64): bool {
  const at = place(entry);
  if (at == 0) return false;
  store<u32>(at, <u32>load<u8>(entry, SLOT));
  store<f64>(at, count, 8);
  return true;
}

// Where the next event of an entry goes; 0: there is no room.
// @ts-ignore: decorator
@inline
function place(entry: usize): usize {
  const slot = <u32>load<u8>(entry, SLOT);
  if (slot < singles) {
    written |= (<u64>1) << <u64>slot;
    return row + <usize>slot * 16;
  }
  if (tape + 16 > tapeEnd) { full = true; return 0; }
  tape += 16;
  return tape - 16;
}

function forgetSticky(): void {
  for (let last = stickyStart; last < stickyEnd; last += 8 + MOST_STICKY + 16) store<u32>(last, 0xffffffff);
}

function lineEnd(from: usize): usize {
  let p = from;
  while (true) {
    const hits = i8x16.bitmask(i8x16.eq(v128.load(p), i8x16.splat(0x0a)));
    if (hits != 0) return p + <usize>ctz(hits);
    p += 16;
  }
}
