import type { EpochMs } from '../session/part.ts';
import type { Tool } from '../session/tool.ts';
import { billOf, linesOf, microUsdOf } from './bill.ts';
import type { Bill, Billable } from './bill.ts';
import { nameForms, spell } from './model-name.ts';
import type { NameForm } from './model-name.ts';
import type { PricedTariff, PriceOverride, PriceRow, PriceTable } from './row.ts';
import { windowIn } from './window.ts';
import type { ContextWindow } from './window.ts';

/** A request with what its price depends on. A `Call` of the session model is one. */
export interface PricedCall extends Billable {
  readonly model: string | undefined;
  readonly at: EpochMs;
}

export interface Price {
  /** The row's name in the table or the configuration. */
  readonly model: string;
  readonly row: PriceRow;
  /** The prices that held at the asked time. */
  readonly tariff: PricedTariff;
  /** How the row was found and where it comes from, in a sentence for `explain`. */
  readonly rule: string;
  /** The model's name says "fast". */
  readonly fast?: boolean;
}

export interface Cost {
  /** Whole micro-dollars: API-equivalent, not a bill (TRAPS 27). */
  readonly microUsd: number;
  /** Which row, tier, band and prices, one sentence each. */
  readonly rule: readonly string[];
}

export interface Prices {
  /** The row for a model as a tool names it; undefined: no price is known. @default at the newest price */
  readonly priceOf: (model: string, at?: EpochMs) => Price | undefined;
  /** What a request costs and why; undefined: unpriced, which is never 0 USD (TRAPS 26). */
  readonly costOf: (call: PricedCall) => Cost | undefined;
  /** The number of `costOf` without the words: for booking many calls. */
  readonly microUsdOf: (call: PricedCall) => number | undefined;
  /** The context window a tool gives a model; fields that are not known are absent (see window.ts). */
  readonly windowOf: (tool: Tool, model: string | undefined, usedSoFar?: number) => ContextWindow;
}

/** Prices from a table and the user's own, which win. Pure: no clock, no files. */
export const createPrices = (table: PriceTable, overrides: readonly PriceOverride[] = []): Prices => {
  const rows = indexOf(Object.entries(table.models));
  const own = indexOf(overrides.map((override) => [override.model, ownRow(override, lookUp(override.model, [rows])?.row)]));
  const find = remember((model: string) => lookUp(model, [own, rows]));

  const billFor = (call: PricedCall): { readonly found: Found; readonly tariff: PricedTariff; readonly bill: Bill } | undefined => {
    const found = call.model === undefined ? undefined : find(call.model);
    if (!found) return undefined;
    const tariff = tariffAt(found.row, call.at);
    return { found, tariff, bill: billOf(found.fast ? { ...call, fast: true } : call, tariff, found.anthropic) };
  };

  return {
    priceOf: (model, at) => {
      const found = find(model);
      return found && { model: found.model, row: found.row, tariff: tariffAt(found.row, at), rule: found.rule, ...(found.fast ? { fast: true } : {}) };
    },
    microUsdOf: (call) => {
      const billed = billFor(call);
      return billed && microUsdOf(call, billed.bill, billed.found.row);
    },
    costOf: (call) => {
      const billed = billFor(call);
      if (!billed) return undefined;
      const { found, tariff, bill } = billed;
      return { microUsd: microUsdOf(call, bill, found.row), rule: [found.rule, ...linesOf(call, bill, tariff, found.row)] };
    },
    windowOf: (tool, model, usedSoFar) => windowIn({ rowOf: (name) => find(name)?.row, copilotWindows: table.copilotWindows }, tool, model, usedSoFar),
  };
};

interface Entry {
  readonly model: string;
  readonly row: PriceRow;
  readonly anthropic: boolean;
}
interface Found extends Entry {
  readonly rule: string;
  readonly fast?: boolean;
}
type Index = ReadonlyMap<string, Entry>;

const indexOf = (rows: readonly (readonly [model: string, row: PriceRow])[]): Index =>
  new Map(rows.map(([model, row]) => [spell(model), { model, row, anthropic: /(^|\/)claude-/.test(spell(model)) }]));

/** The same model in any index comes before a variant of it, and the user's own prices before the table's. */
const lookUp = (model: string, indexes: readonly Index[]): Found | undefined => {
  const { same, variants } = nameForms(model);
  for (const forms of [same, variants])
    for (const index of indexes)
      for (const form of forms) {
        const entry = index.get(form.name);
        if (entry && (!form.fast || entry.row.fast)) return { ...entry, rule: ruleOf(model, form, entry), ...(form.fast ? { fast: true } : {}) };
      }
  return undefined;
};

const ruleOf = (asked: string, { steps }: NameForm, { model, row }: Entry): string =>
  `${asked}: row ${model}${steps.length === 0 ? '' : ` (${steps.join(', ')})`}, source: ${row.source}${row.date === '' ? '' : `, ${row.date}`}`;

const ownRow = ({ model: _, ...override }: PriceOverride, before: PriceRow | undefined): PriceRow => ({
  ...(before?.contextWindow === undefined ? {} : { contextWindow: before.contextWindow }),
  ...(before?.maxOutput === undefined ? {} : { maxOutput: before.maxOutput }),
  ...(before?.webSearch === undefined ? {} : { webSearch: before.webSearch }),
  ...override,
  source: 'the configuration',
  date: '',
});

/** Prices at a time: TRAPS 26. */
const tariffAt = (row: PriceRow, at: EpochMs | undefined): PricedTariff =>
  (at === undefined ? undefined : row.earlier?.find(({ until }) => at < Date.parse(until))) ?? row;

/** Model names come from files, so the memory is bounded. */
const remember = <Value>(compute: (key: string) => Value, limit = 1000): ((key: string) => Value) => {
  const known = new Map<string, Value>();
  return (key) => {
    if (known.has(key)) return known.get(key)!;
    if (known.size >= limit) known.clear();
    const value = compute(key);
    known.set(key, value);
    return value;
  };
};
