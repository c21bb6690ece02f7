/** Places in the shared memory. */
const places = { count: 0, taken: 1, arrived: 2 } as const;

/** Batches of work that several threads take for themselves, so that none waits until it is given some. */
export class Share {
  readonly memory: SharedArrayBuffer;
  readonly #numbers: Int32Array<SharedArrayBuffer>;

  /** @param work how many batches there are, or the memory of a Share made in another thread */
  constructor(work: number | SharedArrayBuffer) {
    this.memory = typeof work === 'number' ? new SharedArrayBuffer(12) : work;
    this.#numbers = new Int32Array(this.memory);
    if (typeof work === 'number') this.#numbers[places.count] = work;
  }

  /** Index of a batch nobody else takes; undefined: none is left. */
  take(): number | undefined {
    const index = Atomics.add(this.#numbers, places.taken, 1);
    return index < Atomics.load(this.#numbers, places.count) ? index : undefined;
  }

  /** How many batches somebody took. */
  taken(): number {
    return Math.min(Atomics.load(this.#numbers, places.taken), Atomics.load(this.#numbers, places.count));
  }

  /** The results of a batch are where they were wanted. */
  arrived(): void {
    Atomics.add(this.#numbers, places.arrived, 1);
    Atomics.notify(this.#numbers, places.arrived);
  }

  /** Blocks this thread until so many results have arrived. */
  untilArrived(batches: number): void {
    for (let now = Atomics.load(this.#numbers, places.arrived); now < batches; now = Atomics.load(this.#numbers, places.arrived)) Atomics.wait(this.#numbers, places.arrived, now);
  }
}
