/** Places in the shared memory. */
const count = 0;
const taken = 1;
const arrived = 2;

/** Batches of work that several threads take for themselves, so that none waits until it is given some. */
export class Share {
  readonly memory: SharedArrayBuffer;
  readonly #numbers: Int32Array<SharedArrayBuffer>;

  /** @param work how many batches there are, or the memory of a Share made in another thread */
  constructor(work: number | SharedArrayBuffer) {
    this.memory = typeof work === 'number' ? new SharedArrayBuffer(12) : work;
    this.#numbers = new Int32Array(this.memory);
    if (typeof work === 'number') this.#numbers[count] = work;
  }

  /** Index of a batch nobody else takes; undefined: none is left. */
  take(): number | undefined {
    const index = Atomics.add(this.#numbers, taken, 1);
    return index < Atomics.load(this.#numbers, count) ? index : undefined;
  }

  /** The results of a batch are where they were wanted. */
  arrived(): void {
    Atomics.add(this.#numbers, arrived, 1);
    Atomics.notify(this.#numbers, arrived);
  }

  /** Blocks this thread until so many results have arrived. */
  untilArrived(batches: number): void {
    for (let now = Atomics.load(this.#numbers, arrived); now < batches; now = Atomics.load(this.#numbers, arrived)) Atomics.wait(this.#numbers, arrived, now);
  }
}
