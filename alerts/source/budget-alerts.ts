import type { Alert } from './alert.ts';
import { secondsOf } from './thresholds.ts';
import type { Duration, Period, Thresholds } from './thresholds.ts';
import { queryOf } from './who.ts';

type Unit = 'usd' | 'tokens';
const periodSeconds: Readonly<Record<Period, number>> = { day: 86_400, week: 604_800, month: 30 * 86_400 };
const words: Readonly<Record<Unit, string>> = { usd: 'USD', tokens: 'tokens' };
const dashboard = 'watchroom-usage{{ if eq $labels.scope "project" }}?var-project={{ $labels.name | urlquery }}{{ else if eq $labels.scope "tool" }}?var-tool={{ $labels.name | urlquery }}{{ else if eq $labels.scope "user" }}?var-user={{ $labels.name | urlquery }}{{ end }}';

/** Alerts of budgets, in money and in tokens. */
export const budgetAlerts = (thresholds: Thresholds): readonly Alert[] => (['usd', 'tokens'] as const).flatMap((unit) => [burning(unit, thresholds), exceeded(unit, thresholds)]);

const burning = (unit: Unit, { budget: { pace, windows, exceeded: all } }: Thresholds): Alert => ({
  name: 'BudgetBurningTooFast', area: 'budget', severity: 'warning', labels: { unit }, dashboard,
  expr: `(
${(['day', 'week', 'month'] as const).map((period) => tooFast({ unit, period, pace, ...windows[period] })).join('\n  or\n')}
) unless ai_budget_used_${unit} / ai_budget_${unit} >= ${all}`,
  summary: `{{ $value | humanizePercentage }} of the {{ $labels.period }}'s budget of ${whose} went within ${window(windows)}`,
  description: `That is more than ${pace} times the even pace, and it goes on; the budget is ${limitOf(unit)} ${words[unit]} a {{ $labels.period }}. The usage dashboard shows who and what: mostly one session with a huge context or in a loop.`,
});

const exceeded = (unit: Unit, { budget }: Thresholds): Alert => ({
  name: 'BudgetExceeded', area: 'budget', severity: 'critical', labels: { unit }, dashboard,
  expr: `ai_budget_used_${unit} / ai_budget_${unit} >= ${budget.exceeded}`,
  summary: `The {{ $labels.period }}'s budget of ${whose} is used up: {{ $value | humanizePercentage }} of ${limitOf(unit)} ${words[unit]}`,
  description: 'Nothing is stopped by this: decide whether the work goes on. The usage dashboard shows where it went; `watchroom budget` shows spent, left and forecast.',
});

const whose = '{{ if ne $labels.scope "all" }}{{ $labels.scope }} {{ end }}{{ $labels.name }}';
const limitOf = (unit: Unit): string => `{{ with ${queryOf(`ai_budget_${unit}`, ['scope', 'name', 'period'])} }}{{ . | first | value | humanize }}{{ end }}`;
const window = (windows: Thresholds['budget']['windows']): string => `{{ if eq $labels.period "day" }}${windows.day.long}{{ else if eq $labels.period "week" }}${windows.week.long}{{ else }}${windows.month.long}{{ end }}`;

/** Both windows are faster than `pace` times the even pace of the period. The value is the part of the budget used in the long one. */
const tooFast = ({ unit, period, pace, long, short }: { readonly unit: Unit; readonly period: Period; readonly pace: number; readonly long: Duration; readonly short: Duration }): string => {
  const tooMuch = (over: Duration): string => `(${usedWithin(unit, period, over)}) / ai_budget_${unit} >= ${round((pace * secondsOf(over)) / periodSeconds[period])}`;
  return `  (${tooMuch(long)} and ${tooMuch(short)})`;
};

/**
 * What was used within the last while. At the beginning of a period that is all of it: the gauge has fallen to 0 then, which is neither
 * a credit (delta) nor a reset of a counter (increase). What an exporter finds at its first scan is not use of the last while either:
 * a series that was not there before the window says nothing.
 */
const usedWithin = (unit: Unit, period: Period, over: Duration): string => {
  const used = `ai_budget_used_${unit}{period="${period}"}`;
  return `(${used} and time() - ai_budget_period_start_timestamp_seconds < ${secondsOf(over)}) or ${used} - ${used} offset ${over}`;
};

const round = (ratio: number): number => Number(ratio.toPrecision(3));
