import { inputSide } from '../session/usage.ts';
import type { TokenType, Usage } from '../session/usage.ts';
import type { Band, PricedTariff, Rates, Tariff } from './row.ts';

/** One request as far as its price is concerned. A `Call` of the session model is one. */
export interface Billable {
  readonly usage: Usage;
  readonly fast?: boolean;
  readonly webSearches?: number;
}

/** The rates chosen for one request, every kind filled in. */
export interface Bill {
  readonly rates: Required<Rates>;
  /** US dollars per web search; undefined when the provider's price is not known. */
  readonly webSearch: number | undefined;
  /** Why these rates: tier and band, one sentence each. */
  readonly because: readonly string[];
}

/** Chooses the rates of a request: fast tier, then the band of its whole input side (TRAPS 8). */
export const billOf = (call: Billable, tariff: PricedTariff, about: { readonly anthropic: boolean; readonly webSearch: number | undefined }): Bill => {
  const because: string[] = [];
  const asked: Tariff = call.fast && tariff.fast ? tariff.fast : tariff;
  if (call.fast) because.push(tariff.fast ? 'fast tier' : 'fast tier, whose price is not known: the standard price is a lower bound');

  const size = inputSide(call.usage);
  const band = bandOf(asked, size) ?? bandOf(tariff, size);
  if (band) because.push(`input side of ${size} tokens ${band.inclusive ? '≥' : '>'} ${band.over}: the whole request at the long-context price`);

  return { rates: fillIn(band ?? asked, band ? tariff : asked, about.anthropic), webSearch: about.webSearch, because };
};

/** Integer micro-dollars of a request: the exact sum, rounded once. One USD per million tokens is one micro-dollar per token. */
export const microUsdOf = (call: Billable, { rates, webSearch }: Bill): number => {
  let picoUsd = (call.webSearches ?? 0) * Math.round((webSearch ?? 0) * 1e12);
  for (const [kind, rate] of kinds) picoUsd += (call.usage[kind] ?? 0) * pico(rates[rate]);
  return Math.round(picoUsd / 1e6);
};

/** The same sum in words: one line per kind of token that was used. */
export const linesOf = (call: Billable, { rates, webSearch, because }: Bill): string[] => [
  ...because,
  ...kinds.filter(([kind]) => call.usage[kind]).map(([kind, rate]) => `${kind} ${call.usage[kind]} × ${rates[rate]} USD/M`),
  ...(call.webSearches ? [webSearch === undefined ? `${call.webSearches} web searches, whose price is not known: left out` : `web searches ${call.webSearches} × ${webSearch} USD`] : []),
];

const kinds = [['input', 'input'], ['output', 'output'], ['cache_read', 'cacheRead'], ['cache_creation_5m', 'cacheWrite5m'], ['cache_creation_1h', 'cacheWrite1h']] as const satisfies readonly (readonly [TokenType, keyof Rates])[];

/** Whole pico-dollars per token, so that sums stay integers: 0.0028 USD/M is 2800. */
const pico = (usdPerMillion: number): number => Math.round(usdPerMillion * 1e6);

const bandOf = (tariff: Tariff, size: number): Band | undefined =>
  tariff.above?.findLast(({ over, inclusive }) => size > over || (inclusive === true && size === over));

/**
 * Fills in what the table does not say. Anthropic prints its cache prices as multiples of the input price: reads ×0.1,
 * writes ×1.25 (5 minutes) and ×2 (1 hour) (FORMATS 1.7). Elsewhere no discount is assumed: the input price.
 * A band without cache prices keeps the ratio of the base price.
 */
const fillIn = (rates: Rates, base: Rates, anthropic: boolean): Required<Rates> => {
  const { input, output } = rates;
  const asBase = (price: number | undefined): number | undefined => (price === undefined || base.input === 0 ? undefined : exact((price * input) / base.input));
  const cacheWrite5m = rates.cacheWrite5m ?? asBase(base.cacheWrite5m) ?? exact(anthropic ? input * 1.25 : input);
  return {
    input,
    output,
    cacheRead: rates.cacheRead ?? asBase(base.cacheRead) ?? exact(anthropic ? input * 0.1 : input),
    cacheWrite5m,
    cacheWrite1h: rates.cacheWrite1h ?? asBase(base.cacheWrite1h) ?? (anthropic ? exact(input * 2) : cacheWrite5m),
  };
};

/** 3 × 0.1 is 0.30000000000000004 to a computer. */
const exact = (usdPerMillion: number): number => Math.round(usdPerMillion * 1e6) / 1e6;
