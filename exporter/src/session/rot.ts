import type { Rot } from './part.ts';

/** How many of the last tool calls, edits and requests the signals look at. */
const callWindow = 30;
const editWindow = 40;
const requestWindow = 20;

/** The windows behind the rot signals, kept between reads as plain data inside `Part.rot`. */
interface Kept extends Rot {
  readonly window?: {
    readonly calls: readonly (readonly [hash: string, failed: boolean])[];
    readonly edits: readonly (readonly [pathHash: string, lines: number])[];
    readonly requests: readonly (readonly [cacheRead: number, inputSide: number])[];
  };
}

/**
 * Signs of context rot over the last calls, edits and requests.
 * A windowed multiset, not a run of equal calls: A-B-A-B loops count too (TRAPS.md 44). An edit is progress and starts the loop count again.
 */
export class RotWindow {
  readonly #calls: (readonly [string, boolean])[];
  readonly #edits: (readonly [string, number])[];
  readonly #requests: (readonly [number, number])[];

  constructor(rot: Rot) {
    const kept = (rot as Kept).window;
    this.#calls = [...(kept?.calls ?? [])];
    this.#edits = [...(kept?.edits ?? [])];
    this.#requests = [...(kept?.requests ?? [])];
  }

  hash(name: string, input: string): string {
    return `${name}:${fnv1a(input)}`;
  }

  call(hash: string, failed: boolean): void {
    keepLast(this.#calls, [hash, failed], callWindow);
  }

  edit(path: string, linesAdded: number, linesRemoved: number): void {
    keepLast(this.#edits, [fnv1a(path), Math.max(linesAdded, linesRemoved)], editWindow);
    this.#calls.length = 0;
  }

  request(cacheRead: number, inputSide: number): void {
    keepLast(this.#requests, [cacheRead, inputSide], requestWindow);
  }

  toRot(): Rot {
    const [calls, edits, requests] = [this.#calls.slice(-callWindow), this.#edits.slice(-editWindow), this.#requests.slice(-requestWindow)];
    const rot: Kept = {
      ...(calls.length ? { repeatedFailures: repeatedFailures(calls) } : {}),
      ...(edits.length ? { editChurn: churn(edits) } : {}),
      ...cacheSignals(requests),
      window: { calls, edits, requests },
    };
    return rot;
  }
}

/** Failing calls beyond the first of each equal kind. */
const repeatedFailures = (calls: readonly (readonly [string, boolean])[]): number => {
  const failures = new Map<string, number>();
  for (const [hash, failed] of calls) if (failed) failures.set(hash, (failures.get(hash) ?? 0) + 1);
  let repeated = 0;
  for (const count of failures.values()) repeated += count - 1;
  return repeated;
};

/** Lines in files that were edited before inside the window ÷ all edited lines. */
const churn = (edits: readonly (readonly [string, number])[]): number => {
  const before = new Set<string>();
  let again = 0;
  let all = 0;
  for (const [path, lines] of edits) {
    all += lines;
    if (before.has(path)) again += lines;
    before.add(path);
  }
  return all === 0 ? 0 : again / all;
};

const cacheSignals = (requests: readonly (readonly [number, number])[]): Rot => {
  if (requests.length === 0) return {};
  const half = Math.floor(requests.length / 2);
  const ratio = hitRatio(requests.slice(half));
  const before = hitRatio(requests.slice(0, half));
  if (ratio === undefined) return {};
  const collapsed = requests.length >= 10 && before !== undefined && before >= 0.5 && ratio < before / 2;
  return { cacheHitRatio: ratio, cacheCollapsed: collapsed };
};

const hitRatio = (requests: readonly (readonly [number, number])[]): number | undefined => {
  const sent = requests.reduce((sum, [, inputSide]) => sum + inputSide, 0);
  return sent > 0 ? requests.reduce((sum, [cacheRead]) => sum + cacheRead, 0) / sent : undefined;
};

/** Keeps at least the last ones: what is too much is cut off now and then, not item by item. */
const keepLast = <Item>(items: Item[], item: Item, most: number): void => {
  if (items.push(item) >= most * 8) items.splice(0, items.length - most);
};

/** FNV-1a, 32 bit: a short stand-in for text that must not be kept. */
const fnv1a = (text: string): string => {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index += 1) hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  return String(hash >>> 0); // in base 36 it would cost ten times as much
};
