/** No pause of a film is longer. */
const longestPauseMs = 3000;
const [slowest, fastest] = [1 / 16, 4096];

/** What a person at the terminal wants of a film: it runs, stands still, goes on by one, faster, slower, to its end at once, or is over. */
export class Controls {
  #state: 'runs' | 'stands' | 'rushes' | 'over' = 'runs';
  #speed: number;
  #steps = 0;
  #changed: () => void = () => undefined;
  readonly #now: () => number;

  /** @param speed so many times as fast as it went; Infinity: no pause at all */
  constructor(speed: number, now: () => number) {
    this.#speed = speed;
    this.#now = now;
  }

  get speed(): number {
    return this.#speed;
  }

  get stands(): boolean {
    return this.#state === 'stands';
  }

  get isOver(): boolean {
    return this.#state === 'over';
  }

  /** A key, as a terminal sends it. @returns whether it means something */
  press(key: string): boolean {
    switch (key) {
      case ' ': case 'p': this.#state = this.#state === 'stands' ? 'runs' : 'stands'; break;
      case 'n': case '\r': case '\n': case '\u001b[C': case 'l':
        [this.#state, this.#steps] = ['stands', this.#steps + 1];
        break;
      case '+': case '=': case '\u001b[A': case 'k': this.#speed = Math.min(fastest, this.#speed * 2); break;
      case '-': case '_': case '\u001b[B': case 'j': this.#speed = Math.max(slowest, Math.min(fastest, this.#speed) / 2); break;
      case 'e': case 'G': case '\u001b[F': this.#state = 'rushes'; break;
      case 'q': case '\u0003': case '\u0004': case '\u001b': this.stop(); break;
      default: return false;
    }
    this.#changed();
    return true;
  }

  stop(): void {
    this.#state = 'over';
    this.#changed();
  }

  /** Waits until the next moment is to be shown, which came so long after the one before. */
  async wait(ms: number): Promise<void> {
    let left = Math.min(ms, longestPauseMs * this.#speed);
    for (;;) {
      if (this.#state === 'over' || this.#state === 'rushes') return;
      if (this.#steps > 0) {
        this.#steps -= 1;
        return;
      }
      if (this.#state === 'runs' && !(left / this.#speed >= 1)) return;
      const [from, speed] = [this.#now(), this.#speed];
      const stood = await this.#change(this.#state === 'runs' ? left / speed : undefined);
      if (!stood) left -= (this.#now() - from) * speed;
    }
  }

  /** The next key, or so much time. @returns whether it stood still meanwhile */
  async #change(ms: number | undefined): Promise<boolean> {
    let timer: NodeJS.Timeout | undefined;
    await new Promise<void>((resolve) => {
      this.#changed = resolve;
      if (ms !== undefined) timer = setTimeout(resolve, ms);
    });
    clearTimeout(timer);
    this.#changed = () => undefined;
    return ms === undefined;
  }
}
