import { learn } from './facts.ts';
import type { Facts } from './facts.ts';

/** Listens to the JSON of an agent on its way. It holds one line at most, and never throws: what it cannot read it leaves. */
export class Listener {
  #facts: Facts = {};
  #pieces: Buffer[] = [];
  #held = 0;
  /** The line is longer than what is held. */
  #skipping = false;
  /** Lines that are no JSON by themselves may be one document over several (Gemini's). */
  #document: Buffer[] | undefined = [];
  #documentBytes = 0;

  get facts(): Facts {
    return this.#facts;
  }

  /** @returns whether something new is known */
  hear(chunk: Buffer): boolean {
    const before = this.#facts;
    let from = 0;
    for (let newline = chunk.indexOf(10); newline >= 0; newline = chunk.indexOf(10, from)) {
      this.#hold(chunk.subarray(from, newline));
      this.#line();
      from = newline + 1;
    }
    this.#hold(chunk.subarray(from));
    return this.#facts !== before;
  }

  end(): void {
    this.#line();
    if (this.#document && this.#documentBytes > 0) this.#read(Buffer.concat(this.#document).toString());
    this.#document = undefined;
  }

  #hold(piece: Buffer): void {
    if (piece.length === 0 || this.#skipping) return;
    this.#held += piece.length;
    if (this.#held > mostBytes) {
      [this.#pieces, this.#held, this.#skipping] = [[], 0, true];
      return;
    }
    this.#pieces.push(Buffer.from(piece)); // the chunk is not ours to keep
  }

  #line(): void {
    const line = this.#skipping ? undefined : Buffer.concat(this.#pieces);
    [this.#pieces, this.#held, this.#skipping] = [[], 0, false];
    if (line === undefined || line.length === 0) return;
    if (this.#read(line.toString())) this.#document = undefined;
    else if (this.#document) {
      this.#documentBytes += line.length + 1;
      if (this.#documentBytes > mostBytes) this.#document = undefined;
      else this.#document.push(line, newlineByte);
    }
  }

  #read(text: string): boolean {
    try {
      const value: unknown = JSON.parse(text);
      for (const record of Array.isArray(value) ? value : [value]) this.#facts = learn(this.#facts, record);
      return typeof value === 'object' && value !== null;
    } catch {
      return false;
    }
  }
}

const mostBytes = 8 << 20;
const newlineByte = Buffer.from('\n');
