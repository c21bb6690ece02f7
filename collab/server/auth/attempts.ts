import { ipKeyGenerator } from 'express-rate-limit';
import { tooMany } from '../routes/errors.ts';

const windowMs = 15 * 60_000;
const mostNames = 20_000;
/** Wrong passwords in a quarter of an hour: of one address (a whole office may be behind one), and for one name from anywhere. */
export const attemptLimits = { address: 50, name: 10 } as const;

interface Count { readonly since: number; tries: number }

/** Counts tries to sign in, so that passwords cannot be guessed. */
export class Attempts {
  readonly #counts = new Map<string, Count>();

  /** Counts a try before its password is looked at (guesses sent at once count, too); refuses one too many. */
  take({ address, name, now }: { readonly address: string; readonly name: string; readonly now: number }): void {
    this.#forgetOld(now);
    const keys = [[addressKey(address), attemptLimits.address], [nameKey(name), attemptLimits.name]] as const;
    for (const [key, most] of keys) {
      const count = this.#counts.get(key);
      if (count !== undefined && count.tries >= most) throw tooMany('Too many wrong passwords. Wait a quarter of an hour, or ask an admin for a link that sets a new one.', Math.ceil((count.since + windowMs - now) / 1000));
    }
    for (const [key] of keys) this.#counts.set(key, { since: this.#counts.get(key)?.since ?? now, tries: (this.#counts.get(key)?.tries ?? 0) + 1 });
  }

  /** The password was right: the name starts anew, the address gets this one try back. */
  forgive({ address, name }: { readonly address: string; readonly name: string }): void {
    this.forgiveName(name);
    const count = this.#counts.get(addressKey(address));
    if (count) count.tries -= 1;
  }

  /** Whoever set a new password is not kept out for the old one's sake. */
  forgiveName(name: string): void {
    this.#counts.delete(nameKey(name));
  }

  #forgetOld(now: number): void {
    // In order of their beginning, for an entry keeps its place when it is counted up.
    for (const [key, { since }] of this.#counts) {
      if (since + windowMs > now && this.#counts.size < mostNames) return;
      this.#counts.delete(key);
    }
  }
}

/** One household or office has a whole /56 of IPv6. */
const addressKey = (address: string): string => `address ${address === 'unknown' ? address : ipKeyGenerator(address)}`;
const nameKey = (name: string): string => `name ${name}`;
