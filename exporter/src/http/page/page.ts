import type { Health } from '../../session/health-type.ts';
import type { EpochMs } from '../../session/part.ts';
import type { Session } from '../../session/session.ts';
import type { Snapshot, SourceStatus } from '../../session/snapshot.ts';
import { toolNames } from '../../session/tool.ts';
import { totalTokens } from '../../session/usage.ts';
import { age, dollars, many, short } from '../words.ts';
import { html } from './html.ts';
import type { Html } from './html.ts';
import { sessionTable } from './rows.ts';

/** A place where sessions were looked for. */
export interface LookedAt {
  readonly tool: string;
  readonly path: string;
  readonly found: boolean;
}

export interface PageFacts {
  readonly snapshot: Snapshot;
  readonly now: EpochMs;
  readonly healthOf: (session: Session) => Health;
  readonly lookedAt: readonly LookedAt[];
  readonly snippet: string;
  readonly version: string;
  readonly hubUrl?: string;
}

/** The whole page, drawn on the server: it works without JavaScript, and live.js only swaps the parts that changed. */
export const page = (facts: PageFacts): string =>
  frame({
    title: titleOf(facts.snapshot),
    head: html`<noscript><meta http-equiv="refresh" content="15"></noscript><script src="/live.js" defer></script>`,
    body: html`
<main>
<div id="notices" data-part>${notices(facts)}</div>
<div id="summary" data-part>${facts.snapshot.sessions.length > 0 && summary(facts.snapshot)}</div>
<div id="sessions" data-part>${facts.snapshot.sessions.length > 0 ? sessionTable(facts.snapshot.sessions, facts.healthOf, facts.now) : empty(facts)}</div>
<section class="aside">
  <details id="prometheus"><summary>Point Prometheus here</summary>
    <p>Paste this below <code>scrape_configs:</code> in <code>prometheus.yml</code>.</p>
    <pre tabindex="0">${facts.snippet}</pre>
  </details>
  <details id="sources"><summary>Where these numbers come from</summary>
    <div id="source-list" data-part>${sourceList(facts)}</div>
  </details>
</section>
</main>`,
    version: facts.version,
    ...(facts.hubUrl ? { hubUrl: facts.hubUrl } : {}),
  });

/** What all our pages share. */
export const frame = ({ title, head, body, version, hubUrl }: { readonly title: string; readonly head?: Html; readonly body: Html; readonly version: string; readonly hubUrl?: string }): string =>
  html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<title>${title}</title>
<link rel="icon" href="/icon.svg" type="image/svg+xml">
<link rel="stylesheet" href="/page.css">
${head}
</head>
<body>
<header><a class="name" href="/"><img src="/icon.svg" alt="">Watchroom</a>
<nav aria-label="Pages"><a href="/metrics">Metrics</a><a href="/docs">What they mean</a><a href="/api/sessions.json">JSON</a>${hubUrl && html`<a href="${hubUrl}">Rooms</a>`}</nav></header>
${body}
<footer>Watchroom ${version} · Cost is API-equivalent: list prices, not a bill.</footer>
</body>
</html>
`.text;

const titleOf = ({ sessions }: Snapshot): string => {
  const waiting = sessions.filter(({ state }) => state === 'waiting').length;
  return waiting > 0 ? `(${waiting}) Watchroom` : 'Watchroom';
};

const notices = ({ snapshot: { complete, scanned, ledger, sources } }: PageFacts): Html[] => [
  ...(complete ? [] : [scanNotice(Math.floor(scanned * 100))]),
  ...(ledger.durable ? [] : [html`<div class="notice bad" role="alert"><p><b>Counters will not survive a restart.</b> ${sentence(ledger.problem ?? 'the state folder cannot be written')}${!ledger.problem?.includes('--state') && html` <code>--state DIR</code> names a folder to keep them in.`}</p></div>`]),
  ...sources.filter(({ up }) => !up).map(({ source, problem }) => html`<div class="notice bad" role="alert"><p><b>${nameOf(source)} could not be read.</b> ${problem && sentence(problem)} <span class="quiet"><code>watchroom doctor</code> tells more.</span></p></div>`),
];

const scanNotice = (percent: number): Html => html`<div class="notice" role="status"><p>Reading what the tools have left on this machine: <b>${percent}&nbsp;%</b>. Sessions appear as they are read.</p>
<svg class="scan" viewBox="0 0 100 4" preserveAspectRatio="none" aria-hidden="true"><rect class="rail" width="100" height="4"/><rect class="done" width="${percent}" height="4"/></svg></div>`;

const summary = ({ sessions, sessionCounts }: Snapshot): Html => {
  const count = (state: Session['state']): number => sessions.filter((session) => session.state === state).length;
  const uses = sessions.flatMap(({ models }) => Object.values(models));
  const micros = uses.flatMap(({ microUsd }) => (microUsd === undefined ? [] : [microUsd]));
  const known = Object.values(sessionCounts).reduce((sum, { working, waiting, idle, ended }) => sum + working + waiting + idle + ended, 0);
  return html`<dl class="summary">
<div><dt>working</dt><dd>${count('working')}</dd></div>
<div class="${count('waiting') > 0 && 'calls'}"><dt>waiting for you</dt><dd>${count('waiting')}</dd></div>
<div><dt>idle</dt><dd>${count('idle')}</dd></div>
<div><dt>tokens</dt><dd>${uses.length > 0 ? short(uses.reduce((sum, { usage }) => sum + totalTokens(usage), 0)) : '–'}</dd></div>
<div><dt>API-equivalent</dt><dd>${micros.length > 0 ? dollars(micros.reduce((sum, micro) => sum + micro, 0) / 1e6) : '–'}</dd></div>
<div><dt>${known > sessions.length ? html`of ${known.toLocaleString('en-US')} sessions` : 'sessions'}</dt><dd>${sessions.length.toLocaleString('en-US')}</dd></div>
</dl>`;
};

const empty = ({ lookedAt, snapshot: { complete } }: PageFacts): Html => html`<section class="empty">
<h1>${complete ? 'No sessions yet' : 'Looking for sessions'}</h1>
<p>Start any AI coding tool in a terminal or editor and it shows up here within seconds. Nothing has to be set up in the tool.</p>
${lookedAt.length > 0 && html`<h2>Where Watchroom looked</h2>
<table class="looked"><thead><tr><th scope="col">Tool</th><th scope="col">Folders</th></tr></thead>
<tbody>${[...Map.groupBy(lookedAt, ({ tool }) => tool)].map(([tool, places]) => html`<tr><th scope="row">${tool}</th><td><ul>${places.map(({ path, found }) => html`<li><code>${path}</code> <span class="quiet">${found ? 'is there, without a session' : 'is not there'}</span></li>`)}</ul></td></tr>`)}</tbody></table>
<p class="quiet">Kept somewhere else? Name the folder under <code>roots</code> in the configuration. <code>watchroom doctor</code> explains every zero.</p>`}
<h2>See it with sample sessions</h2>
<p>In the repository:</p>
<pre tabindex="0">npm start -- --home examples/home</pre>
</section>`;

const sourceList = ({ snapshot: { sources, ledger }, now }: PageFacts): Html => html`
<ul>${sources.map((status) => html`<li><b>${nameOf(status.source)}</b> <span class="${status.up ? 'quiet' : 'warn'}">${sourceWords(status, now)}</span></li>`)}</ul>
<p class="quiet">Ledger: ${ledger.durable ? html`${(ledger.sizeBytes / 1e6).toFixed(1)} MB${ledger.path && html` in <code>${ledger.path}</code>`}` : 'in memory'}.</p>`;

const sourceWords = ({ up, problem, filesTracked, records, unknownRecords, parseErrors, lastScanAt }: SourceStatus, now: EpochMs): string => {
  if (!up) return problem ?? 'could not be read';
  const broken = Object.values(parseErrors).reduce((sum, count) => sum + count, 0);
  return [
    many(filesTracked, 'file'),
    many(records, 'record'),
    broken > 0 ? `${many(broken, 'broken record')} left out` : undefined,
    unknownRecords > 0 ? `${short(unknownRecords)} of an unknown kind` : undefined,
    lastScanAt === undefined ? 'not scanned yet' : `scanned ${age(now - lastScanAt)} ago`,
  ].filter((words) => words !== undefined).join(', ');
};

/** "the database is locked" → "The database is locked." */
const sentence = (words: string): string => `${words.charAt(0).toUpperCase()}${words.slice(1).replace(/[.\s]+$/, '')}.`;

const nameOf = (source: SourceStatus['source']): string => (source === 'processes' ? 'Process table' : toolNames[source]);
