import type { PriceRow, PriceTable } from '../../src/cost/row.ts';

/** A price row for tests: 3 USD in, 15 USD out. */
export const aRow = (facts: Partial<PriceRow> = {}): PriceRow => ({ input: 3, output: 15, source: 'test', date: '2026-01-01', ...facts });

export const aTable = (models: Record<string, PriceRow>, copilotWindows: Record<string, number> = {}): PriceTable => ({ about: 'for a test', models, copilotWindows });
