/** MurmurHash3 (x86, 32 bit, seed 0; Austin Appleby, public domain) of a stretch of bytes: the scanner computes the same. */
export const hash32 = (bytes: Uint8Array, start: number, end: number): number => {
  let hash = 0;
  let at = start;
  for (; at + 4 <= end; at += 4) {
    hash ^= mixed(bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24));
    hash = (Math.imul((hash << 13) | (hash >>> 19), 5) + 0xe6546b64) | 0;
  }
  let rest = 0;
  for (let left = end - at - 1; left >= 0; left -= 1) rest = (rest << 8) | bytes[at + left]!;
  if (at < end) hash ^= mixed(rest);
  return finished(hash ^ (end - start));
};

const mixed = (word: number): number => {
  const product = Math.imul(word, 0xcc9e2d51);
  return Math.imul((product << 15) | (product >>> 17), 0x1b873593);
};

const finished = (hash: number): number => {
  let left = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  left = Math.imul(left ^ (left >>> 13), 0xc2b2ae35);
  return (left ^ (left >>> 16)) >>> 0;
};
