import { catalogue, labelsOf } from '../../metrics/catalogue.ts';
import { html } from './html.ts';
import { frame } from './page.ts';

/** The metric catalogue for reading. */
export const docsPage = (version: string): string =>
  frame({
    title: 'Metrics · Watchroom',
    version,
    body: html`<main class="docs"><h1>What the metrics mean</h1>
<p>Scraped at <a href="/metrics">/metrics</a>. <code>ai_session_*</code> leave with their session; sums over time use the counters of all sessions, which never fall.</p>
<dl>${catalogue.map((metric) => html`<dt><code>${metric.name}</code> <span class="quiet">${metric.type}${labelsOf(metric).length > 0 && html` by ${labelsOf(metric).join(', ')}`}</span></dt><dd>${metric.help}</dd>`)}</dl></main>`,
  });
