import type { Data, Truth } from './data.ts';

/** Use of one model in one session. */
export interface Use {
  readonly session: string;
  readonly model: string;
  readonly input: number;
  readonly output: number;
  readonly cache_creation: number;
  readonly cache_read: number;
  readonly costUsd: number;
}

const kinds = ['input', 'output', 'cache_creation', 'cache_read'] as const;
type Sum = Pick<Use, (typeof kinds)[number] | 'costUsd'>;

/** Sentences on every difference from the truth, none when all is exact: tokens to the token, money to half a micro-dollar per call. */
export const differences = (uses: readonly Use[], data: Data): readonly string[] => [
  ...against(sumBy(uses, ({ session }) => session), data.bySession, 'session'),
  ...against(sumBy(uses, ({ model }) => model), data.byModel, 'model'),
];

/** Sentences on every difference between two programs, by session and model. */
export const disagreements = (ours: readonly Use[], theirs: readonly Use[], callsOf: (session: string) => number): readonly string[] => {
  const own = sumBy(ours, keyOf);
  const other = sumBy(theirs, keyOf);
  return [...new Set([...own.keys(), ...other.keys()])].flatMap((key) => compare(own.get(key) ?? nothing, other.get(key) ?? nothing, callsOf(key.split(' ')[0]!)).map((problem) => `${key}: ${problem}`));
};

const keyOf = ({ session, model }: Use): string => `${session} ${model}`;
const nothing: Sum = { input: 0, output: 0, cache_creation: 0, cache_read: 0, costUsd: 0 };

const against = (sums: ReadonlyMap<string, Sum>, truths: Readonly<Record<string, Truth>>, what: string): string[] =>
  [...new Set([...sums.keys(), ...Object.keys(truths)])].flatMap((key) => {
    const truth = truths[key];
    return compare(sums.get(key) ?? nothing, truth ? { ...truth, costUsd: truth.cost_usd } : nothing, truth?.messages ?? 0).map((problem) => `${what} ${key}: ${problem}`);
  });

const compare = (sum: Sum, truth: Sum, calls: number): string[] => [
  ...kinds.filter((kind) => sum[kind] !== truth[kind]).map((kind) => `${kind} ${sum[kind]}, truth ${truth[kind]}`),
  ...(Math.abs(sum.costUsd - truth.costUsd) <= calls * 0.5e-6 + 1e-9 * Math.max(1, truth.costUsd) ? [] : [`cost ${sum.costUsd}, truth ${truth.costUsd}`]),
];

const sumBy = (uses: readonly Use[], key: (use: Use) => string): Map<string, Sum> => {
  const sums = new Map<string, Sum>();
  for (const use of uses) {
    const before = sums.get(key(use)) ?? nothing;
    sums.set(key(use), { input: before.input + use.input, output: before.output + use.output, cache_creation: before.cache_creation + use.cache_creation, cache_read: before.cache_read + use.cache_read, costUsd: before.costUsd + use.costUsd });
  }
  return sums;
};
