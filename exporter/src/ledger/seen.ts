/** Bits per kept number and bits set for each: one look in a hundred or so is a false "perhaps" while the filter holds what it was made for. */
const bitsSet = 4;

/**
 * Tells which numbers were surely never added, in a quarter of a megabyte (a Bloom filter).
 * A wrong "perhaps" costs a look into the table; "never" is always true.
 */
export class Seen {
  readonly #bits: Uint32Array;
  readonly #mask: number;

  /** @param bits a power of two; good for a tenth as many numbers */
  constructor(bits = 2 ** 21) {
    this.#bits = new Uint32Array(bits / 32);
    this.#mask = bits - 1;
  }

  /** Whether the number may have been added before; adds it. The number is a hash of up to 53 bits. */
  add(hash: number): boolean {
    const low = hash | 0; // the lowest 32 bits
    const step = ((hash / 4_294_967_296) << 1) | 1;
    let before = true;
    for (let round = 0, at = low; round < bitsSet; round += 1, at += step) {
      const bit = at & this.#mask;
      const word = this.#bits[bit >>> 5]!;
      const flag = 1 << (bit & 31);
      if ((word & flag) === 0) {
        before = false;
        this.#bits[bit >>> 5] = word | flag;
      }
    }
    return before;
  }
}
