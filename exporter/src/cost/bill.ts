import { inputSide } from '../session/usage.ts';
import type { TokenType, Usage } from '../session/usage.ts';
import type { Band, EarlierTariff, PricedTariff, PriceRow, Rates, Tariff } from './row.ts';

/** One request as far as its price is concerned. A `Call` of the session model is one. */
export interface Billable {
  readonly usage: Usage;
  readonly fast?: boolean;
  readonly webSearches?: number;
}

/** What a request is billed with. */
export interface Bill {
  /** Price of every kind, the ones the table leaves out filled in. */
  readonly rates: Required<Rates>;
  readonly fast: 'fast' | 'fast price unknown' | undefined;
  /** The long-context band that its size fell into. */
  readonly band: Band | undefined;
}

/**
 * Chooses the prices of a request: the fast tier, then the band of its whole input side (TRAPS 8).
 * Where a fast tier has no band of its own the standard band holds.
 */
export const billOf = (call: Billable, tariff: PricedTariff, anthropic: boolean): Bill => {
  const asked: Tariff = (call.fast && tariff.fast) || tariff;
  const size = inputSide(call.usage);
  const band = bandOf(asked, size);
  const standardBand = band ? undefined : bandOf(tariff, size);
  return {
    rates: standardBand ? fillIn(standardBand, tariff, anthropic) : fillIn(band ?? asked, asked, anthropic),
    fast: !call.fast ? undefined : tariff.fast ? 'fast' : 'fast price unknown',
    band: band ?? standardBand,
  };
};

/** Integer micro-dollars of a request: the exact sum, rounded once (TRAPS 26). */
export const microUsdOf = (call: Billable, { rates }: Bill, row: PriceRow): number => {
  let picoUsd = call.webSearches && row.webSearch ? call.webSearches * Math.round(row.webSearch * 1e12) : 0;
  for (const [kind, rate] of kinds) picoUsd += (call.usage[kind] ?? 0) * pico(rates[rate]);
  return Math.round(picoUsd / 1e6);
};

/** The same sum in words: what chose the prices, and one line per kind of token that was used. */
export const linesOf = (call: Billable, { rates, fast, band }: Bill, tariff: PricedTariff | EarlierTariff, row: PriceRow): string[] => [
  ...('until' in tariff ? [`the price before ${tariff.until}`] : []),
  ...(fast === 'fast' ? ['fast tier'] : fast ? ['fast tier, whose price is not known: at the standard price, a lower bound'] : []),
  ...(band ? [`input side of ${inputSide(call.usage)} tokens ${band.inclusive ? '≥' : '>'} ${band.over}: the whole request at the long-context price`] : []),
  ...kinds.filter(([kind]) => call.usage[kind]).map(([kind, rate]) => `${kind} ${call.usage[kind]} × ${rates[rate]} USD/M`),
  ...(!call.webSearches ? [] : row.webSearch === undefined ? [`${call.webSearches} web searches, whose price is not known: left out`] : [`web searches ${call.webSearches} × ${row.webSearch} USD`]),
];

const kinds = [['input', 'input'], ['output', 'output'], ['cache_read', 'cacheRead'], ['cache_creation_5m', 'cacheWrite5m'], ['cache_creation_1h', 'cacheWrite1h']] as const satisfies readonly (readonly [TokenType, keyof Rates])[];

/** USD per million tokens → whole pico-dollars per token, so that sums stay integers: 0.0028 is 2800. */
const pico = (usdPerMillion: number): number => Math.round(usdPerMillion * 1e6);

const bandOf = (tariff: Tariff, size: number): Band | undefined =>
  tariff.above?.findLast(({ over, inclusive }) => size > over || (inclusive === true && size === over));

/**
 * Fills in what the table does not say. Anthropic states its cache prices as multiples of the input price: reads ×0.1,
 * writes ×1.25 (5 minutes) and ×2 (1 hour) (FORMATS 1.7, TRAPS 6). Elsewhere no discount is assumed: the input price.
 * A band without cache prices keeps the ratios of the price below it.
 */
const fillIn = (rates: Rates, below: Rates, anthropic: boolean): Required<Rates> => {
  const known = filled.get(rates);
  if (known) return known;
  const { input, output } = rates;
  const inRatio = (price: number | undefined): number | undefined => (price === undefined || below.input === 0 ? undefined : exact((price * input) / below.input));
  const cacheWrite5m = rates.cacheWrite5m ?? inRatio(below.cacheWrite5m) ?? exact(anthropic ? input * 1.25 : input);
  const whole = {
    input,
    output,
    cacheRead: rates.cacheRead ?? inRatio(below.cacheRead) ?? exact(anthropic ? input * 0.1 : input),
    cacheWrite5m,
    cacheWrite1h: rates.cacheWrite1h ?? inRatio(below.cacheWrite1h) ?? (anthropic ? exact(input * 2) : cacheWrite5m),
  };
  filled.set(rates, whole);
  return whole;
};

/** Rates never change, and there are a few hundred of them for millions of calls. */
const filled = new WeakMap<Rates, Required<Rates>>();

/** 3 × 0.1 is 0.30000000000000004 to a computer. */
const exact = (usdPerMillion: number): number => Math.round(usdPerMillion * 1e6) / 1e6;
