import { count, object } from '../fields.ts';
import type { Usage } from '../../session/usage.ts';

/** Use of one model as Copilot counts it: input holds cache reads and writes, output holds reasoning. */
export interface Metrics {
  readonly requests: number;
  readonly input: number;
  readonly output: number;
  readonly cacheRead: number;
  readonly cacheWrite: number;
  readonly reasoning: number;
}
const fields = ['requests', 'input', 'output', 'cacheRead', 'cacheWrite', 'reasoning'] as const;

export const noMetrics: Metrics = { requests: 0, input: 0, output: 0, cacheRead: 0, cacheWrite: 0, reasoning: 0 };

/** `modelMetrics` of a session.shutdown, by model. Models with impossible numbers are left out. */
export const metricsByModel = (value: unknown): ReadonlyMap<string, Metrics> => {
  const models = new Map<string, Metrics>();
  for (const [model, entry] of Object.entries(object(value) ?? {})) {
    const usage = object(object(entry)?.usage);
    if (!usage) continue;
    const numbers = [object(object(entry)?.requests)?.count, usage.inputTokens, usage.outputTokens, usage.cacheReadTokens, usage.cacheWriteTokens, usage.reasoningTokens].map((number) => count(number ?? 0));
    if (numbers.some((number) => number === undefined)) continue;
    models.set(model, Object.fromEntries(fields.map((field, index) => [field, numbers[index]])) as unknown as Metrics);
  }
  return models;
};

/** Field by field, never below 0. */
export const minus = (all: Metrics, part: Metrics): Metrics => each((field) => Math.max(0, all[field] - part[field]));

export const plus = (left: Metrics, right: Metrics): Metrics => each((field) => left[field] + right[field]);

/** Whether some number is lower: a counter that started again. */
export const isLower = (now: Metrics, before: Metrics): boolean => fields.some((field) => now[field] < before[field]);

export const isNothing = (metrics: Metrics): boolean => fields.every((field) => metrics[field] === 0);

/** In disjoint kinds. */
export const usageOf = ({ input, output, cacheRead, cacheWrite, reasoning }: Metrics): Usage => {
  const read = Math.min(cacheRead, input);
  const written = Math.min(cacheWrite, input - read);
  return { input: input - read - written, output, cache_read: read, cache_creation_5m: written, reasoning };
};

/** Cuts use into that many parts as equal as whole numbers can be; they add up to the whole. */
export const share = (metrics: Metrics, parts: number): readonly { readonly usage: Usage; readonly requests: number }[] => {
  const piece = (whole: number, index: number): number => Math.floor((whole * (index + 1)) / parts) - Math.floor((whole * index) / parts);
  const usage = Object.entries(usageOf(metrics));
  return Array.from({ length: parts }, (_, index) => ({ usage: Object.fromEntries(usage.map(([kind, tokens]) => [kind, piece(tokens, index)])), requests: piece(metrics.requests, index) }));
};

const each = (value: (field: (typeof fields)[number]) => number): Metrics => Object.fromEntries(fields.map((field) => [field, value(field)])) as unknown as Metrics;
