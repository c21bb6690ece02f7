import { catalogue, labelsOf } from './catalogue.ts';
import { agentLabels, hubCatalogue } from './hub-metrics.ts';
import type { Metric } from './metric.ts';

/** docs/metrics.md, from the catalogue. scripts/metrics-docs.ts writes it, a test compares it. */
export const metricsDocs = (): string => `# Metrics

Made from \`exporter/src/metrics/catalogue.ts\` by \`node scripts/metrics-docs.ts\`; a test holds the two against each other.

\`ai_*\` is what is observed, \`watchroom_*\` is the observer. What is unknown has no series; it is never 0. Host and user are labels of the
target, not of the series. Money is API-equivalent: what the tokens would cost at list prices, not what a subscription is billed.

${sections.map(section).join('\n')}
## Of a hub

A hub's \`/metrics\` has the series of sessions above, of every agent that is up, each once, and counters of its own over all agents; all with the labels
${agentLabels.map((label) => `\`${label}\``).join(', ')}. More about it in [hub-metrics.md](hub-metrics.md).

${table(hubCatalogue)}
## Of the process

prom-client adds \`process_*\` and \`nodejs_*\`: memory, CPU time, file descriptors, the event loop and garbage collection of the exporter itself.

## What is left out, and how

\`/metrics?name[]=ai_tokens_total&name[]=ai_cost_usd_total\` shows only these. \`--no-collector.session\`, \`--no-collector.fleet\`,
\`--no-collector.exporter\` and \`--no-collector.process\` switch a section off for every scrape.
`;

const sections: readonly { readonly scope: Metric['scope']; readonly title: string; readonly words: string }[] = [
  {
    scope: 'session', title: 'Of each session',
    words: `These series leave with their session (24 hours after its last activity, and beyond the 1,000 most recent, unless configured otherwise). About fifty
series each. For rates and increases over time use the counters of all sessions: \`increase()\` loses what a series had at its first sight.

Join words to numbers by the session: \`ai_session_tokens_total * on (job, instance, team, host_name, user_name, session_id) group_left (project) ai_session_info\`.`,
  },
  {
    scope: 'fleet', title: 'Of all sessions of the machine',
    words: `Counters of the ledger: they begin at 0 when the ledger is created, survive restarts and deleted transcripts, never fall, and count only use that is newer than the
ledger. A series that is born while the exporter runs is shown to each scraper as 0 for two scrapes (and two of its intervals) before its value, so that
\`increase()\` misses nothing. Labels beyond the top 50 projects and 20 tool names are \`other\`; a model that the records do not name is \`unknown\`.`,
  },
  { scope: 'exporter', title: 'Of the exporter', words: 'What it reads, and how that goes. `source` is a tool, or `processes`.' },
  { scope: 'own', title: 'Of serving', words: 'Measured while scrapes and pages are answered.' },
];

const section = ({ scope, title, words }: (typeof sections)[number]): string => `## ${title}

${words}

${table(catalogue.filter((metric) => metric.scope === scope))}`;

const table = (metrics: readonly Metric[]): string => `| Name | Type | Unit | Labels | What it says | Series |
|---|---|---|---|---|---|
${metrics.map(row).join('\n')}
`;

const row = (metric: Metric): string =>
  `| \`${metric.name}\` | ${metric.type} | ${unitWords[metric.unit] || (/_usd(_total)?$/.test(metric.name) ? 'US dollars' : '')} | ${labelsOf(metric).map((label) => `\`${label}\``).join(' ')} | ${metric.help.replaceAll(/[|<]/g, '\\$&')} | ${metric.cardinality} |`;

const unitWords: Readonly<Record<Metric['unit'], string>> = { '': '', '1': 'ratio', s: 'seconds', By: 'bytes', '{token}': 'tokens' };
