import { spell } from '../../exporter/src/cost/model-name.ts';
import type { PriceRow, PriceTable } from '../../exporter/src/cost/row.ts';
import { copilotWindowsOf, rowsOf } from './litellm.ts';
import type { LiteLlm } from './litellm.ts';

/**
 * The table with a LiteLLM file of `date` (YYYY-MM-DD) worked in, and what changed, one sentence each.
 * Rule: the file replaces a row unless the row is pinned (kept by hand) or newer than the file. What the file
 * disagrees with is then reported, not changed. Models that the file lacks, earlier prices and notes stay.
 */
export const updateTable = (table: PriceTable, file: LiteLlm, date: string): { readonly table: PriceTable; readonly changes: readonly string[] } => {
  const models: Record<string, PriceRow> = { ...table.models };
  const names = new Map(Object.keys(models).map((name) => [spell(name), name]));
  const changes: string[] = [];
  for (const [name, fresh] of Object.entries(rowsOf(file, date))) {
    const known = names.get(spell(name));
    const before = known === undefined ? undefined : models[known];
    if (known === undefined || before === undefined) {
      models[name] = fresh;
      changes.push(`new      ${name}: ${words(fresh)}`);
      continue;
    }
    const difference = differenceOf(before, fresh);
    const kept = before.pinned ? 'pinned' : before.date > date ? `newer: ${before.date}` : undefined;
    if (difference !== '') changes.push(kept === undefined ? `changed  ${known}: ${difference}` : `kept     ${known} (${kept}), the file says ${difference}`);
    if (kept === undefined) models[known] = { ...fresh, ...(before.earlier ? { earlier: before.earlier } : {}), ...(before.note === undefined ? {} : { note: before.note }) };
  }
  return { table: { about, models: sorted(models), copilotWindows: sorted({ ...table.copilotWindows, ...copilotWindowsOf(file) }) }, changes: changes.sort() };
};

/** The table as text: one line per model, so that a change of price is one line of a diff. */
export const formatTable = ({ about, models, copilotWindows }: PriceTable): string =>
  `{\n"about": ${JSON.stringify(about)},\n"models": ${lines(models)},\n"copilotWindows": ${lines(copilotWindows)}\n}\n`;

const about = 'USD per million tokens, one model per line. How it is made and read: docs/prices.md. Update: npm run prices -- FILE';

const fields = ['input', 'output', 'cacheRead', 'cacheWrite5m', 'cacheWrite1h', 'above', 'fast', 'contextWindow', 'maxOutput', 'webSearch'] as const satisfies readonly (keyof PriceRow)[];

const differenceOf = (before: PriceRow, after: PriceRow): string =>
  fields.filter((field) => after[field] !== undefined && text(before[field]) !== text(after[field])).map((field) => `${field} ${text(before[field])} → ${text(after[field])}`).join(', ');

const words = ({ input, output, cacheRead }: PriceRow): string => `input ${input}, output ${output}, cache read ${text(cacheRead)}`;
const text = (value: unknown): string => (value === undefined ? 'unknown' : JSON.stringify(value));

const lines = (entries: Readonly<Record<string, unknown>>): string =>
  `{\n${Object.entries(entries).map(([name, value]) => `  ${JSON.stringify(name)}: ${JSON.stringify(value)}`).join(',\n')}\n}`;

const sorted = <Value>(entries: Readonly<Record<string, Value>>): Record<string, Value> =>
  Object.fromEntries(Object.entries(entries).sort(([a], [b]) => (a < b ? -1 : 1)));
