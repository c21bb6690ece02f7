import { z } from 'zod';
import type { PriceOverride, Rates, Tariff } from '../cost/row.ts';
import { defaultHealth } from '../health/settings.ts';
import type { Curve } from '../health/settings.ts';
import { healthFactors } from '../session/health-type.ts';
import type { HealthFactor } from '../session/health-type.ts';
import { tools } from '../session/tool.ts';
import { choice, text } from './kinds.ts';

/** The settings that are maps or lists. Messages continue "<setting> must be …". */

/** load.ts suggests one of the names for one that is unknown. */
export const mapOf = (names: readonly string[]): string => `a map of ${names.join(', ')}`;
const amount = () => z.number({ error: 'a number from 0' }).min(0, { error: 'a number from 0' });
const ratio = () => z.number({ error: 'a number from 0 to 1' }).min(0, { error: 'a number from 0 to 1' }).max(1, { error: 'a number from 0 to 1' });
const byFactor = <Schema extends z.ZodType>(of: (factor: HealthFactor) => Schema) =>
  Object.fromEntries(healthFactors.map((factor) => [factor, of(factor)])) as { [Factor in HealthFactor]: Schema };

/** What is not named keeps its default. */
export const weightsSchema = z
  .strictObject(byFactor((factor) => amount().default(defaultHealth.weights[factor])), { error: mapOf(healthFactors) })
  .refine((weights) => Object.values(weights).some((weight) => weight > 0), { error: 'a map with at least one weight above 0' });

const curve = z
  .array(z.tuple([amount(), ratio()], { error: 'a point [measure, factor]' }), { error: 'a list of points [measure, factor]' })
  .min(1, { error: 'a list of at least one point [measure, factor]' })
  .refine((points) => points.every(([measure], index) => index === 0 || measure > points[index - 1]![0]), { error: 'a list of points with rising measures' })
  .transform((points): Curve => points);

export const curvesSchema = z.strictObject(byFactor((factor) => curve.default(defaultHealth.curves[factor])), { error: mapOf(healthFactors) });

const score = () => z.number({ error: 'a score from 0 to 100' }).min(0, { error: 'a score from 0 to 100' }).max(100, { error: 'a score from 0 to 100' });
export const thresholdsSchema = z
  .strictObject({ healthy: score().default(defaultHealth.thresholds.healthy), warning: score().default(defaultHealth.thresholds.warning) }, { error: mapOf(['healthy', 'warning']) })
  .refine(({ healthy, warning }) => warning <= healthy, { error: 'a map whose warning is not above its healthy' });

const rates = {
  input: amount(),
  output: amount(),
  cache_read: amount().optional(),
  cache_creation_5m: amount().optional(),
  cache_creation_1h: amount().optional(),
};
const tokens = () => z.int({ error: 'a whole number of tokens' }).positive({ error: 'a whole number of tokens' });
const band = z.strictObject({ ...rates, over: tokens() }, { error: mapOf(['over', ...Object.keys(rates)]) });
const tariff = { ...rates, above: z.array(band, { error: 'a list of price bands' }).optional() };
const price = {
  ...tariff,
  fast: z.strictObject(tariff, { error: mapOf(Object.keys(tariff)) }).optional(),
  context_window: tokens().optional(),
  max_output: tokens().optional(),
  web_search: amount().optional(),
};
/** By model, US dollars per million tokens; the kinds are called as in the metrics. */
export const pricesSchema = z
  .record(text(), z.strictObject(price, { error: mapOf(Object.keys(price)) }), { error: 'a map of model: {input: …, output: …}' })
  .transform((models): readonly PriceOverride[] => Object.entries(models).map(([model, row]) => overrideOf(model, row)));

/** The names of the file → those of the price table. */
const overrideOf = (model: string, { fast, context_window, max_output, web_search, ...row }: z.output<z.ZodObject<typeof price>>): PriceOverride => ({
  model,
  ...tariffOf(row),
  ...(fast && { fast: tariffOf(fast) }),
  ...(context_window === undefined ? {} : { contextWindow: context_window }),
  ...(max_output === undefined ? {} : { maxOutput: max_output }),
  ...(web_search === undefined ? {} : { webSearch: web_search }),
});

const tariffOf = ({ above, ...row }: z.output<z.ZodObject<typeof tariff>>): Tariff => ({
  ...ratesOf(row),
  ...(above && { above: above.map(({ over, ...prices }) => ({ over, ...ratesOf(prices) })).sort((a, b) => a.over - b.over) }),
});

const ratesOf = ({ input, output, cache_read, cache_creation_5m, cache_creation_1h }: z.output<z.ZodObject<typeof rates>>): Rates => ({
  input,
  output,
  ...(cache_read === undefined ? {} : { cacheRead: cache_read }),
  ...(cache_creation_5m === undefined ? {} : { cacheWrite5m: cache_creation_5m }),
  ...(cache_creation_1h === undefined ? {} : { cacheWrite1h: cache_creation_1h }),
});

const limits = { period: choice(['day', 'week', 'month']), usd: amount().optional(), tokens: tokens().optional() };
const shape = { error: mapOf(['scope', 'name', ...Object.keys(limits)]) };
const scopes = ['user', 'project', 'tool', 'all'] as const;
const budget = z
  .discriminatedUnion('scope', [
    z.strictObject({ scope: z.enum(['user', 'project']), name: text(), ...limits }, shape),
    z.strictObject({ scope: z.literal('tool'), name: choice(tools), ...limits }, shape),
    z.strictObject({ scope: z.literal('all'), name: text().default('everything'), ...limits }, shape),
  ], { error: `one of ${scopes.join(', ')}` })
  .refine(({ usd, tokens }) => usd !== undefined || tokens !== undefined, { error: 'a budget with usd, tokens or both' });
export const budgetsSchema = z
  .array(budget, { error: 'a list of budgets' })
  .refine((budgets) => new Set(budgets.map(({ scope, name, period }) => [scope, name, period].join('\n'))).size === budgets.length, { error: 'a list with each scope, name and period once (usd and tokens may stand in one)' })
  .readonly();
export type Budget = z.output<typeof budget>;
