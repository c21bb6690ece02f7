import { expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { metricsDocs } from '../../src/metrics/docs.ts';

it('docs/metrics.md is what the catalogue says (node scripts/metrics-docs.ts writes it)', () => {
  expect(readFileSync(new URL('../../../docs/metrics.md', import.meta.url), 'utf8')).toBe(metricsDocs());
});
