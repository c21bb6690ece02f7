import type { Figures, Sums } from './question.ts';

/** A row of use: so much of a kind. */
export interface KindSum {
  readonly kind: string;
  readonly value: number;
  readonly counted: number;
}

const noFigures = (): Figures => ({ tokens: 0, inputTokens: 0, outputTokens: 0, cacheReadTokens: 0, cacheCreationTokens: 0, costUsd: 0, unpricedTokens: 0, requests: 0, turns: 0, errors: 0, toolCalls: 0, linesAdded: 0, linesRemoved: 0, sessionsStarted: 0 });

export const noSums = (): Sums => ({ counted: noFigures(), history: noFigures() });

/** Adds a row of use to sums. Money is summed in whole micro-dollars until `inDollars`. */
export const addUse = ({ counted, history }: Sums, row: KindSum): void => {
  addTo(counted, row.kind, Number(row.counted));
  addTo(history, row.kind, Number(row.value) - Number(row.counted));
};

/** Sums as they are told: money in dollars. */
export const inDollars = ({ counted, history }: Sums): Sums => ({ counted: { ...counted, costUsd: counted.costUsd / 1e6 }, history: { ...history, costUsd: history.costUsd / 1e6 } });

const addTo = (figures: Figures, kind: string, amount: number): void => {
  const family = kind.split(':', 1)[0]!;
  switch (family) {
    case 'input': figures.inputTokens += amount; break;
    case 'output': figures.outputTokens += amount; break;
    case 'cache_read': figures.cacheReadTokens += amount; break;
    case 'cache_creation_5m': case 'cache_creation_1h': figures.cacheCreationTokens += amount; break;
    case 'micro_usd': figures.costUsd += amount; return;
    case 'unpriced': figures.unpricedTokens += amount; return;
    case 'requests': figures.requests += amount; return;
    case 'turns': figures.turns += amount; return;
    case 'error': figures.errors += amount; return;
    case 'tool': figures.toolCalls += amount; return;
    case 'started': figures.sessionsStarted += amount; return;
    case 'lines': if (kind === 'lines:added') figures.linesAdded += amount; else figures.linesRemoved += amount; return;
    default: return; // a kind of a newer agent
  }
  figures.tokens += amount;
};

/** Groups of sums, by a key, with what the key stands for. */
export class Groups<Label extends object> {
  readonly #groups = new Map<string, { readonly label: Label; readonly sums: Sums }>();

  add(label: Label, row: KindSum): void {
    const key = JSON.stringify(label);
    let group = this.#groups.get(key);
    if (group === undefined) this.#groups.set(key, (group = { label, sums: noSums() }));
    addUse(group.sums, row);
  }

  /** The most tokens first. */
  rows(): (Label & Sums)[] {
    return [...this.#groups.values()].sort((one, other) => allTokens(other.sums) - allTokens(one.sums)).map(({ label, sums }) => ({ ...label, ...inDollars(sums) }));
  }
}

export const allTokens = ({ counted, history }: Sums): number => counted.tokens + history.tokens;
