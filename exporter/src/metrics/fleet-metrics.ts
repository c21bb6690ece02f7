import { sessionStates } from '../session/session.ts';
import type { BudgetStatus, Snapshot } from '../session/snapshot.ts';
import { known, unixSeconds } from './metric.ts';
import type { FleetHistogramMetric, FleetMetric, Reading } from './metric.ts';

type Fields = Pick<FleetMetric, 'labels' | 'help' | 'cardinality'> & Partial<Pick<FleetMetric, 'unit'>>;

/** A counter of the ledger: never lower than before, over restarts and deleted transcripts. */
const counter = (name: string, row: Fields): FleetMetric => ({ scope: 'fleet', type: 'counter', unit: '', read: 'ledger', name, ...row });
const gauge = (name: string, row: Fields & { read: Exclude<FleetMetric['read'], 'ledger'> }): FleetMetric => ({ scope: 'fleet', type: 'gauge', unit: '', name, ...row });
const histogram = (name: string, row: Fields): FleetHistogramMetric => ({ scope: 'fleet', type: 'histogram', unit: 's', read: 'ledger', name, ...row });

const budgetLabels = ['scope', 'name', 'period'];

/** Every metric of all sessions of this machine together, in the order of METRICS.md. */
export const fleetMetrics: readonly (FleetMetric | FleetHistogramMetric)[] = [
  gauge('ai_sessions', { labels: ['tool', 'state'], help: 'Sessions known to the exporter.', cardinality: 'tools × 4', read: sessionCounts }),
  counter('ai_sessions_started_total', { labels: ['tool', 'project'], help: 'Sessions first seen.', cardinality: 'tools × projects (top 50, the rest is "other")' }),
  counter('ai_tokens_total', { unit: '{token}', labels: ['tool', 'model', 'project', 'token_type'], help: 'Tokens of all sessions, ended ones included.', cardinality: 'tools × models × projects × 5' }),
  counter('ai_unpriced_tokens_total', { unit: '{token}', labels: ['tool', 'model', 'token_type'], help: 'Tokens of models without a price.', cardinality: 'tools × unpriced models × 5' }),
  counter('ai_cost_usd_total', { labels: ['tool', 'model', 'project'], help: 'API-equivalent cost of all sessions in US dollars, ended ones included.', cardinality: 'tools × models × projects' }),
  counter('ai_errors_total', { labels: ['tool', 'error_kind'], help: 'Errors of all sessions.', cardinality: 'tools × 6' }),
  counter('ai_turns_total', { labels: ['tool', 'project'], help: 'User prompts in all sessions.', cardinality: 'tools × projects' }),
  counter('ai_lines_total', { labels: ['tool', 'project', 'change'], help: 'Lines of code changed in all sessions.', cardinality: 'tools × projects × 2' }),
  counter('ai_tool_calls_total', { labels: ['tool', 'tool_name'], help: 'Tool calls of all sessions.', cardinality: 'tools × 20' }),
  histogram('ai_tool_call_duration_seconds', { labels: ['tool', 'tool_name'], help: 'Duration of tool calls whose transcript has both times.', cardinality: 'tools × 20 × 15' }),
  histogram('ai_turn_duration_seconds', { labels: ['tool'], help: 'Time from a user prompt to the end of the answer.', cardinality: 'tools × 15' }),
  gauge('ai_rate_limit_used_ratio', {
    unit: '1', labels: ['tool', 'window'], help: "Used part of the account's rate limit, as the tool reported it.", cardinality: 'tools × 2',
    read: ({ rateLimits }) => rateLimits.map(({ tool, window, usedRatio }): Reading => [usedRatio, tool, window]),
  }),
  gauge('ai_rate_limit_reset_timestamp_seconds', {
    unit: 's', labels: ['tool', 'window'], help: 'Unix time at which that window of the rate limit resets.', cardinality: 'tools × 2',
    read: ({ rateLimits }) => rateLimits.flatMap(({ tool, window, resetsAt }) => known(resetsAt === undefined ? undefined : unixSeconds(resetsAt), tool, window)),
  }),
  gauge('ai_budget_usd', { labels: budgetLabels, help: 'Budget in US dollars set in the configuration, or by a team in its hub.', cardinality: 'budgets', read: ofBudgets(({ limitUsd }) => limitUsd) }),
  gauge('ai_budget_tokens', { unit: '{token}', labels: budgetLabels, help: 'Budget in tokens set in the configuration, or by a team in its hub.', cardinality: 'budgets', read: ofBudgets(({ limitTokens }) => limitTokens) }),
  gauge('ai_budget_used_usd', { labels: budgetLabels, help: 'US dollars used in the running period of the budget, by the ledger or by the hub.', cardinality: 'budgets', read: ofBudgets(({ limitUsd, usedUsd }) => limitUsd === undefined ? undefined : usedUsd) }),
  gauge('ai_budget_used_tokens', { unit: '{token}', labels: budgetLabels, help: 'Tokens used in the running period of the budget, by the ledger or by the hub.', cardinality: 'budgets', read: ofBudgets(({ limitTokens, usedTokens }) => limitTokens === undefined ? undefined : usedTokens) }),
  gauge('ai_budget_period_start_timestamp_seconds', { unit: 's', labels: budgetLabels, help: 'Unix time at which the running period of the budget began, in the configured time zone.', cardinality: 'budgets', read: ofBudgets(({ startsAt }) => unixSeconds(startsAt)) }),
  gauge('ai_budget_period_end_timestamp_seconds', { unit: 's', labels: budgetLabels, help: 'Unix time at which the running period of the budget ends, in the configured time zone.', cardinality: 'budgets', read: ofBudgets(({ endsAt }) => unixSeconds(endsAt)) }),
];

function sessionCounts({ sessionCounts: counts }: Snapshot): readonly Reading[] {
  return Object.entries(counts).flatMap(([tool, byState]) => sessionStates.map((state): Reading => [byState[state], tool, state]));
}

function ofBudgets(valueOf: (budget: BudgetStatus) => number | undefined): (snapshot: Snapshot) => readonly Reading[] {
  return ({ budgets }) => budgets.flatMap((budget) => known(valueOf(budget), budget.scope, budget.name, budget.period));
}
