import { goals, reachedOf } from './goals.ts';
import type { Finding } from './goals.ts';

/** What one whole run found, as it is written down. */
export interface Report {
  readonly date: string;
  readonly commit: string;
  readonly machine: string;
  readonly ccusage: string;
  readonly data: { readonly files: number; readonly bytes: number };
  readonly findings: readonly Finding[];
}

/** The findings as a Markdown table, the form of docs/performance.md. */
export const table = (findings: readonly Finding[]): string => [
  '| # | What | Goal | Stretch | Measured | Reached |',
  '|---|---|---|---|---|---|',
  ...findings.map((finding) => {
    const { what, goal, stretch } = goals[finding.goal];
    return `| ${finding.goal} | ${what} | ${goal} | ${stretch} | ${measured(finding)} | ${words[reachedOf(finding)]} |`;
  }),
].join('\n');

const words = { no: 'no', goal: 'yes', stretch: 'yes, stretch' } as const;

const measured = ({ criteria }: Finding): string => criteria.map(({ what, value, unit }) => `${what} ${rounded(value)}${unit}`).join('; ');

/** Three digits: what is measured on a shared machine has no more. */
export const rounded = (value: number): string => (value >= 100 ? Math.round(value).toLocaleString('en') : String(Number(value.toPrecision(3))));
