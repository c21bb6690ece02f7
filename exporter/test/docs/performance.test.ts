import { expect, it } from '@jest/globals';
import { commandGoals, exporterGoals, hubGoals, roomGoals } from '../../../bench/goals.ts';
import { table } from '../../../bench/report.ts';
import type { Report } from '../../../bench/report.ts';
import { textOf } from './repository.ts';

it.each([['latest', exporterGoals], ['hub', hubGoals], ['rooms', roomGoals], ['commands', commandGoals]] as const)('docs/performance.md shows the last run (%s): every goal, its date, reached or not', (name, goals) => {
  const report = JSON.parse(textOf(`bench/results/${name}.json`)) as Report;
  const page = textOf('docs/performance.md');
  expect(report.findings.map(({ goal }) => goal)).toEqual(goals);
  expect(page).toContain(table(report.findings));
  expect(page).toContain(`**${report.date}**`);
});
