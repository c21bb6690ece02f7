import { alerts, comments, compactions } from '../annotations.ts';
import { identity } from '../identity.ts';
import { toPage, toSeries } from '../links.ts';
import { page } from '../page.ts';
import { barsPanel, linesPanel, numberPanel, roomColumn, row, sessionColumns, stateColumn, tablePanel } from '../panels.ts';
import { chosenInfo, contextOfWhatFits, fleet, inRange, metric, namedUser, ofChosen, ofLive, other, perMinute, recorded, sinceBeginning, withInfo } from '../queries.ts';
import type { Matcher } from '../queries.ts';
import { limits, stateColors, thresholds } from '../thresholds.ts';
import { datasource, model, project, split, tool, user } from '../variables.ts';

const { context, health } = limits;
const contextRatio = contextOfWhatFits();
const healthRatio = metric('ai_session_health_ratio');
const inState = (state: string): string => `sum(${ofChosen(metric('ai_session_state', { state }))})`;
/** The newest value of each session, without the labels that only its own metric has. */
const perSession = (expression: string): string => `max by (${identity}) (${ofLive(expression)})`;
/** What a session has cost more than at the beginning of the time shown. */
const costInRange = (): string => sinceBeginning(recorded('session:ai_session_cost_usd:sum'));

/** Alerts that fire; those without a session have no page to lead to. */
const firing = (session: Matcher): string => other('ALERTS', { alertstate: 'firing', user_name: /$user/, session_id: session });

export const team = page({
  uid: 'team', title: 'Team overview', from: 'now/d', refresh: '30s',
  about: 'Who runs which coding agent on what, how full and how healthy the sessions are, and what today has used. Click a session to see it alone.',
  variables: [datasource(), user(), project(), tool(), model(), split()],
  annotations: [alerts(), compactions(), comments()],
  rows: [
    row('Now'),
    numberPanel({
      title: 'Working', unit: 'none', size: [3, 4], of: inState('working'), steps: [{ value: null, color: 'text' }, { value: 1, color: 'green' }], links: [toPage('health', 'Health and errors')],
      help: 'Sessions whose agent is busy this moment. Zero while people say that agents run: look at "Sources" on the dashboard Watchroom itself.',
    }),
    numberPanel({
      title: 'Waiting', unit: 'none', size: [3, 4], of: inState('waiting'), steps: [{ value: null, color: 'green' }, { value: 1, color: 'orange' }], links: [toPage('health', 'Who waits, and for how long')],
      help: 'Sessions that have answered or ask for permission. Many of them for long: agents stand still, so answer them or close them; the table below tells whose they are.',
    }),
    numberPanel({
      title: 'Context nearly full', unit: 'none', size: [3, 4], of: `sum(${ofLive(`(${contextRatio} >= bool ${context.full})`)})`, steps: thresholds.none,
      help: 'Live sessions that use 90 % or more of what fits before the tool compacts, or of the window where that is not known, as the alert has it. They are about to compact or to forget: have them write down what matters, then compact or begin anew.',
    }),
    numberPanel({
      title: 'In trouble', unit: 'none', size: [3, 4], of: `sum(${ofLive(`(${healthRatio} < bool ${health.critical})`)})`, steps: thresholds.none, links: [toPage('health', 'The worst sessions')],
      help: 'Live sessions with a health below 0.4. Open the worst of them: its four factors say whether it is full, old, idle or failing.',
    }),
    numberPanel({
      title: 'Tokens', unit: 'short', decimals: 1, size: [3, 4], of: inRange(fleet('ai_tokens_total', { token_type: { not: 'cache_read' } })), links: [toPage('usage', 'Usage and cost')],
      help: 'Tokens of the time shown (today, unless you choose otherwise), without those read again from the cache. Far more than usual: see below whose, and on Usage and cost of which kind.',
    }),
    numberPanel({
      title: 'Cost', unit: 'currencyUSD', size: [3, 4], of: inRange(fleet('ai_cost_usd_total')), links: [toPage('usage', 'Usage and cost')],
      help: 'What the time shown would have cost at API prices; with a subscription it is not a bill. Too low: models without a price are listed on Usage and cost.',
    }),
    numberPanel({
      title: 'Turns', unit: 'short', decimals: 0, size: [3, 4], of: inRange(fleet('ai_turns_total')),
      help: 'Prompts that people have sent in the time shown. None on a working day: check on the dashboard Watchroom itself that the exporters are scraped.',
    }),
    numberPanel({
      title: 'Alerts', unit: 'none', size: [3, 4], empty: 'none', steps: thresholds.none, of: `count(${other('ALERTS', { alertstate: 'firing', user_name: /$user/ })})`,
      help: 'Alerts that fire now. The table below names them; the message of each leads to its runbook.',
    }),

    row('Who runs what'),
    tablePanel({
      title: 'Live sessions', unit: 'string', size: [24, 11], sort: 'Context', valuesAfter: 'project',
      help: 'Every session that is working, waiting or idle. Context is the part used of what fits before the tool compacts: yellow from 70 %, red from 90 %, so compact or begin anew. Health red below 0.4: open the session and look at its factors. Cost is API-equivalent and counts from the beginning of the time shown; a session taken up again after a day\'s pause counts in full. A room appears when a hub is connected.',
      labels: {
        state: stateColumn,
        ...sessionColumns,
        tool: { name: 'Tool', width: 80 },
        git_branch: { name: 'Branch', width: 120 },
        model: { name: 'Model', width: 140 },
        room_url: roomColumn,
      },
      values: [
        { name: 'Context', unit: 'percentunit', decimals: 0, width: 150, bar: true, steps: thresholds.context, query: perSession(contextRatio) },
        { name: 'Health', unit: 'none', decimals: 2, width: 80, steps: thresholds.health, query: perSession(healthRatio) },
        { name: 'Tokens/min', unit: 'short', decimals: 0, width: 100, query: `60 * ${perSession(recorded('session:ai_session_tokens:rate5m'))}` },
        { name: 'Cost', unit: 'currencyUSD', decimals: 2, width: 90, query: perSession(costInRange()) },
        { name: 'Age', unit: 's', decimals: 1, width: 95, query: `time() - ${perSession(metric('ai_session_start_timestamp_seconds'))}` },
        { name: 'Last seen', unit: 's', decimals: 1, width: 95, query: `time() - ${perSession(metric('ai_session_last_activity_timestamp_seconds'))}` },
        { name: 'What', hidden: true, query: `max by (${identity}, tool, project, git_branch, model, room_url) (${ofLive(chosenInfo())})` },
        { name: 'In state', hidden: true, query: `max by (${identity}, state) (${ofChosen(`(${metric('ai_session_state', { state: /working|waiting|idle/ })} == 1)`)})` },
      ],
    }),

    row('What it uses'),
    linesPanel({
      title: 'Tokens per minute by $by', unit: 'short', size: [12, 8], stacked: true, of: [{ query: perMinute(fleet('ai_tokens_total', { token_type: { not: 'cache_read' } }), '$by'), legend: '{{user_name}}{{project}}{{model}}{{tool}}' }],
      help: 'Tokens without cache reads, per minute. A single project far above the rest for long: look whether one of its sessions goes in circles (Health and errors, Loops).',
    }),
    linesPanel({
      title: 'Cost per hour by $by, API-equivalent', unit: 'currencyUSD', size: [12, 8], stacked: true, of: [{ query: `60 * ${perMinute(fleet('ai_cost_usd_total'), '$by')}`, legend: '{{user_name}}{{project}}{{model}}{{tool}}' }],
      help: 'The speed of spending at API prices, as dollars per hour. Much higher than usual without more tokens: somebody uses a dearer model; split by model to see it.',
    }),
    ...(['user_name', 'project', 'model', 'tool'] as const).map((label) => barsPanel({
      title: `Cost by ${label === 'user_name' ? 'user' : label}, API-equivalent`, names: label === 'model' ? 'top' : 'left', unit: 'currencyUSD', decimals: 2, size: [6, 7], min: 0, links: [toSeries('usage', label)],
      of: [{ query: `topk(8, ${shared(inRange(fleet('ai_cost_usd_total'), label), label)} > 0)`, legend: `{{${label}}}` }],
      help: `The eight largest of the time shown, at API prices. One far above the rest: click it to see its days and kinds of tokens on Usage and cost.`,
    })),

    row('How the sessions are'),
    barsPanel({
      title: 'Sessions by state', unit: 'none', size: [6, 7], min: 0, colors: stateColors, of: [{ query: `sum by (state) (${fleet('ai_sessions')})`, legend: '{{state}}' }],
      help: 'All sessions that the exporters know, old ones included. Many idle ones: people leave agents open, and their contexts grow stale.',
    }),
    barsPanel({
      title: 'Context, live sessions', unit: 'none', size: [6, 7], min: 0, colors: { 'below 70 %': 'green', 'to 90 %': 'yellow', 'above 90 %': 'red' }, of: bands(contextRatio, [context.high, context.full], ['below 70 %', 'to 90 %', 'above 90 %']),
      help: 'How much of what fits before the tool compacts is used. Most of them yellow or red: tasks are too long for one session, so split them and begin anew more often.',
    }),
    barsPanel({
      title: 'Health, live sessions', unit: 'none', size: [6, 7], min: 0, colors: { 'below 0.4': 'red', 'to 0.7': 'yellow', 'from 0.7': 'green' }, of: bands(healthRatio, [health.critical, health.healthy], ['below 0.4', 'to 0.7', 'from 0.7']),
      help: 'How healthy the live sessions are; those with too little known are in none of the bars. Red ones: open Health and errors, the worst stand first.',
    }),
    barsPanel({
      title: 'Rate limits used', names: 'top', unit: 'percentunit', decimals: 0, size: [6, 7], min: 0, max: 1, steps: thresholds.rateLimit, of: [{ query: namedUser(`max by (user_name, tool, window) (${fleet('ai_rate_limit_used_ratio')})`), legend: '{{tool}} {{window}} {{user_name}}' }],
      help: 'How much of an account\'s limit is used, as the tool reported it. Red: that person is about to be stopped; Health and errors shows when the window resets.',
    }),

    row('Needs a look'),
    tablePanel({
      title: 'What alerts', unit: 'string', size: [10, 8], sort: 'Severity', descending: false, empty: 'No alert of a session fires',
      help: 'What fires now for a session. Click the session to open it; the runbook of each alert is linked in its message.',
      labels: { alertname: { name: 'Alert', width: 240 }, session_id: sessionColumns.session_id, severity: { name: 'Severity', width: 90 }, user_name: sessionColumns.user_name },
      values: [{ name: 'Firing', hidden: true, query: `max by (alertname, severity, ${identity}) (${firing({ not: '' })})` }],
    }),
    tablePanel({
      title: 'What else alerts', unit: 'string', size: [7, 8], sort: 'Severity', descending: false, empty: 'No other alert fires',
      help: 'What fires now without a session: rate limits, budgets, exporters that do not answer. The runbook of each is linked in its message.',
      labels: { alertname: { name: 'Alert', width: 230 }, severity: { name: 'Severity', width: 90 }, user_name: sessionColumns.user_name },
      values: [{ name: 'Firing', hidden: true, query: `max by (alertname, severity, user_name) (${firing('')})` }],
    }),
    tablePanel({
      title: 'Several sessions in the same file', unit: 'string', size: [7, 8], sort: 'Files', valuesAfter: 'session_id', empty: 'No conflicts',
      help: 'Live sessions that edit files which another live session edits, too. Stop one of them or move it into a working tree of its own before they overwrite each other.',
      labels: { ...sessionColumns, user_name: { name: 'User', width: 80 }, project: { name: 'Project', width: 100 }, room_url: roomColumn },
      values: [{ name: 'Files', unit: 'none', width: 60, steps: thresholds.any, query: `max by (${identity}, project, room_url) (${withInfo(`(${metric('ai_session_file_conflicts')} > 0)`, ['project', 'room_url'])})` }],
    }),
  ],
});

/** How many live sessions are below the first limit, between both, and above. */
function bands(ratio: string, [low, high]: readonly [number, number], [below, between, above]: readonly [string, string, string]) {
  const count = (condition: string): string => `sum(${ofLive(`(${condition})`)})`;
  return [
    { query: count(`${ratio} < bool ${low}`), legend: below },
    { query: count(`(${ratio} >= bool ${low}) * (${ratio} < bool ${high})`), legend: between },
    { query: count(`${ratio} >= bool ${high}`), legend: above },
  ];
}

function shared(expression: string, label: string): string {
  return label === 'user_name' ? namedUser(expression) : expression;
}
