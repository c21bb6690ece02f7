import type { Draft } from '../../session/draft.ts';
import type { EpochMs } from '../../session/part.ts';
import { countSync } from '../../tokens/count.ts';
import type { Book } from '../book.ts';
import type { Bubble } from './bubbles.ts';

/** Only what was updated this close to the newest composer is counted: old conversations are not worth the time. */
const recentMs = 30 * 24 * 3600_000;
/** Composers whose count is remembered, so that a growing one is not counted from its start at every change. */
const remembered = 50;
/** Characters counted per composer and read. */
const most = 200_000;

/** [the last bubble counted, tokens of prompts, tokens of answers] */
type Counted = readonly [bubble: string, input: number, output: number];

/** js-tiktoken's count of what was written in the bubbles Cursor tells no tokens of: what is visible of it, each text once, not what was sent. */
export class Estimate {
  readonly #book: Book;
  readonly #id: string;
  readonly #recent: boolean;
  readonly #working: boolean;
  readonly #before: Counted | undefined;
  #reached: boolean;
  #told = false;
  #waiting: Bubble | undefined;
  #left = most;
  #counted: Counted;

  /**
   * @param newest when the newest composer was updated
   * @param working the last bubble may still be written
   */
  constructor(book: Book, { id, updatedAt, newest, working }: { readonly id: string; readonly updatedAt: EpochMs | undefined; readonly newest: EpochMs; readonly working: boolean }) {
    this.#book = book;
    this.#id = id;
    this.#recent = updatedAt !== undefined && updatedAt >= newest - recentMs;
    this.#working = working;
    this.#before = estimates(book).get(id);
    this.#reached = this.#before === undefined;
    this.#counted = this.#before ?? ['', 0, 0];
  }

  /** Takes the next bubble; it is counted once it is surely complete: when another one follows, or the answer is finished. */
  add(bubble: Bubble): void {
    this.#told ||= bubble.tokens !== undefined;
    if (!this.#recent) return;
    if (this.#waiting) this.#count(this.#waiting);
    this.#waiting = this.#reached ? bubble : undefined;
    if (bubble.id === this.#before?.[0]) this.#reached = true;
  }

  /** Sets the estimate of the session, unless Cursor told tokens of it, and remembers how far it was counted. */
  tell(draft: Draft): void {
    if (this.#waiting && !this.#working) this.#count(this.#waiting);
    const all = estimates(this.#book);
    all.delete(this.#id);
    const [bubble, input, output] = this.#counted;
    if (this.#reached && bubble !== '') all.set(this.#id, this.#counted); // else the last one counted is gone: counted anew next time
    this.#book.memo['estimates'] = [...all].slice(-remembered);
    if (!this.#told && input + output > 0) draft.estimated({ input, output });
  }

  #count(bubble: Bubble): void {
    if (this.#told || this.#left <= 0) return;
    const words = bubble.text().slice(0, this.#left);
    this.#left -= words.length;
    const tokens = words === '' ? 0 : countSync(words);
    const [, input, output] = this.#counted;
    this.#counted = bubble.role === 'user' ? [bubble.id, input + tokens, output] : [bubble.id, input, output + tokens];
  }
}

const estimates = (book: Book): Map<string, Counted> => new Map((book.memo['estimates'] ?? []) as [string, Counted][]);
