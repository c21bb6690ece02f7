import { expect, it } from '@jest/globals';
import { goals } from '../../../bench/goals.ts';
import { table } from '../../../bench/report.ts';
import type { Report } from '../../../bench/report.ts';
import { textOf } from './repository.ts';

const report = JSON.parse(textOf('bench/results/latest.json')) as Report;

it('docs/performance.md shows the last whole run: every goal, its date, reached or not', () => {
  const page = textOf('docs/performance.md');
  expect(report.findings.map(({ goal }) => goal)).toEqual(Object.keys(goals));
  expect(page).toContain(table(report.findings));
  expect(page).toContain(`**${report.date}**`);
});
