/** The five disjoint kinds of billed tokens (METRICS.md): their sum is what was billed. */
export const tokenTypes = ['input', 'output', 'cache_read', 'cache_creation_5m', 'cache_creation_1h'] as const;
export type TokenType = (typeof tokenTypes)[number];

/**
 * Tokens by kind. A kind the tool does not report is absent, never 0.
 * `reasoning` is a subset of `output`; never add it to the others.
 */
export type Usage = { readonly [Kind in TokenType | 'reasoning']?: number };

const kinds = [...tokenTypes, 'reasoning'] as const;

/** Adds kind by kind; a kind unknown on both sides stays unknown. */
export const addUsage = (left: Usage, right: Usage): Usage => {
  const sum: { -readonly [Kind in keyof Usage]: number } = {};
  for (const kind of kinds) {
    const a = left[kind];
    const b = right[kind];
    if (a !== undefined || b !== undefined) sum[kind] = (a ?? 0) + (b ?? 0);
  }
  return sum;
};

/** All billed tokens together. */
export const totalTokens = (usage: Usage): number => inputSide(usage) + (usage.output ?? 0);

/** What the request sent: fresh input, cache reads and cache writes. Long-context price bands go by it. */
export const inputSide = (usage: Usage): number => (usage.input ?? 0) + (usage.cache_read ?? 0) + (usage.cache_creation_5m ?? 0) + (usage.cache_creation_1h ?? 0);
