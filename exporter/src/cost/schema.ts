import { z } from 'zod';
import type { PriceTable } from './row.ts';

const usd = z.number().finite().nonnegative();
const tokens = z.number().int().positive();
const rates = { input: usd, output: usd, cacheRead: usd.exactOptional(), cacheWrite5m: usd.exactOptional(), cacheWrite1h: usd.exactOptional() };
const tariff = { ...rates, above: z.array(z.strictObject({ ...rates, over: tokens, inclusive: z.boolean().exactOptional() })).exactOptional() };
const day = z.string().regex(/^\d{4}-\d\d-\d\d$/, 'a day as YYYY-MM-DD');
const pricedTariff = { ...tariff, fast: z.strictObject(tariff).exactOptional() };

/** The shape of exporter/prices/models.json; the tests and `npm run prices` hold the file against it. */
export const priceTableSchema: z.ZodType<PriceTable> = z.strictObject({
  about: z.string(),
  models: z.record(z.string(), z.strictObject({
    ...pricedTariff,
    contextWindow: tokens.exactOptional(),
    maxOutput: tokens.exactOptional(),
    webSearch: usd.exactOptional(),
    earlier: z.array(z.strictObject({ until: day, ...pricedTariff })).exactOptional(),
    source: z.string().min(1),
    date: day,
    pinned: z.literal(true).exactOptional(),
    note: z.string().exactOptional(),
  })),
  copilotWindows: z.record(z.string(), tokens),
});
