import { labelsOf } from 'watchroom/metrics';
import { everyMetric } from './every-metric.ts';
import { identity, targetLabels } from './identity.ts';
import { otherMetrics } from './other-metrics.ts';

/** What a label must be: a text, a regular expression (of the whole value), or anything but a text. */
export type Matcher = string | RegExp | { readonly not: string };
export type Matchers = Readonly<Record<string, Matcher>>;

/**
 * The PromQL selector of a metric of the catalogue. A name or a label that neither exporter nor hub emits ends the generation:
 * a panel on such a metric would be empty for ever (TRAPS.md 40).
 */
export const metric = (name: string, matchers: Matchers = {}): string => {
  const labels = knownLabels(name);
  for (const label of Object.keys(matchers)) {
    if (!labels.has(label)) throw new Error(`${name} has no label ${label}; it has ${[...labels].join(', ')}`);
  }
  return selector(name, matchers);
};

/** The buckets, the sum or the count of a histogram. */
export const bucketsOf = (name: string, matchers: Matchers = {}): string => metric(name, matchers).replace(name, `${name}_bucket`);

/** A fleet metric, narrowed to what the page's variables choose as far as it has their labels. */
export const fleet = (name: string, matchers: Matchers = {}): string => metric(name, { ...chosen(name), ...matchers });
export const fleetBuckets = (name: string): string => bucketsOf(name, chosen(name));

/** Metadata of the sessions that the page's variables choose. */
export const chosenInfo = (): string => fleet('ai_session_info');

/** A session metric for the sessions that the page's variables choose, the ended ones of the last day included. */
export const ofChosen = (expression: string): string => `${expression} and on (${identity}) ${chosenInfo()}`;

/** The same for the sessions that are going on. */
export const ofLive = (expression: string): string => `${ofChosen(expression)} and on (${identity}) (${live()})`;

/** The same with words of its metadata, for tables. */
export const withInfo = (expression: string, words: readonly string[]): string =>
  `(${ofLive(expression)}) * on (${identity}) group_left (${words.join(', ')}) ${chosenInfo()}`;

/** A metric of the one session that the page shows. */
export const ofSession = (name: string, matchers: Matchers = {}): string => metric(name, { ...theSession, ...matchers });

/** How full a context is, as the alert SessionContextNearlyFull sees it: of what fits before the tool compacts, else of the window. */
export const contextOfWhatFits = (matchers: Matchers = {}): string =>
  `(${metric('ai_session_context_used_tokens', matchers)} / (${metric('ai_session_context_compaction_tokens', matchers)} or ${metric('ai_session_context_limit_tokens', matchers)}))`;

/** How much a counter grew per minute, drawn over time. */
export const perMinute = (counter: string, by: string): string => `60 * sum by (${by}) (rate(${counter}[$__rate_interval]))`;

/** How much a counter grew over the time that the page shows. */
export const inRange = (counter: string, by?: string): string => `sum${by === undefined ? '' : ` by (${by})`} (increase(${counter}[$__range]))`;

/**
 * How much a counter that never falls is above what it was when the time shown began: what is new since then counts in full, where
 * increase() would lose the first value of a series. For a handful of series that are often born late.
 */
export const sinceBeginning = (counter: string): string => `${counter} - (${counter} offset $__range or ${counter} * 0)`;

/**
 * How much a counter grew in each step of a panel whose steps are hours or days. Looking forward, so that a bar stands at the
 * beginning of its day and today's bar is there before the day is over.
 */
export const inStep = (counter: string, by?: string): string => `sum${by === undefined ? '' : ` by (${by})`} (increase(${counter}[$__interval] offset -$__interval))`;

/** A quantile of a histogram. */
export const quantile = (share: number, buckets: string, by: readonly string[] = []): string =>
  `histogram_quantile(${share}, sum by (${['le', ...by].join(', ')}) (rate(${buckets}[$__rate_interval])))`;

/** Gives series without a user a name: an exporter that is scraped directly knows no users. */
export const namedUser = (expression: string): string => `label_replace(${expression}, "user_name", "this machine", "user_name", "^$")`;

/** A result of a recording rule of alerts/rules/recording.yml. */
export const recorded = (name: string, matchers: Matchers = {}): string => {
  if (!recordedNames.has(name)) throw new Error(`no recording rule is called ${name}`);
  return selector(name, matchers);
};

/** A metric that Prometheus itself or the exporter's runtime makes. */
export const other = (name: string, matchers: Matchers = {}): string => {
  if (!(name in otherMetrics)) throw new Error(`${name} is not listed in other-metrics.ts`);
  return selector(name, matchers);
};

/** The rules of alerts/rules/recording.yml that panels read; a test holds both against each other. */
export const recordedNames: ReadonlySet<string> = new Set([
  'session:ai_session_context:ratio',
  'session:ai_session_context:seconds_to_full',
  'session:ai_session_tokens:rate5m',
  'session:ai_session_cost_usd:sum',
  'session:ai_session_errors:increase15m',
  'tool:ai_cost_usd:increase1h',
  'budget:ai_budget_usd:used_ratio',
  'budget:ai_budget_usd:forecast',
]);

const live = (): string => `${metric('ai_session_state', { state: /working|waiting|idle/ })} == 1`;

const theSession: Matchers = { session_id: '$session', user_name: /$user/ };

const variableOfLabel: Readonly<Record<string, RegExp>> = { tool: /$tool/, project: /$project/, model: /$model/ };

/** The variables of the page as matchers. `.*` stands for all and matches a label that is absent. */
const chosen = (name: string): Matchers => {
  const labels = knownLabels(name);
  return Object.fromEntries([['user_name', /$user/], ...Object.entries(variableOfLabel).filter(([label]) => labels.has(label))]) as Matchers;
};

const knownLabels = (name: string): ReadonlySet<string> => {
  const row = everyMetric.find((one) => one.name === name);
  if (!row) throw new Error(`no metric is called ${name}; the catalogue (exporter/src/metrics) has ${everyMetric.length} others`);
  return new Set([...labelsOf(row), ...targetLabels]);
};

const selector = (name: string, matchers: Matchers): string => {
  const written = Object.entries(matchers).map(([label, matcher]) => label + matcherText(matcher));
  return written.length === 0 ? name : `${name}{${written.join(', ')}}`;
};

const matcherText = (matcher: Matcher): string => {
  if (typeof matcher === 'string') return `="${matcher}"`;
  return matcher instanceof RegExp ? `=~"${matcher.source}"` : `!="${matcher.not}"`;
};
