import type { Burn } from '../session/now.ts';
import type { EpochMs } from '../session/part.ts';
import type { StoredSession } from '../session/session.ts';
import { totalTokens } from '../session/usage.ts';

const minuteMs = 60_000;
/** Long enough to smooth turns, short enough to mean "now". */
const windowMs = 5 * minuteMs;
/** Watched for less, a rate would be a guess. */
const leastMs = 30_000;
const keptMinutes = 30;
const keptSessions = 4000;

interface Sample {
  readonly at: EpochMs;
  readonly tokens: number;
  readonly microUsd: number | undefined;
}

/** How fast sessions use tokens, measured by watching them: only growth that was seen counts, never what a scan found in old files. */
export class BurnMeter {
  readonly #samples = new Map<string, Sample[]>();
  readonly #minutes = new Map<number, number>();
  readonly #all: Sample[];
  readonly #since: EpochMs;

  constructor(since: EpochMs) {
    this.#since = since;
    this.#all = [{ at: since, tokens: 0, microUsd: undefined }];
  }

  /** @param complete false while the first scan reads: what grows then is not use but reading */
  saw(sessions: readonly StoredSession[], { now, complete }: { readonly now: EpochMs; readonly complete: boolean }): void {
    for (const session of sessions) this.#sawOne(session, now, complete);
    for (const minute of this.#minutes.keys()) if (minute <= Math.floor(now / minuteMs) - keptMinutes) this.#minutes.delete(minute);
    for (const id of this.#samples.keys()) {
      if (this.#samples.size <= keptSessions) break;
      this.#samples.delete(id);
    }
  }

  /** Undefined: it was not watched for long enough. */
  burnOf({ id }: Pick<StoredSession, 'id'>, now: EpochMs): Burn | undefined {
    return rateOf(this.#samples.get(id), now);
  }

  /** Of all sessions together. */
  burn(now: EpochMs): Burn | undefined {
    return rateOf(this.#all, now);
  }

  /** Tokens of the last minutes that were watched, the running one last. */
  minutes(now: EpochMs): readonly number[] {
    const last = Math.floor(now / minuteMs);
    const first = Math.max(last - keptMinutes + 1, Math.floor(this.#since / minuteMs));
    return Array.from({ length: last - first + 1 }, (_, index) => this.#minutes.get(first + index) ?? 0);
  }

  #sawOne(session: StoredSession, now: EpochMs, complete: boolean): void {
    const sample = sampleOf(session, now);
    const samples = this.#samples.get(session.id) ?? this.#firstSamples(session);
    const before = samples?.at(-1);
    this.#samples.delete(session.id); // the latest seen stand last
    // An old file that turned up late, or is read for the first time, tells of the past.
    if (!before || !complete || (session.lastActivityAt ?? 0) < now - windowMs) {
      this.#samples.set(session.id, [sample]);
      return;
    }
    this.#samples.set(session.id, samples!);
    if (sample.tokens <= before.tokens) return;
    keep(samples!, sample);
    this.#count(sample.tokens - before.tokens, grown(before.microUsd, sample.microUsd), now);
  }

  /** One that began while it was watched began at zero. */
  #firstSamples({ startedAt, parentId }: StoredSession): Sample[] | undefined {
    return startedAt !== undefined && startedAt >= this.#since && parentId === undefined ? [{ at: startedAt, tokens: 0, microUsd: undefined }] : undefined;
  }

  #count(tokens: number, microUsd: number | undefined, now: EpochMs): void {
    const last = this.#all.at(-1)!;
    keep(this.#all, { at: now, tokens: last.tokens + tokens, microUsd: microUsd === undefined ? last.microUsd : (last.microUsd ?? 0) + microUsd });
    const minute = Math.floor(now / minuteMs);
    this.#minutes.set(minute, (this.#minutes.get(minute) ?? 0) + tokens);
  }
}

const sampleOf = ({ models }: StoredSession, at: EpochMs): Sample => {
  const uses = Object.values(models);
  const priced = uses.flatMap(({ microUsd }) => microUsd ?? []);
  return { at, tokens: uses.reduce((sum, { usage }) => sum + totalTokens(usage), 0), microUsd: priced.length === 0 ? undefined : priced.reduce((sum, one) => sum + one, 0) };
};

/** Only the window is kept, and the last sample before it. */
const keep = (samples: Sample[], sample: Sample): void => {
  samples.push(sample);
  while (samples.length > 2 && samples[1]!.at <= sample.at - windowMs) samples.shift();
};

const rateOf = (samples: readonly Sample[] | undefined, now: EpochMs): Burn | undefined => {
  const last = samples?.at(-1);
  if (!samples || !last) return undefined;
  const base = samples.findLast(({ at }) => at <= now - windowMs) ?? samples[0]!;
  const ms = Math.min(windowMs, now - base.at);
  if (ms < leastMs) return undefined;
  const microUsd = grown(base.microUsd, last.microUsd);
  return { tokensPerMinute: Math.round(((last.tokens - base.tokens) / ms) * minuteMs), ...(microUsd === undefined ? {} : { usdPerHour: (microUsd / 1e6 / ms) * 3_600_000 }) };
};

const grown = (before: number | undefined, after: number | undefined): number | undefined => (after === undefined ? undefined : Math.max(0, after - (before ?? 0)));
