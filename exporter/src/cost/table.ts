import { readFileSync } from 'node:fs';
import type { PriceTable } from './row.ts';

/** The committed price table; lies at the same relative place beside src/ and dist/. */
export const priceTableFile = new URL('../../prices/models.json', import.meta.url);

/** Reads the price table that ships with the program (its shape is checked by the tests, not at every start). */
export const loadPriceTable = (file: URL | string = priceTableFile): PriceTable => {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as PriceTable;
  } catch (cause) {
    throw new Error(`cannot read the price table ${String(file)}. Reinstall Watchroom, or rebuild it by: npm run prices -- FILE`, { cause });
  }
};
