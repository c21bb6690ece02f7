import type { EpochMs } from '../session/part.ts';

/**
 * New fleet series begin at 0 for everyone who watches them: `increase()` compares samples, so what a series had at its first sight is lost.
 *
 * A viewer that has read us before gets a new series as 0 for its first two sights (one answer may be lost on the way) and, if it tells
 * its scrape interval, for at least two of these. A viewer that is new has no earlier sample to compare with; but it may be a scraper that
 * knew the exporter before a restart or comes from another address now, so young series are held for it too.
 */
export const isHeld = ({ bornAt, now, sights, intervalMs, begins }: Holding): boolean => {
  const young = (interval: number): boolean => now - bornAt < 2 * interval;
  if (sights !== undefined) return sights < sightsAtZero || (intervalMs !== undefined && young(intervalMs));
  // One that tells its interval is a scraper and may have known us before this start; anyone else began, at the earliest, with our first reading.
  return bornAt > (intervalMs === undefined ? begins.firstReadAt : begins.startedAt) && young(intervalMs ?? usualIntervalMs);
};

export interface Holding {
  readonly bornAt: EpochMs;
  readonly now: EpochMs;
  /** How often this viewer was shown the series as 0; undefined: the viewer is new. */
  readonly sights: number | undefined;
  /** The viewer's interval as far as it tells: X-Prometheus-Scrape-Timeout-Seconds, or the period of an OTLP push. */
  readonly intervalMs: number | undefined;
  readonly begins: Beginnings;
}

/** When the exporter started, and when it was first read by anyone. */
export interface Beginnings {
  readonly startedAt: EpochMs;
  readonly firstReadAt: EpochMs;
}

const sightsAtZero = 2;
const usualIntervalMs = 60_000;
/** A series that is new to a known viewer was born after its last reading, or shortly before in a snapshot that was still being made. */
const slackMs = 60_000;
const mostViewers = 64;

/** One reading of the fleet series by one viewer: what it is shown. */
export type Show = (series: { readonly key: string; readonly value: number; readonly bornAt: EpochMs }) => number;

/** Everything is shown as it is: for a single look (`--once`). */
export const showTruth: Show = ({ value }) => value;

/** Whoever reads the fleet series again and again: a scraper, or one OTLP push. It remembers what it was shown. */
export class Viewer {
  /** Times shown as 0 by series key; Infinity: its value was shown, or it is older than this viewer. */
  readonly #sights = new Map<string, number>();
  #lastReadAt: EpochMs | undefined;

  /** Begins a reading. */
  look({ now, intervalMs, begins }: { readonly now: EpochMs; readonly intervalMs: number | undefined; readonly begins: Beginnings }): Show {
    const before = this.#lastReadAt;
    this.#lastReadAt = now;
    return ({ key, value, bornAt }) => {
      const remembered = this.#sights.get(key);
      if (remembered === Infinity) return value;
      const older = before !== undefined && remembered === undefined && bornAt <= before - slackMs;
      const sights = before === undefined ? undefined : (remembered ?? 0);
      const held = !older && isHeld({ bornAt, now, sights, intervalMs, begins });
      this.#sights.set(key, held ? (sights ?? 0) + 1 : Infinity);
      return held ? 0 : value;
    };
  }
}

/** The viewers of a page, told apart by what they say of themselves; the ones longest away are forgotten. */
export class Viewers {
  readonly #known = new Map<string, Viewer>();
  readonly #startedAt: EpochMs;
  #firstReadAt: EpochMs | undefined;

  constructor(startedAt: EpochMs) {
    this.#startedAt = startedAt;
  }

  /** Begins a reading of the viewer with this name (address, user agent, what it asks for). */
  look(name: string, now: EpochMs, intervalMs: number | undefined): Show {
    this.#firstReadAt ??= now;
    const viewer = this.#known.get(name) ?? new Viewer();
    this.#known.delete(name); // re-inserted last: the map's order is the order of use
    this.#known.set(name, viewer);
    if (this.#known.size > mostViewers) this.#known.delete(this.#known.keys().next().value!);
    return viewer.look({ now, intervalMs, begins: { startedAt: this.#startedAt, firstReadAt: this.#firstReadAt } });
  }
}
