import { alerts } from '../annotations.ts';
import { toPage, toSeries } from '../links.ts';
import { page } from '../page.ts';
import { barsPanel, calendarPanel, hoursPanel, linesPanel, numberPanel, row, tablePanel } from '../panels.ts';
import { fleet, fleetBuckets, inRange, inStep, metric, namedUser, perMinute, quantile, recorded } from '../queries.ts';
import { thresholds, tokenColors } from '../thresholds.ts';
import { datasource, model, project, tokenType, tool, user } from '../variables.ts';

const tokens = fleet('ai_tokens_total', { token_type: /$token_type/ });
const ofKind = (kind: string | RegExp): string => fleet('ai_tokens_total', { token_type: kind });
const cost = fleet('ai_cost_usd_total');
const lines = fleet('ai_lines_total');
const budget = (name: string): string => metric(name, { user_name: /$user/ });
const perBudget = 'job, instance, scope, name, period, user_name';

export const usage = page({
  uid: 'usage', title: 'Usage and cost', from: 'now-7d', refresh: '5m',
  about: 'What was used, by whom and for what, what it would have cost at API prices, how far the budgets last, and what came out of it. After a backfill it reaches back to your first session.',
  variables: [datasource(), user(), project(), tool(), model(), tokenType()],
  annotations: [alerts()],
  rows: [
    row('The time shown'),
    numberPanel({
      title: 'Tokens', unit: 'short', decimals: 1, size: [3, 4], of: inRange(tokens),
      help: 'Tokens of the kinds chosen above. To compare tools leave cache_read out: it is cheap and outweighs everything.',
    }),
    numberPanel({
      title: 'Cost', unit: 'currencyUSD', size: [3, 4], of: inRange(cost),
      help: 'What the time shown would have cost at API prices; with a subscription it is not a bill. Models without a price are missing: see the last row.',
    }),
    numberPanel({
      title: 'Last hour', unit: 'currencyUSD', size: [3, 4], of: `sum(${recorded('tool:ai_cost_usd:increase1h', { user_name: /$user/, tool: /$tool/ })})`,
      help: 'Cost at API prices of the hour up to now, whatever time is shown; not split by project or model. Several times the usual: look on Team overview who runs what.',
    }),
    numberPanel({
      title: 'Developers', unit: 'none', size: [3, 4], of: `count(${inRange(fleet('ai_turns_total'), 'user_name')} > 0)`,
      help: 'People who have sent a prompt in the time shown. Fewer than you know of: somebody\'s exporter is down, or they use a tool that Watchroom does not see.',
    }),
    numberPanel({
      title: 'Sessions begun', unit: 'short', decimals: 0, size: [3, 4], of: inRange(fleet('ai_sessions_started_total')),
      help: 'Sessions first seen in the time shown. Many with few turns each: people begin anew instead of going on, or a script starts agents.',
    }),
    numberPanel({
      title: 'Turns', unit: 'short', decimals: 0, size: [3, 4], of: inRange(fleet('ai_turns_total')),
      help: 'Prompts that people sent. Falling while sessions rise: agents start one another. A backfill brings none, so they begin with the exporter.',
    }),
    numberPanel({
      title: 'Lines changed', unit: 'short', decimals: 0, size: [3, 4], of: inRange(lines),
      help: 'Lines added and removed by edit tools. A measure of activity, not of value: never a target. A backfill brings none, so they begin with the exporter.',
    }),
    numberPanel({
      title: 'Cache hits', unit: 'percentunit', decimals: 0, size: [3, 4], steps: thresholds.cacheHits, of: `${inRange(ofKind('cache_read'))} / ${inRange(ofKind(/input|cache_read|cache_creation_5m|cache_creation_1h/))}`,
      help: 'Part of the input that came from the cache. Below 50 %: prompts are paid in full again and again; long pauses and changing tools or system prompts are the usual reasons.',
    }),

    row('Over time'),
    linesPanel({
      title: 'Tokens per minute by kind', unit: 'short', size: [12, 8], stacked: true, colors: tokenColors, of: [{ query: perMinute(tokens, 'token_type'), legend: '{{token_type}}' }],
      help: 'The kinds do not overlap and add up to what was used. cache_creation growing against cache_read: contexts are built anew too often.',
    }),
    calendarPanel({
      title: 'Tokens per day by tool', unit: 'short', size: [12, 8], every: '1d', of: [{ query: inStep(tokens, 'tool'), legend: '{{tool}}' }], links: [toSeries('usage', 'tool')],
      help: 'Of the kinds chosen above, by the days of your time zone. A day far above its neighbours: click its tool, then look at the projects of that day.',
    }),
    calendarPanel({
      title: 'Cost per day by user, API-equivalent', unit: 'currencyUSD', size: [8, 8], every: '1d', of: [{ query: namedUser(inStep(cost, 'user_name')), legend: '{{user_name}}' }], links: [toSeries('usage', 'user_name')],
      help: 'Whose sessions used how much, at API prices. One person far above the others: ask what they do before you ask them to do less; it may be the best use of it.',
    }),
    calendarPanel({
      title: 'Cost per day by project, API-equivalent', unit: 'currencyUSD', size: [8, 8], every: '1d', of: [{ query: inStep(cost, 'project'), legend: '{{project}}' }], links: [toSeries('usage', 'project')],
      help: 'Where the work went, at API prices. "other" are projects beyond the fifty most used; "unknown" were outside any repository.',
    }),
    calendarPanel({
      title: 'Cost per day by model, API-equivalent', unit: 'currencyUSD', size: [8, 8], every: '1d', of: [{ query: inStep(cost, 'model'), legend: '{{model}}' }], links: [toSeries('usage', 'model')],
      help: 'Which models are paid for. A dear model for everything: try a smaller one as the default and the large one on demand.',
    }),

    row('Budgets'),
    tablePanel({
      title: 'Budgets in dollars, API-equivalent', unit: 'string', size: [16, 7], sort: 'Used', empty: 'No budget is configured (budgets: in the configuration of the exporter)',
      help: 'Used, left, and where the running period will end at its average speed so far. A forecast above the budget: lower the pace now or raise the budget knowingly; the last days are too late.',
      labels: { scope: { name: 'Of', width: 90 }, name: { name: 'Name', width: 130 }, period: { name: 'Period', width: 80 }, user_name: { name: 'User', width: 100 } },
      values: [
        { name: 'Used', unit: 'percentunit', decimals: 0, bar: true, steps: thresholds.budget, query: `max by (${perBudget}) (${recorded('budget:ai_budget_usd:used_ratio', { user_name: /$user/ })})` },
        { name: 'Budget', unit: 'currencyUSD', width: 100, query: `max by (${perBudget}) (${budget('ai_budget_usd')})` },
        { name: 'Spent', unit: 'currencyUSD', width: 100, query: `max by (${perBudget}) (${budget('ai_budget_used_usd')})` },
        { name: 'Left', unit: 'currencyUSD', width: 100, query: `max by (${perBudget}) (${budget('ai_budget_usd')} - ${budget('ai_budget_used_usd')})` },
        { name: 'Forecast', unit: 'currencyUSD', width: 110, query: `max by (${perBudget}) (${recorded('budget:ai_budget_usd:forecast', { user_name: /$user/ })})` },
        { name: 'Ends in', unit: 's', decimals: 1, width: 110, query: `max by (${perBudget}) (${budget('ai_budget_period_end_timestamp_seconds')} and ${budget('ai_budget_usd')}) - time()` },
      ],
    }),
    linesPanel({
      title: 'Left of each budget, API-equivalent', unit: 'currencyUSD', size: [8, 7], of: [{ query: `max by (${perBudget}) (${budget('ai_budget_usd')} - ${budget('ai_budget_used_usd')})`, legend: '{{scope}} {{name}}, {{period}}' }],
      help: 'The burn-down: it should reach zero at the end of the period, not before. Below zero the budget is exceeded; it jumps up when a new period begins.',
    }),
    barsPanel({
      title: 'Budgets in tokens', unit: 'percentunit', decimals: 0, min: 0, max: 1, size: [12, 7], steps: thresholds.budget, empty: 'No budget in tokens is configured', of: [{ query: `max by (${perBudget}) (${budget('ai_budget_used_tokens')} / ${budget('ai_budget_tokens')})`, legend: '{{scope}} {{name}}, {{period}}' }],
      help: 'Used part of the budgets that are set in tokens. Red: spent; who goes on does it knowingly.',
    }),
    barsPanel({
      title: 'How far the period is', unit: 'percentunit', decimals: 0, min: 0, max: 1, size: [12, 7], of: [{ query: `max by (period) ((time() - ${budget('ai_budget_period_start_timestamp_seconds')}) / (${budget('ai_budget_period_end_timestamp_seconds')} - ${budget('ai_budget_period_start_timestamp_seconds')}))`, legend: '{{period}}' }],
      help: 'Elapsed part of the running day, week or month. A budget that is used further than its period has gone will not last: slow down.',
    }),

    row('What comes out of it'),
    linesPanel({
      title: 'Output per token', unit: 'percentunit', size: [6, 7], of: [{ query: `sum by (tool) (rate(${ofKind('output')}[$__rate_interval])) / sum by (tool) (rate(${ofKind(/.+/)}[$__rate_interval]))`, legend: '{{tool}}' }],
      help: 'Output tokens of all tokens. It falls as contexts grow: the agent reads more than it writes. Falling for days: sessions are kept too long.',
    }),
    numberPanel({
      title: 'Cost per turn', unit: 'currencyUSD', decimals: 3, size: [3, 7], of: `${inRange(cost)} / ${inRange(fleet('ai_turns_total'))}`,
      help: 'At API prices, over the time shown. Rising: prompts carry more context; begin new tasks in new sessions. The turns are not split by model, so choose all models here. After a backfill the cost reaches further back than the turns, which are counted from the exporter\'s first start: choose a time since then.',
    }),
    numberPanel({
      title: 'Cost per line', unit: 'currencyUSD', decimals: 3, size: [3, 7], of: `${inRange(cost)} / ${inRange(lines)}`,
      help: 'At API prices, over the time shown. It compares one time with another, not people. Very high: much reading and talking, little editing, or edits by shell commands, which are not counted. After a backfill the cost reaches further back than the lines, which are counted from the exporter\'s first start: choose a time since then.',
    }),
    barsPanel({
      title: 'Lines changed by project', names: 'top', unit: 'short', decimals: 0, min: 0, size: [6, 7], of: [{ query: `topk(8, ${inRange(lines, 'project, change')} > 0)`, legend: '{{project}} {{change}}' }], links: [toSeries('usage', 'project')],
      help: 'Where edit tools have added and removed lines. Removed nearly as many as added in one project: code is written and rewritten; look at its loops on Health and errors.',
    }),
    barsPanel({
      title: 'Sessions per developer', unit: 'short', decimals: 0, min: 0, size: [6, 7], of: [{ query: `sort_desc(${namedUser(inRange(fleet('ai_sessions_started_total'), 'user_name'))})`, legend: '{{user_name}}' }], links: [toSeries('team', 'user_name')],
      help: 'Sessions begun in the time shown. Somebody at zero may work with a tool that Watchroom does not see: run "watchroom doctor" on that machine.',
    }),

    row('When, and how long it takes'),
    hoursPanel({
      title: 'Peak hours', unit: 'short', decimals: 0, size: [12, 7], of: { query: inStep(fleet('ai_turns_total')), legend: 'Prompts' },
      help: 'Prompts by hour of the day in your time zone, added up over the time shown. Rate limits are reached in the tallest hours: move long runs out of them. A backfill brings no prompts, so they begin with the exporter.',
    }),
    linesPanel({
      title: 'Time to answer a prompt', unit: 's', size: [6, 7],
      of: [
        { query: quantile(0.5, fleetBuckets('ai_turn_duration_seconds')), legend: 'half of them' },
        { query: quantile(0.95, fleetBuckets('ai_turn_duration_seconds')), legend: '95 %' },
      ],
      help: 'From the prompt to the end of the answer. The upper line rising alone: a few turns hang on long commands; see the tools beside.',
    }),
    linesPanel({
      title: 'Slowest tools, 95 %', unit: 's', size: [6, 7], of: [{ query: `topk(6, ${quantile(0.95, fleetBuckets('ai_tool_call_duration_seconds'), ['tool_name'])})`, legend: '{{tool_name}}' }],
      help: 'How long tool calls take. A shell tool at minutes: agents wait for a slow build or test; give them a faster one.',
    }),

    row('Without a price'),
    barsPanel({
      title: 'Tokens without a price', unit: 'short', decimals: 0, min: 0, size: [12, 6], steps: thresholds.any, empty: 'Every model has a price', of: [{ query: `topk(8, ${inRange(fleet('ai_unpriced_tokens_total'), 'model')} > 0)`, legend: '{{model}}' }],
      help: 'Models that the price table does not know: their cost is missing above. Add them under "prices" in the configuration of the exporter.',
    }),
    barsPanel({
      title: 'Requests without a price', unit: 'short', decimals: 0, min: 0, size: [12, 6], steps: thresholds.any, empty: 'Every request has a price', of: [{ query: `${inRange(fleet('watchroom_unpriced_requests_total'), 'tool')} > 0`, legend: '{{tool}}' }], links: [toPage('self', 'Watchroom itself')],
      help: 'How many requests of each tool the cost leaves out. Add the models beside to the prices in the configuration.',
    }),
  ],
});
