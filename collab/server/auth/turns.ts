/** Lets so much of a heavy work run at once, the rest in turn, and refuses more than can wait. */
export class Turns {
  readonly #most: number;
  readonly #mostWaiting: number;
  #running = 0;
  readonly #waiting: (() => void)[] = [];

  constructor(most: number, mostWaiting: number) {
    this.#most = most;
    this.#mostWaiting = mostWaiting;
  }

  /** The work's outcome; undefined: too many wait already. */
  take<T>(work: () => Promise<T>): Promise<T> | undefined {
    if (this.#running >= this.#most && this.#waiting.length >= this.#mostWaiting) return undefined;
    return this.#inTurn(work);
  }

  async #inTurn<T>(work: () => Promise<T>): Promise<T> {
    // Whoever leaves hands its place to the next, so the number of those who run stays.
    if (this.#running < this.#most) this.#running += 1;
    else await new Promise<void>((resolve) => { this.#waiting.push(resolve); });
    try {
      return await work();
    } finally {
      const next = this.#waiting.shift();
      if (next) next();
      else this.#running -= 1;
    }
  }
}
