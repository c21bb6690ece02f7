/** Waits that can be cut short: by what happens, or by the end. */
export class Alarm {
  #wake: (() => void) | undefined;
  #rung = false;
  #over = false;

  /** Resolves after so long, or as soon as it rings; at once when it has rung since the last wait. */
  wait(ms: number): Promise<void> {
    if (this.#rung || this.#over) {
      this.#rung = false;
      return Promise.resolve();
    }
    return new Promise((resolve) => {
      const done = (): void => {
        clearTimeout(timer);
        this.#wake = undefined;
        this.#rung = false;
        resolve();
      };
      const timer = setTimeout(done, Math.min(Math.max(ms, 0), 2 ** 31 - 1));
      this.#wake = done;
    });
  }

  ring(): void {
    this.#rung = true;
    this.#wake?.();
  }

  /** Nobody waits any more. */
  end(): void {
    this.#over = true;
    this.#wake?.();
  }
}
