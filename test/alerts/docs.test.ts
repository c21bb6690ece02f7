import { expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { rules } from './the-alerts.ts';

it('docs/alerts.md lists every alert with its severity, and no other', () => {
  const page = readFileSync(new URL('../../docs/alerts.md', import.meta.url), 'utf8');
  const table = /<!-- alerts: .*-->\n([^]*?)<!-- \/alerts -->/.exec(page)![1]!;
  const listed = [...table.matchAll(/^\| ([A-Z]\w+[a-z][A-Z]\w+) \|.*\| (\w+) \|$/gm)].map(([, alert, severity]) => `${alert} ${severity}`);
  expect(listed.sort()).toEqual([...new Set(rules.map(({ alert, labels }) => `${alert} ${labels.severity}`))].sort());
});
