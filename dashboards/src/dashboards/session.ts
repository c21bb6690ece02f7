import { alertsOfSession, commentsOfSession, compactionsOfSession, messagesOfSession } from '../annotations.ts';
import { identity } from '../identity.ts';
import { roomOfPage } from '../links.ts';
import { page } from '../page.ts';
import { barsPanel, linesPanel, numberPanel, numbersPanel, roomColumn, row, tablePanel, wordPanel } from '../panels.ts';
import { contextOfWhatFits, ofSession, other, recorded } from '../queries.ts';
import { stateColors, thresholds, tokenColors } from '../thresholds.ts';
import { datasource, model, project, room, session as sessionVariable, tool, user } from '../variables.ts';

const chosen = { session_id: '$session', user_name: /$user/ };

export const session = page({
  uid: 'session', title: 'Session', from: 'now-6h', refresh: '30s',
  about: 'One session: what it does now, how full and how healthy it is, what failed, what it changed and what it cost. Come here by a link from a session on another dashboard.',
  variables: [datasource(), user(), project(), tool(), model(), sessionVariable(), room()],
  annotations: [compactionsOfSession(), alertsOfSession(), commentsOfSession(), messagesOfSession()],
  links: [roomOfPage()],
  rows: [
    row('Now'),
    wordPanel({
      title: 'State', unit: 'string', size: [3, 4], colors: stateColors, of: { query: `max by (state) (${ofSession('ai_session_state')} == 1)`, legend: '{{state}}' }, empty: 'not in the export window',
      help: 'Working: the agent is busy. Waiting: it has answered or asks for permission, so go and answer. Idle: nobody has touched it for a while. Ended: its process is gone. Nothing: it was last active before the export window (24 hours unless set otherwise).',
    }),
    barsPanel({
      title: 'Context used', names: 'top', unit: 'percentunit', decimals: 0, min: 0, max: 1, size: [6, 4], steps: thresholds.context, empty: 'unknown', of: [
        { query: `max(${contextOfWhatFits(chosen)})`, legend: 'of what fits before it compacts' },
        { query: `max(${recorded('session:ai_session_context:ratio', chosen)})`, legend: 'of the window' },
      ],
      help: 'Tokens in the context, of what fits before the tool compacts (the window where that is not known) and of the window. Green to 70 %, yellow to 90 %: finish the thought. Red: have it write down what matters, then compact or begin anew. Unknown when the tool does not tell or the model\'s window is not known.',
    }),
    numberPanel({
      title: 'Full in', unit: 's', decimals: 0, size: [3, 4], steps: thresholds.timeToFull, empty: 'not filling', of: `min(${recorded('session:ai_session_context:seconds_to_full', chosen)})`,
      help: 'When the context is full at the speed of the last 15 minutes. Under a quarter of an hour: compact now rather than in the middle of an edit.',
    }),
    numberPanel({
      title: 'Health', unit: 'none', decimals: 2, size: [3, 4], steps: thresholds.health, empty: 'unknown', of: `min(${ofSession('ai_session_health_ratio')})`,
      help: 'From 0 to 1: healthy from 0.7, in trouble below 0.4. The four factors below say why. Unknown when too little is known or the session has ended.',
    }),
    numberPanel({
      title: 'Cost', unit: 'currencyUSD', decimals: 2, size: [3, 4], empty: 'no price', of: `sum(${ofSession('ai_session_cost_usd_total')})`,
      help: 'All of the session at API prices; with a subscription it is not a bill. "No price": the model is not in the price table, so add it under "prices" in the configuration.',
    }),
    numberPanel({
      title: 'Turns', unit: 'none', size: [3, 4], of: `sum(${ofSession('ai_session_turns_total')})`,
      help: 'Prompts that people have sent. Many short ones in a row: the agent does not understand the task; tell it the goal and the constraints in one piece.',
    }),
    numberPanel({
      title: 'Last seen', unit: 's', decimals: 0, size: [3, 4], steps: thresholds.waiting, of: `time() - max(${ofSession('ai_session_last_activity_timestamp_seconds')})`,
      help: 'Time since its newest record. Long while it is "working": a tool call hangs; look at what it runs.',
    }),
    tablePanel({
      title: 'This session', unit: 'string', size: [24, 4], sort: 'Project', empty: 'Not in the export window: choose a time in which it was active',
      help: 'What it is and where it runs. The room opens a talk about it; without a hub there is none. A parent is the session it was branched off or started by.',
      labels: { user_name: 'User', host_name: 'Host', project: 'Project', git_branch: 'Branch', tool: 'Tool', tool_version: 'Version', model: 'Model', title: 'Title', parent_session_id: { name: 'Parent', links: [parent()] }, room_url: roomColumn },
      values: [{ name: 'Age', unit: 's', decimals: 1, width: 100, query: `time() - max by (${identity}, project, git_branch, tool, tool_version, model, title, parent_session_id, room_url) (${ofSession('ai_session_start_timestamp_seconds')} * on (${identity}) group_left (project, git_branch, tool_version, model, title, parent_session_id, room_url) ${ofSession('ai_session_info')})` }],
    }),

    row('Context'),
    linesPanel({
      title: 'Context window', unit: 'short', size: [16, 8], colors: { used: 'blue', limit: 'red', 'compacts at': 'orange' },
      of: [
        { query: `max(${ofSession('ai_session_context_used_tokens')})`, legend: 'used' },
        { query: `max(${ofSession('ai_session_context_limit_tokens')})`, legend: 'limit' },
        { query: `max(${ofSession('ai_session_context_compaction_tokens')})`, legend: 'compacts at' },
      ],
      help: 'Tokens in the window, its size, and where the tool compacts by itself; violet marks are compactions. A saw with short teeth: it forgets again and again, so split the task or move facts into files.',
    }),
    linesPanel({
      title: 'Tokens by kind', unit: 'short', size: [8, 8], stacked: true, colors: tokenColors, of: [{ query: `sum by (token_type) (${ofSession('ai_session_tokens_total')})`, legend: '{{token_type}}' }],
      help: 'All tokens so far; the kinds do not overlap. Much cache_creation beside little cache_read: the cache is lost again and again, by long pauses or by changing the beginning of the prompt.',
    }),

    row('Health'),
    linesPanel({
      title: 'Health score', unit: 'none', decimals: 2, size: [10, 7], min: 0, max: 1, marked: true, steps: thresholds.health, colors: { health: 'blue' }, of: [{ query: `min(${ofSession('ai_session_health_ratio')})`, legend: 'health' }],
      help: 'The score over time with its two limits. A slow fall is age and a filling context; a sudden one is errors: compare with the errors below.',
    }),
    barsPanel({
      title: 'The four factors', unit: 'none', decimals: 2, size: [7, 7], min: 0, max: 1, steps: thresholds.health, empty: 'unknown', of: [{ query: `min by (factor) (${ofSession('ai_session_health_factor_ratio')})`, legend: '{{factor}}' }],
      help: 'What the score is made of, 1 is good. token_usage: compact or begin anew. duration: it is old, so end it at the next good point. activity: nobody has touched it. errors: see below what fails.',
    }),
    numbersPanel({
      title: 'Signs of going in circles', unit: 'none', size: [7, 7], empty: 'unknown',
      of: [
        { query: `max(${ofSession('ai_session_repeated_failures')})`, legend: 'failures repeated', unit: 'none', steps: thresholds.repeatedFailures },
        { query: `max(${ofSession('ai_session_edit_churn_ratio')})`, legend: 'edits edited again', unit: 'percentunit', steps: thresholds.churn },
        { query: `max(${ofSession('ai_session_cache_collapsed')})`, legend: 'caches lost', unit: 'none', steps: thresholds.any },
        { query: `max(${ofSession('ai_session_file_conflicts')})`, legend: 'files in conflict', unit: 'none', steps: thresholds.any },
      ],
      help: 'The same call failing again, lines edited again and again, a cache that stopped hitting, files that another session edits, too. More than three repeated failures: stop it and say what is wrong.',
    }),

    row('Errors and tools'),
    linesPanel({
      title: 'Errors so far, by kind', unit: 'none', size: [8, 8], stacked: true, empty: 'none', of: [{ query: `sum by (error_kind) (${ofSession('ai_session_errors_total')}) > 0`, legend: '{{error_kind}}' }],
      help: 'Errors since the session began; kinds that never happened are left out. overloaded and rate_limit: wait or change the model. tool: a command or an edit failed. permission_denied: somebody refused, so say what it may do. api: see the provider\'s status page.',
    }),
    barsPanel({
      title: 'Tool calls', unit: 'none', size: [8, 8], min: 0, of: [{ query: `sort_desc(sum by (tool_name) (${ofSession('ai_session_tool_calls_total')}))`, legend: '{{tool_name}}' }],
      help: 'What the agent does most. Reading and searching without an edit for long: it has lost the thread; give it the file to look at.',
    }),
    barsPanel({
      title: 'Failed tool calls', unit: 'none', size: [8, 8], min: 0, steps: thresholds.any, empty: 'none', of: [{ query: `sort_desc(sum by (tool_name) (${ofSession('ai_session_tool_call_errors_total')}))`, legend: '{{tool_name}}' }],
      help: 'Calls that failed, by tool. Most calls of a tool failing: its set-up is broken (a missing program, a wrong folder), which no amount of trying mends.',
    }),

    row('Work'),
    barsPanel({
      title: 'Files', unit: 'none', size: [4, 7], min: 0, empty: 'unknown', of: [{ query: `max by (operation) (${ofSession('ai_session_files_touched')})`, legend: '{{operation}}' }],
      help: 'Different files read, edited and created. Far more edited than the task needs: review the change before it grows.',
    }),
    barsPanel({
      title: 'Lines', unit: 'none', size: [4, 7], min: 0, empty: 'unknown', colors: { added: 'green', removed: 'red' }, of: [{ query: `max by (change) (${ofSession('ai_session_lines_total')})`, legend: '{{change}}' }],
      help: 'Lines that edit tools have added and removed; what shell commands change is not in it. Nothing after an hour: see whether it is stuck.',
    }),
    barsPanel({
      title: 'Messages and helpers', names: 'top', unit: 'none', size: [4, 7], min: 0,
      of: [
        { query: `max by (role) (${ofSession('ai_session_messages_total')})`, legend: 'messages: {{role}}' },
        { query: `max(${ofSession('ai_session_subagents_total')})`, legend: 'sub-agents' },
        { query: `sum(${ofSession('ai_session_requests_total')})`, legend: 'requests' },
      ],
      help: 'Messages by who wrote them, sub-agents started, requests to the model. Hundreds of requests for one message: it works in small steps; a larger model or a plan may be cheaper.',
    }),
    linesPanel({
      title: 'Cost by model, API-equivalent', unit: 'currencyUSD', size: [6, 7], stacked: true, of: [{ query: `sum by (model) (${ofSession('ai_session_cost_usd_total')})`, legend: '{{model}}' }],
      help: 'Cost so far at API prices. A steep piece with few changed lines: see which tool calls fell into it.',
    }),
    linesPanel({
      title: 'Cache hits', unit: 'percentunit', size: [6, 7], min: 0, max: 1, marked: true, steps: thresholds.cacheHits, of: [{ query: `max(${ofSession('ai_session_cache_hit_ratio')})`, legend: 'cache hits' }],
      help: 'Part of the input that came from the cache over the last requests. A sudden fall makes every request several times dearer: a pause longer than the cache lives, or a changed set of tools.',
    }),

    row('Its time and its process'),
    numberPanel({
      title: 'Active time', unit: 's', decimals: 1, size: [6, 5], of: `max(${ofSession('ai_session_active_seconds_total')})`,
      help: 'Time with work in it, long pauses left out. Much less than its age: it waits for people more than it works.',
    }),
    barsPanel({
      title: 'Tokens in particular', names: 'top', unit: 'short', size: [6, 5], min: 0, empty: 'none',
      of: [
        { query: `sum(${ofSession('ai_session_reasoning_tokens_total')})`, legend: 'reasoning (part of output)' },
        { query: `sum by (token_type) (${ofSession('ai_session_estimated_tokens_total')})`, legend: 'estimated: {{token_type}}' },
      ],
      help: 'Output that was reasoning, and tokens that were only estimated because the tool logs none; estimates are in no other number. Much reasoning for a small task: lower the effort.',
    }),
    linesPanel({
      title: 'Processor', unit: 'percentunit', size: [6, 5], of: [{ query: `sum(rate(${ofSession('ai_session_process_cpu_seconds_total')}[$__rate_interval]))`, legend: 'CPU' }],
      help: 'Processor time of its processes, 100 % is one core. High while it waits: something it started runs on; look at the process list of the machine.',
    }),
    linesPanel({
      title: 'Memory', unit: 'bytes', size: [6, 5],
      of: [{ query: `sum(${ofSession('ai_session_process_resident_memory_bytes')})`, legend: 'memory' }],
      help: 'Memory of its processes. Growing without end: restart the tool and take the session up again.',
    }),
    numberPanel({
      title: 'Processes', unit: 'none', size: [6, 5], of: `sum(${ofSession('ai_session_processes')})`,
      help: 'Processes of the session. None while it should run: it has ended or runs on another machine. Several: the same session is open in more than one terminal.',
    }),
    tablePanel({
      title: 'Alerts of this session', unit: 'string', size: [18, 5], sort: 'Alert', descending: false, empty: 'No alert fires',
      help: 'Alerts that fire for this session. The message of each, in Slack or wherever your alerts go, leads to its runbook.',
      labels: { alertname: 'Alert', severity: 'Severity', tool: 'Tool' },
      values: [{ name: 'Firing', hidden: true, query: `max by (alertname, severity, tool) (${other('ALERTS', { alertstate: 'firing', session_id: '$session' })})` }],
    }),
  ],
});

/** The session this one came from. */
function parent() {
  return { title: 'Open the parent', url: '/d/watchroom-session?var-session=${__value.raw:percentencode}&${datasource:queryparam}&${user:queryparam}&${__url_time_range}' };
}
