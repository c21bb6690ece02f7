import type { Call } from './call.ts';
import type { Usage } from './usage.ts';

/** One call as numbers. Two 53-bit hashes are its identity: ids are text the ledger need not keep. */
export interface PackedCall {
  readonly message: number;
  readonly request: number;
  /** Index into `sessions`. */
  readonly session: number;
  readonly at: number;
  /** Index into `models`, -1 for none. */
  readonly model: number;
  readonly usage: Usage;
  readonly requests: number;
  readonly webSearches: number;
  readonly flags: number;
  readonly microUsd: number | undefined;
  readonly position: number;
}

export const callFlags = { fast: 1, sidechain: 2, outputLowerBound: 4, costReported: 8, newestWins: 16, dropped: 32, inFleet: 64 } as const;

/** Calls of one source in one transferable block: structured cloning of objects costs more than parsing them did. */
export interface PackedCalls {
  readonly sessions: readonly string[];
  readonly models: readonly string[];
  readonly rows: Float64Array<ArrayBuffer>;
}

const width = 15;

/** @param priceOf micro-dollars of a call, undefined when it has no price */
export const packCalls = (calls: readonly { readonly session: string; readonly call: Call }[], priceOf: (call: Call) => number | undefined): PackedCalls => {
  const sessions = new Interned();
  const models = new Interned();
  const rows = new Float64Array(calls.length * width);
  let at = 0;
  for (const { session, call } of calls) {
    const { usage } = call;
    rows[at] = hash53(call.message);
    rows[at + 1] = call.request === '' ? 0 : hash53(call.request);
    rows[at + 2] = sessions.indexOf(session);
    rows[at + 3] = call.at;
    rows[at + 4] = call.model === undefined ? -1 : models.indexOf(call.model);
    rows[at + 5] = usage.input ?? NaN;
    rows[at + 6] = usage.output ?? NaN;
    rows[at + 7] = usage.cache_read ?? NaN;
    rows[at + 8] = usage.cache_creation_5m ?? NaN;
    rows[at + 9] = usage.cache_creation_1h ?? NaN;
    rows[at + 10] = usage.reasoning ?? NaN;
    rows[at + 11] = (call.requests ?? 1) * 65_536 + Math.min(call.webSearches ?? 0, 65_535);
    rows[at + 12] = flagsOf(call);
    rows[at + 13] = (call.reportedCostUsd === undefined ? priceOf(call) : Math.round(call.reportedCostUsd * 1e6)) ?? NaN;
    rows[at + 14] = call.position;
    at += width;
  }
  return { sessions: sessions.values, models: models.values, rows };
};

/** Gives the block back at once: it lies outside the heap, and the collector would come to it late in a scan. The calls are gone. */
export const releaseCalls = ({ rows }: PackedCalls): void => void rows.buffer.transfer(0);

export function* unpackCalls({ rows }: PackedCalls): Generator<PackedCall> {
  for (let at = 0; at < rows.length; at += width) {
    const usage: { -readonly [Kind in keyof Usage]: number } = {};
    if (!Number.isNaN(rows[at + 5])) usage.input = rows[at + 5]!;
    if (!Number.isNaN(rows[at + 6])) usage.output = rows[at + 6]!;
    if (!Number.isNaN(rows[at + 7])) usage.cache_read = rows[at + 7]!;
    if (!Number.isNaN(rows[at + 8])) usage.cache_creation_5m = rows[at + 8]!;
    if (!Number.isNaN(rows[at + 9])) usage.cache_creation_1h = rows[at + 9]!;
    if (!Number.isNaN(rows[at + 10])) usage.reasoning = rows[at + 10]!;
    const counts = rows[at + 11]!;
    yield {
      message: rows[at]!, request: rows[at + 1]!, session: rows[at + 2]!, at: rows[at + 3]!, model: rows[at + 4]!, usage,
      requests: Math.floor(counts / 65_536), webSearches: counts % 65_536, flags: rows[at + 12]!,
      microUsd: Number.isNaN(rows[at + 13]) ? undefined : rows[at + 13]!, position: rows[at + 14]!,
    };
  }
}

const flagsOf = (call: Call): number =>
  (call.fast ? callFlags.fast : 0) | (call.sidechain ? callFlags.sidechain : 0) | (call.outputLowerBound ? callFlags.outputLowerBound : 0) |
  (call.reportedCostUsd === undefined ? 0 : callFlags.costReported) | (call.wins === 'newest' ? callFlags.newestWins : 0);

class Interned {
  readonly values: string[] = [];
  readonly #index = new Map<string, number>();
  #last = -1;
  indexOf(value: string): number {
    if (this.values[this.#last] !== value) this.#last = this.#indexOf(value);
    return this.#last;
  }

  #indexOf(value: string): number {
    let index = this.#index.get(value);
    if (index === undefined) this.#index.set(value, (index = this.values.push(value) - 1));
    return index;
  }
}

/** cyrb53 (public domain): 53 well-mixed bits of a text, never 0. */
const hash53 = (text: string): number => {
  let high = 0xdeadbeef;
  let low = 0x41c6ce57;
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    high = Math.imul(high ^ code, 2654435761);
    low = Math.imul(low ^ code, 1597334677);
  }
  high = Math.imul(high ^ (high >>> 16), 2246822507) ^ Math.imul(low ^ (low >>> 13), 3266489909);
  low = Math.imul(low ^ (low >>> 16), 2246822507) ^ Math.imul(high ^ (high >>> 13), 3266489909);
  return (2_097_151 & low) * 4_294_967_296 + (high >>> 0) || 1;
};
