// Works a LiteLLM price file into exporter/prices/models.json: npm run prices -- FILE [--date YYYY-MM-DD]
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { priceTableSchema } from '../exporter/src/cost/schema.ts';
import { loadPriceTable, priceTableFile } from '../exporter/src/cost/table.ts';
import type { LiteLlm } from './prices/litellm.ts';
import { formatTable, updateTable } from './prices/update.ts';

const { values, positionals } = parseArgs({ allowPositionals: true, options: { date: { type: 'string' }, table: { type: 'string' } } });
const [file] = positionals;
if (file === undefined || positionals.length > 1) fail('which file? Try: npm run prices -- model_prices_and_context_window.json --date 2026-04-21');
const date = values.date ?? statSync(file).mtime.toISOString().slice(0, 10);
if (!/^\d{4}-\d\d-\d\d$/.test(date)) fail(`--date must be a day as YYYY-MM-DD, got "${date}"`);

const target = values.table ?? priceTableFile;
const { table, changes } = updateTable(loadPriceTable(target), JSON.parse(readFileSync(file, 'utf8')) as LiteLlm, date);
priceTableSchema.parse(table); // throws; its copy has the fields in another order
writeFileSync(target, formatTable(table));
for (const change of changes) console.log(change);
console.log(`${Object.keys(table.models).length} models, ${changes.length} differences to ${file} of ${date}`);

function fail(message: string): never {
  console.error(message);
  process.exit(1);
}
