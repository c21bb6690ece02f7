import { toPage } from '../links.ts';
import { page } from '../page.ts';
import { bandsPanel, barsPanel, linesPanel, numberPanel, row, tablePanel } from '../panels.ts';
import type { Matchers } from '../queries.ts';
import { bucketsOf, metric, other, quantile, sinceBeginning } from '../queries.ts';
import { thresholds } from '../thresholds.ts';
import { datasource, exporter } from '../variables.ts';

const chosen = { instance: /$instance/ };
const of = (name: string, matchers: Matchers = {}): string => metric(name, { ...chosen, ...matchers });
/** Prometheus's own metrics of the targets that are exporters. */
const ofExporters = (name: string): string => `${other(name, chosen)} and on (job, instance) last_over_time(${of('watchroom_build_info')}[$__range])`;
/** Those of the exporter's runtime. */
const runtime = (name: string): string => `${other(name, chosen)} and on (job, instance) ${of('watchroom_build_info')}`;
/** Of sources that have files: a tool that nobody uses has no line. */
const ofUsed = (expression: string): string => `${expression} and on (job, instance, source) (${of('watchroom_files_tracked')} > 0)`;
const perSecond = (counter: string, by: string): string => `sum by (${by}) (${ofUsed(`rate(${counter}[$__rate_interval])`)})`;

export const self = page({
  uid: 'self', title: 'Watchroom itself', from: 'now-6h', refresh: '1m',
  about: 'Whether Watchroom sees everything: the exporters and their sources, how far behind they are, what they could not read, and what they cost.',
  variables: [datasource(), exporter()],
  rows: [
    row('Is it well?'),
    numberPanel({
      title: 'Exporters down', unit: 'none', size: [4, 4], steps: thresholds.none, of: `sum(1 - ${ofExporters('up')})`,
      help: 'Exporters that answered within the time shown and do not now. Start them again; "watchroom doctor" on their machine says what is missing.',
    }),
    numberPanel({
      title: 'Sources failing', unit: 'none', size: [4, 4], steps: thresholds.none, of: `sum(1 - ${of('watchroom_source_up')})`,
      help: 'Tools whose files could not be read at the last scan. The row below names them, and "watchroom doctor" gives the reason, often a missing permission.',
    }),
    numberPanel({
      title: 'Longest since a scan', unit: 's', decimals: 0, size: [4, 4], steps: thresholds.scanLag, of: `time() - min(${of('watchroom_last_scan_timestamp_seconds')})`,
      help: 'How old the oldest picture of a source is. Minutes: a scan hangs on a slow disk or a network folder; see the scan times below.',
    }),
    numberPanel({
      title: 'Could not be parsed', unit: 'short', decimals: 0, size: [4, 4], steps: thresholds.any, of: `sum(${sinceBeginning(of('watchroom_parse_errors_total'))})`,
      help: 'Records that were no valid record. A few are half-written lines; many at once: a tool has changed its format, so look for a newer Watchroom.',
    }),
    numberPanel({
      title: 'Series of sessions', unit: 'short', decimals: 0, size: [4, 4], of: `sum(${of('watchroom_series')})`,
      help: 'Session series of the last scrapes, about fifty per session. Near the sample_limit of your Prometheus: lower export.limit or export.window.',
    }),
    numberPanel({
      title: 'Ledgers in memory only', unit: 'none', size: [4, 4], steps: thresholds.none, of: `sum(1 - ${of('watchroom_ledger_durable')})`,
      help: 'Exporters whose counters will not survive a restart: their state folder cannot be written, or they were started without one. Give them a folder that stays.',
    }),
    tablePanel({
      title: 'Exporters', unit: 'string', size: [12, 7], sort: 'Answers', valuesAfter: 'instance', descending: false, links: [toPage('team', 'Team overview', ['datasource'])],
      help: 'Every exporter of the time shown with its version. Different versions count differently in places: bring them to the same one.',
      labels: { instance: { name: 'Exporter', width: 150 }, host_name: { name: 'Host', width: 100 }, user_name: { name: 'User', width: 90 }, version: { name: 'Version', width: 80 }, revision: { name: 'Revision', width: 90 }, node_version: { name: 'Node', width: 80 } },
      values: [
        { name: 'Answers', unit: 'none', width: 80, steps: thresholds.up, query: `max by (job, instance, host_name, user_name) (${ofExporters('up')})` },
        { name: 'Runs for', unit: 's', decimals: 1, width: 90, query: `time() - max by (job, instance, host_name, user_name) (${runtime('process_start_time_seconds')})` },
        { name: 'Version', hidden: true, query: `max by (job, instance, host_name, user_name, version, revision, node_version) (${of('watchroom_build_info')})` },
      ],
    }),
    bandsPanel({
      title: 'Sources', unit: 'string', size: [12, 7], of: [{ query: `min by (source) (${of('watchroom_source_up')})`, legend: '{{source}}' }], words: { 0: { text: 'failing', color: 'red' }, 1: { text: 'up', color: 'green' } },
      help: 'Whether the last scan of each tool worked, over time; a tool that is not installed counts as up. Red: "watchroom doctor" gives the reason.',
    }),

    row('Does it keep up?'),
    linesPanel({
      title: 'Time since the last scan', unit: 's', size: [8, 7], of: [{ query: `max by (instance) (time() - ${of('watchroom_last_scan_timestamp_seconds')})`, legend: '{{instance}}' }],
      help: 'Of the source that was looked at longest ago. Saw teeth as high as the poll interval are right. A line that only rises: a source hangs; restart the exporter and look at its log.',
    }),
    linesPanel({
      title: 'Scan time, 95 %', unit: 's', size: [8, 7], of: [{ query: quantile(0.95, bucketsOf('watchroom_scan_duration_seconds', chosen), ['source']), legend: '{{source}}' }],
      help: 'How long scans take. Seconds all the time: many sessions on a slow disk; fewer roots or a longer poll interval help.',
    }),
    linesPanel({
      title: 'Not yet read', unit: 'bytes', size: [8, 7], of: [{ query: `sum by (source) (${ofUsed(of('watchroom_backlog_bytes'))})`, legend: '{{source}}' }],
      help: 'Transcript found and not yet read: large at the first start, then zero. Never zero: the exporter gets too little time or disk; see its processor time below.',
    }),
    linesPanel({
      title: 'Read per second', unit: 'Bps', size: [8, 7], stacked: true, of: [{ query: perSecond(of('watchroom_read_bytes_total'), 'source'), legend: '{{source}}' }],
      help: 'Bytes read from session files. As much as the tools write is right. Far more for long: files are read again from the beginning; report it with the log.',
    }),
    linesPanel({
      title: 'Records per second', unit: 'short', size: [8, 7], stacked: true, of: [{ query: perSecond(of('watchroom_records_total'), 'source'), legend: '{{source}}' }],
      help: 'Records parsed. None while people work: the tool writes elsewhere; add the folder under "roots" in the configuration.',
    }),
    barsPanel({
      title: 'Files and folders', unit: 'short', decimals: 0, min: 0, size: [8, 7],
      of: [
        { query: `sum(${of('watchroom_files_tracked')})`, legend: 'files followed' },
        { query: `sum(${of('watchroom_watched_directories')})`, legend: 'folders watched' },
        { query: `sum(${of('watchroom_polled_directories')})`, legend: 'folders looked at' },
      ],
      help: 'Folders that the system reports changes of, and those looked at from time to time (network folders, or too many to watch). Many of the latter: news comes later, by the poll interval.',
    }),

    row('What it could not count'),
    linesPanel({
      title: 'Parse errors per minute', unit: 'short', size: [6, 7], stacked: true, of: [{ query: `60 * ${perSecond(of('watchroom_parse_errors_total'), 'source, reason')}`, legend: '{{source}}: {{reason}}' }],
      help: 'Records that could not be read, by reason. One source from one day on: its tool was updated; look for a newer Watchroom.',
    }),
    linesPanel({
      title: 'Unknown records per minute', unit: 'short', size: [6, 7], stacked: true, of: [{ query: `60 * ${perSecond(of('watchroom_unknown_records_total'), 'source')}`, legend: '{{source}}' }],
      help: 'Records of kinds that Watchroom does not know, usually harmless news of the tools. Many, and numbers that look too low: look for a newer Watchroom.',
    }),
    barsPanel({
      title: 'Late and corrected', names: 'top', unit: 'short', decimals: 0, min: 0, size: [6, 7], empty: 'none',
      of: [
        { query: `sum by (source) (${of('watchroom_late_tokens_total')}) > 0`, legend: 'late tokens: {{source}}' },
        { query: `sum by (reason) (${of('watchroom_corrections_total')}) > 0`, legend: 'corrections: {{reason}}' },
      ],
      help: 'Tokens found more than an hour after their time are in the history, not in the counters; counters are never lowered, and corrections say how often that would have been right. Growing late tokens: an exporter sleeps or lags; backfill fills the gap.',
    }),
    barsPanel({
      title: 'Sessions in the scrape and left out', names: 'top', unit: 'none', min: 0, size: [6, 7],
      of: [
        { query: `sum(${of('watchroom_sessions_exported')})`, legend: 'exported' },
        { query: `sum by (reason) (${of('watchroom_sessions_dropped')})`, legend: 'left out: {{reason}}' },
      ],
      help: 'Sessions last active before the export window are left out, and those beyond the limit. Any for "limit": raise export.limit if your Prometheus can take it.',
    }),

    row('What it costs'),
    linesPanel({
      title: 'Scrape time', unit: 's', size: [8, 7], marked: true, steps: thresholds.scrapeSeconds, of: [{ query: `max by (instance) (${ofExporters('scrape_duration_seconds')})`, legend: '{{instance}}' }],
      help: 'How long Prometheus waits for an answer. Above a second: fewer sessions (export.limit), or a machine that is out of breath.',
    }),
    linesPanel({
      title: 'Rendering, 95 %', unit: 's', size: [8, 7], of: [{ query: quantile(0.95, bucketsOf('watchroom_scrape_render_seconds', chosen), ['instance']), legend: '{{instance}}' }],
      help: 'The exporter\'s own part of the scrape time. Low while the scrape is slow: the network or the machine is.',
    }),
    linesPanel({
      title: 'Samples per scrape', unit: 'short', size: [8, 7], of: [{ query: `max by (instance) (${ofExporters('scrape_samples_scraped')})`, legend: '{{instance}}' }],
      help: 'What Prometheus stores of each exporter. A jump: many sessions at once or a new label; compare with the series of sessions above.',
    }),
    linesPanel({
      title: 'Requests, 95 %', unit: 's', size: [6, 7], of: [{ query: quantile(0.95, bucketsOf('watchroom_http_request_duration_seconds', chosen), ['route']), legend: '{{route}}' }],
      help: 'How fast the exporter answers, by page. Slow on all: it is busy with a first scan; see what is not yet read.',
    }),
    linesPanel({
      title: 'Processor', unit: 'percentunit', size: [6, 7], of: [{ query: `sum by (instance) (rate(${other('process_cpu_seconds_total', chosen)}[$__rate_interval]) and on (job, instance) ${of('watchroom_build_info')})`, legend: '{{instance}}' }],
      help: 'Processor time of the exporters, 100 % is one core. More than a few per cent after the first scan: see which source reads so much.',
    }),
    linesPanel({
      title: 'Memory and ledger', unit: 'bytes', size: [6, 7],
      of: [
        { query: `max by (instance) (${runtime('process_resident_memory_bytes')})`, legend: 'memory: {{instance}}' },
        { query: `max by (instance) (${of('watchroom_ledger_bytes')})`, legend: 'ledger: {{instance}}' },
      ],
      help: 'Memory of the exporters and the size of their ledgers on disk. The ledger grows slowly with use. Memory growing without end: restart the exporter and report it.',
    }),
    linesPanel({
      title: 'Lag of the event loop', unit: 's', size: [6, 7], of: [{ query: `max by (instance) (${runtime('nodejs_eventloop_lag_p99_seconds')})`, legend: '{{instance}}' }],
      help: 'How late the exporter is to its own appointments. Over a second for long: its machine is overloaded.',
    }),

    row('The hub and its rooms'),
    numberPanel({
      title: 'Agents that report', unit: 'none', size: [6, 4], empty: 'no hub', of: `sum(${of('watchroom_agent_up')})`,
      help: 'Machines whose agent reports to the hub now. Fewer than yesterday: see below which fell silent; its machine sleeps, or "watchroom agent" on it has ended.',
    }),
    numberPanel({
      title: 'Rooms in use', unit: 'short', decimals: 0, size: [6, 4], empty: 'not told', of: `sum(${of('watchroom_rooms')})`,
      help: 'Rooms of sessions and teams in which something was said. Told to the token of whoever runs the hub; with the token of a team this and the panels of messages are empty.',
    }),
    numberPanel({
      title: 'People in rooms', unit: 'none', size: [6, 4], empty: 'not told', of: `sum(${of('watchroom_room_members')})`,
      help: 'People who have a room open now, once for each room. None while they say that they look: their sockets do not reach the hub; see "Open sockets", and the proxy before it.',
    }),
    numberPanel({
      title: 'Open sockets', unit: 'none', size: [6, 4], empty: 'not told', of: `sum(${of('watchroom_socket_connections')})`,
      help: 'Pages and programs that hear news at once. Zero while pages are open: the proxy before the hub does not let websockets through.',
    }),
    linesPanel({
      title: 'Silence of agents', unit: 's', size: [6, 7], of: [{ query: `time() - max by (host_name, user_name) (${of('watchroom_agent_last_report_timestamp_seconds')})`, legend: '{{user_name}} on {{host_name}}' }],
      help: 'Time since the last report of each agent: up to a minute where nothing happens. A line that only rises: the machine is asleep, or its agent has lost its way or its token.',
    }),
    linesPanel({
      title: 'Messages per minute', unit: 'short', size: [6, 7], stacked: true, of: [{ query: `60 * sum by (kind) (rate(${of('watchroom_messages_total')}[$__rate_interval]))`, legend: '{{kind}}' }],
      help: 'What was written in all rooms: chat, comments, alerts. Many alerts beside little chat: nobody reads them; raise their limits, or silence what is known.',
    }),
    linesPanel({
      title: 'Delivery, 95 %', unit: 's', size: [6, 7], of: [{ query: quantile(0.95, bucketsOf('watchroom_delivery_seconds', chosen), ['instance']), legend: '{{instance}}' }],
      help: 'From the hub taking a message, through its commit, to everybody being sent it. Above a tenth of a second: the disk of the hub is slow at fsync, or the hub is out of breath.',
    }),
    linesPanel({
      title: 'Series, of what the hub shows at most', unit: 'percentunit', min: 0, size: [6, 7],
      of: [{ query: `max by (instance) (${of('watchroom_series')} / ignoring (scope) ${of('watchroom_series_limit', { scope: 'hub' })})`, legend: '{{instance}}' }],
      help: 'How near the sessions of all agents are to hub.series. At 100 % those active longest ago are left out: raise the limit, if your Prometheus can take it.',
    }),
  ],
});
