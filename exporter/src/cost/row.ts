/** US dollars per million tokens, the unit in which providers print their prices. Exact to six decimals. */
export interface Rates {
  readonly input: number;
  readonly output: number;
  readonly cacheRead?: number;
  readonly cacheWrite5m?: number;
  readonly cacheWrite1h?: number;
}

/** The rates of a whole request whose input side is larger than `over` tokens (TRAPS 8). */
export interface Band extends Rates {
  readonly over: number;
  /** The band begins at exactly `over` tokens (xAI), not one above. */
  readonly inclusive?: boolean;
}

/** Rates with their long-context bands, smallest first. */
export interface Tariff extends Rates {
  readonly above?: readonly Band[];
}

export interface PricedTariff extends Tariff {
  /** The provider's fast tier: Claude `speed: "fast"`, OpenAI's priority tier. */
  readonly fast?: Tariff;
}

/** What the model cost before its price changed. */
export interface EarlierTariff extends PricedTariff {
  /** First day (UTC, YYYY-MM-DD) on which this price no longer held. */
  readonly until: string;
}

/** One model of the price table. */
export interface PriceRow extends PricedTariff {
  /** Tokens that fit into the context window: the provider's max_input_tokens. */
  readonly contextWindow?: number;
  readonly maxOutput?: number;
  /** US dollars per web search. */
  readonly webSearch?: number;
  /** Oldest first. */
  readonly earlier?: readonly EarlierTariff[];
  /** Where the row comes from, and the day of that source. */
  readonly source: string;
  readonly date: string;
  /** Kept by hand: `npm run prices` reports a difference instead of replacing it. */
  readonly pinned?: boolean;
  /** Where sources differ, and what is assumed. */
  readonly note?: string;
}

/** A user's own price of a model, from the configuration; it replaces the table's price whole, earlier prices included. */
export interface PriceOverride extends PricedTariff {
  readonly model: string;
  readonly contextWindow?: number;
  readonly maxOutput?: number;
  readonly webSearch?: number;
}

/** exporter/prices/models.json. */
export interface PriceTable {
  readonly about: string;
  readonly models: Readonly<Record<string, PriceRow>>;
  /** Windows that GitHub Copilot gives its models: smaller than the providers' own. */
  readonly copilotWindows: Readonly<Record<string, number>>;
}
