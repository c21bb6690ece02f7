import { alerts, comments, compactions } from '../annotations.ts';
import { identity } from '../identity.ts';
import { toPage, toSeries } from '../links.ts';
import { page } from '../page.ts';
import { barsPanel, linesPanel, numberPanel, roomColumn, row, sessionColumns, stateColumn, tablePanel } from '../panels.ts';
import { contextOfWhatFits, fleet, inRange, metric, namedUser, ofChosen, ofLive, other, perMinute, recorded, withInfo } from '../queries.ts';
import { limits, stateColors, thresholds } from '../thresholds.ts';
import { datasource, model, project, tool, user } from '../variables.ts';

const score = metric('ai_session_health_ratio');
const waiting = ofChosen(`(${metric('ai_session_state', { state: 'waiting' })} == 1)`);
/** The newest value of each live session, without the labels that only its own metric has. */
const perSession = (expression: string): string => `max by (${identity}) (${ofLive(expression)})`;
const words = ['project', 'git_branch', 'room_url'];
const described = (expression: string): string => `max by (${[identity, 'tool', ...words].join(', ')}) (${withInfo(expression, words)})`;
/** For half the width: the page of the session has the rest. */
const fewColumns = { ...sessionColumns, room_url: roomColumn } as const;

export const health = page({
  uid: 'health', title: 'Health and errors', from: 'now-24h', refresh: '1m',
  about: 'Which sessions are in trouble and why: full contexts, errors, loops, people who are waited for, rate limits, and machines that stopped reporting.',
  variables: [datasource(), user(), project(), tool(), model()],
  annotations: [alerts(), compactions(), comments()],
  rows: [
    row('Now'),
    numberPanel({
      title: 'Middle health', unit: 'none', decimals: 2, size: [4, 4], steps: thresholds.health, of: `quantile(0.5, ${ofLive(score)})`,
      help: 'Half of the live sessions are better, half are worse. Below 0.7: most sessions are full, old or failing; it is time to begin anew.',
    }),
    numberPanel({
      title: 'Worst health', unit: 'none', decimals: 2, size: [4, 4], steps: thresholds.health, of: `min(${ofLive(score)})`,
      help: 'The lowest score of a live session. Red: it stands first in the table of the worst sessions below; open it there.',
    }),
    numberPanel({
      title: 'Errors', unit: 'short', decimals: 0, size: [4, 4], of: inRange(fleet('ai_errors_total')),
      help: 'Errors of all kinds in the time shown. Errors are not split by project. Many more than yesterday: see below of which kind.',
    }),
    numberPanel({
      title: 'Longest wait', unit: 's', decimals: 0, size: [4, 4], steps: thresholds.waiting, empty: 'nobody waits', of: `time() - min(${metric('ai_session_last_activity_timestamp_seconds')} and on (${identity}) (${waiting}))`,
      help: 'How long the most patient agent has been waiting. Over twenty minutes: the person does not know; the table below says who.',
    }),
    numberPanel({
      title: 'Going in circles', unit: 'none', size: [4, 4], steps: thresholds.none, of: `sum(${ofLive(`(${metric('ai_session_repeated_failures')} >= bool ${limits.repeatedFailures.loop})`)})`,
      help: 'Live sessions that repeat failing calls without progress. Stop them and say what is wrong: they will not find out.',
    }),
    numberPanel({
      title: 'Agents down', unit: 'none', size: [4, 4], steps: thresholds.none, links: [toPage('self', 'Watchroom itself')], of: `sum(1 - ${other('up')} and on (job, instance) last_over_time(${metric('watchroom_build_info')}[$__range]))`,
      help: 'Exporters that Prometheus cannot reach now although they answered within the time shown. Their sessions are missing everywhere: start them again, or take machines that are gone out of the scrape configuration.',
    }),

    row('Health'),
    linesPanel({
      title: 'Health over time', unit: 'none', decimals: 2, size: [12, 8], min: 0, max: 1, marked: true, steps: thresholds.health, colors: { best: 'green', middle: 'blue', worst: 'red' },
      of: [
        { query: `max(${ofLive(score)})`, legend: 'best' },
        { query: `quantile(0.5, ${ofLive(score)})`, legend: 'middle' },
        { query: `min(${ofLive(score)})`, legend: 'worst' },
      ],
      help: 'The scores of the live sessions. The middle falling through the day: sessions are kept open too long. Only the worst low: help that one.',
    }),
    linesPanel({
      title: 'Sessions by health', unit: 'none', size: [12, 8], stacked: true, colors: { 'from 0.7': 'green', 'to 0.7': 'yellow', 'below 0.4': 'red' },
      of: [
        { query: `sum(${ofLive(`(${score} < bool ${limits.health.critical})`)})`, legend: 'below 0.4' },
        { query: `sum(${ofLive(`((${score} >= bool ${limits.health.critical}) * (${score} < bool ${limits.health.healthy}))`)})`, legend: 'to 0.7' },
        { query: `sum(${ofLive(`(${score} >= bool ${limits.health.healthy})`)})`, legend: 'from 0.7' },
      ],
      help: 'How many live sessions are well. Red growing while the number of sessions does not: something is wrong for all of them, a provider or a broken tool; see the errors.',
    }),
    tablePanel({
      title: 'The worst sessions', unit: 'string', size: [24, 9], sort: 'Health', descending: false, empty: 'No live session has a score',
      help: 'Live sessions, the worst first. Context is the part used of what fits before the tool compacts, or of the window where that is not known. Red: compact or begin anew. Errors: open the session and see which tool fails. Circles: stop it and say what is wrong.',
      valuesAfter: 'session_id',
      labels: { state: stateColumn, session_id: sessionColumns.session_id, user_name: sessionColumns.user_name, project: sessionColumns.project, host_name: { name: 'Host', width: 100 }, tool: { name: 'Tool', width: 80 }, git_branch: { name: 'Branch', width: 130 }, room_url: roomColumn },
      values: [
        { name: 'Health', unit: 'none', decimals: 2, width: 80, steps: thresholds.health, query: `bottomk(15, ${perSession(score)})` },
        { name: 'Context', unit: 'percentunit', decimals: 0, width: 160, bar: true, steps: thresholds.context, query: perSession(contextOfWhatFits()) },
        { name: 'Full in', unit: 's', decimals: 1, width: 100, steps: thresholds.timeToFull, query: perSession(recorded('session:ai_session_context:seconds_to_full')) },
        { name: 'Errors, 15 min', unit: 'none', decimals: 0, width: 110, steps: thresholds.any, query: perSession(recorded('session:ai_session_errors:increase15m')) },
        { name: 'Circles', unit: 'none', width: 80, steps: thresholds.repeatedFailures, query: perSession(metric('ai_session_repeated_failures')) },
        { name: 'Churn', unit: 'percentunit', decimals: 0, width: 80, steps: thresholds.churn, query: perSession(metric('ai_session_edit_churn_ratio')) },
        { name: 'What', hidden: true, query: described(`(${metric('ai_session_state')} == 1)`) },
        { name: 'In state', hidden: true, query: `max by (${identity}, state) (${ofLive(`(${metric('ai_session_state')} == 1)`)})` },
      ],
    }),

    row('Errors'),
    linesPanel({
      title: 'Errors per minute by kind', unit: 'short', size: [12, 8], stacked: true, of: [{ query: perMinute(fleet('ai_errors_total'), 'error_kind'), legend: '{{error_kind}}' }],
      help: 'overloaded, rate_limit and api at once for all: the provider has trouble, so wait or change the model. tool: commands and edits fail. permission_denied: people refuse; review what agents are allowed to do.',
    }),
    barsPanel({
      title: 'Errors by tool and kind', names: 'top', unit: 'short', decimals: 0, size: [6, 8], min: 0, empty: 'none', of: [{ query: `topk(10, ${inRange(fleet('ai_errors_total'), 'tool, error_kind')} > 0)`, legend: '{{tool}} {{error_kind}}' }], links: [toSeries('health', 'tool')],
      help: 'The most common errors of the time shown. One tool alone: its set-up or its account; all of them: the network.',
    }),
    barsPanel({
      title: 'Failing tools of live sessions', unit: 'none', size: [6, 8], min: 0, empty: 'none', steps: thresholds.any, of: [{ query: `topk(10, sum by (tool_name) (${ofLive(metric('ai_session_tool_call_errors_total'))}) > 0)`, legend: '{{tool_name}}' }],
      help: 'Failed calls of the sessions that are going on. A shell tool far ahead: a missing program or a failing test; an edit tool: the files change under the agent.',
    }),
    linesPanel({
      title: 'Tool calls per minute', unit: 'short', size: [12, 7], stacked: true, of: [{ query: `topk(8, ${perMinute(fleet('ai_tool_calls_total'), 'tool_name')})`, legend: '{{tool_name}}' }],
      help: 'What the agents do, the eight most used tools. Only reading and searching for long: agents look for something they do not find; point them to it.',
    }),
    linesPanel({
      title: 'Sessions by state', unit: 'none', size: [12, 7], stacked: true, colors: stateColors, of: [{ query: `sum by (state) (${fleet('ai_sessions', { state: /working|waiting|idle/ })})`, legend: '{{state}}' }],
      help: 'Live sessions through the day. The waiting ones growing: people cannot keep up with their agents; run fewer at once.',
    }),

    row('Loops and churn'),
    tablePanel({
      title: 'Loops', unit: 'string', size: [12, 8], sort: 'Failures repeated', empty: 'No session repeats failing calls',
      help: 'Live sessions that fail in the same way again. From three on they go in circles: stop, say what is wrong, or undo and begin anew.',
      valuesAfter: 'session_id',
      labels: fewColumns,
      values: [{ name: 'Failures repeated', unit: 'none', width: 150, steps: thresholds.repeatedFailures, query: described(`(${metric('ai_session_repeated_failures')} > 0)`) }],
    }),
    tablePanel({
      title: 'Edits edited again', unit: 'string', size: [12, 8], sort: 'Churn', empty: 'No session edits its own edits',
      help: 'Part of the last edits that changed lines edited before. Above 30 % it tries things out; above 60 % it writes and rewrites: give it a test to work against.',
      valuesAfter: 'session_id',
      labels: fewColumns,
      values: [{ name: 'Churn', unit: 'percentunit', decimals: 0, width: 150, steps: thresholds.churn, query: described(`(${metric('ai_session_edit_churn_ratio')} > 0)`) }],
    }),
    tablePanel({
      title: 'Lost caches', unit: 'string', size: [12, 6], sort: 'Cache hits', descending: false, empty: 'No session has lost its cache',
      help: 'Live sessions whose cache hits have fallen to less than half of what they were: every request is paid in full. Begin anew, or stop changing tools and instructions in the middle.',
      valuesAfter: 'session_id',
      labels: fewColumns,
      values: [{ name: 'Cache hits', unit: 'percentunit', decimals: 0, width: 150, steps: thresholds.cacheHits, query: described(`(${metric('ai_session_cache_hit_ratio')} and on (${identity}) (${metric('ai_session_cache_collapsed')} == 1))`) }],
    }),
    tablePanel({
      title: 'Compacted often', unit: 'string', size: [12, 6], sort: 'Compactions', empty: 'No live session has been compacted',
      help: 'How often the context of each live session was compacted. After two or three an agent works from summaries of summaries: begin anew with a written plan.',
      valuesAfter: 'session_id',
      labels: fewColumns,
      values: [{ name: 'Compactions', unit: 'none', width: 150, steps: thresholds.any, query: described(`(${metric('ai_session_context_compactions_total')} > 0)`) }],
    }),

    row('Waiting and limits'),
    tablePanel({
      title: 'Waiting for a human', unit: 'string', size: [12, 8], sort: 'Waits for', empty: 'Nobody is waited for',
      help: 'Sessions that have answered or ask for permission, the longest first. Tell the person, or answer in the room.',
      valuesAfter: 'session_id',
      labels: fewColumns,
      values: [{ name: 'Waits for', unit: 's', decimals: 1, width: 150, steps: thresholds.waiting, query: `time() - ${described(`(${metric('ai_session_last_activity_timestamp_seconds')} and on (${identity}) (${metric('ai_session_state', { state: 'waiting' })} == 1))`)}` }],
    }),
    tablePanel({
      title: 'Rate limits', unit: 'string', size: [12, 8], sort: 'Used', empty: 'No tool has reported a limit',
      help: 'The limits of the accounts as the tools reported them, and when the window begins anew. Above 80 %: leave the large tasks for after the reset, or use another tool.',
      labels: { tool: 'Tool', window: { name: 'Window', width: 90 }, user_name: 'User' },
      values: [
        { name: 'Used', unit: 'percentunit', decimals: 0, bar: true, steps: thresholds.rateLimit, query: `max by (tool, window, user_name) (${fleet('ai_rate_limit_used_ratio')})` },
        { name: 'Resets in', unit: 's', decimals: 1, width: 110, query: `max by (tool, window, user_name) (${fleet('ai_rate_limit_reset_timestamp_seconds')}) - time()` },
      ],
    }),
    linesPanel({
      title: 'Rate limits over time', unit: 'percentunit', size: [12, 7], min: 0, max: 1, marked: true, steps: thresholds.rateLimit, of: [{ query: namedUser(`max by (user_name, tool, window) (${fleet('ai_rate_limit_used_ratio')})`), legend: '{{tool}} {{window}} {{user_name}}' }],
      help: 'How fast the limits are used up. A line that will reach the top before its window resets: spread the work or change the account.',
    }),
    tablePanel({
      title: 'Agents', unit: 'string', size: [12, 7], sort: 'Answers', descending: false, links: [toPage('self', 'Watchroom itself')],
      help: 'Every exporter of the time shown: 1 when Prometheus reaches it. 0: its machine sleeps, its exporter has stopped, or the network is cut; its sessions are unknown, not ended.',
      labels: { instance: 'Exporter', host_name: 'Host', user_name: 'User' },
      values: [{ name: 'Answers', unit: 'none', width: 120, steps: thresholds.up, query: `max by (job, instance, host_name, user_name) (${other('up')} and on (job, instance) last_over_time(${metric('watchroom_build_info')}[$__range]))` }],
    }),
  ],
});
