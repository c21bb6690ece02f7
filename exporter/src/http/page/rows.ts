import type { Health } from '../../session/health-type.ts';
import type { EpochMs } from '../../session/part.ts';
import type { Session, SessionState } from '../../session/session.ts';
import { toolNames } from '../../session/tool.ts';
import { totalTokens } from '../../session/usage.ts';
import { age, dollars, many, short } from '../words.ts';
import { html } from './html.ts';
import type { Html } from './html.ts';

/** The table of sessions: those that live first, then the ended ones. */
export const sessionTable = (sessions: readonly Session[], healthOf: (session: Session) => Health, now: EpochMs): Html => {
  const shown = [...sessions].sort((a, b) => Number(a.state === 'ended') - Number(b.state === 'ended')).slice(0, mostRows);
  return html`
<table>
  <caption class="unseen">Sessions, the live ones first</caption>
  <thead><tr><th scope="col">Session</th><th scope="col">State</th><th scope="col">Context</th><th scope="col">Health</th><th scope="col" class="number">Tokens</th><th scope="col" class="number"><abbr title="API-equivalent: what these tokens would cost at list prices, not what a subscription is billed">Cost</abbr></th><th scope="col" class="number">Errors</th><th scope="col" class="number">Last seen</th></tr></thead>
  <tbody class="rows">${shown.map((session) => row(session, healthOf(session), now))}</tbody>
</table>
${sessions.length > mostRows && html`<p class="quiet">${many(sessions.length - mostRows, 'more session')} not shown here: <code>watchroom list --all</code></p>`}`;
};

const mostRows = 100;
/** A record so recent makes the mark of the row pulse, three times. */
const freshMs = 10_000;

const row = (session: Session, health: Health, now: EpochMs): Html => {
  const fresh = session.state !== 'ended' && session.lastActivityAt !== undefined && now - session.lastActivityAt < freshMs;
  return html`<tr id="${session.id}" class="${session.state}">
<th scope="row">${who(session)}</th>
<td data-label="State"><span class="state ${session.state}${fresh && ' fresh'}">${mark(session.state)}${stateWords[session.state]}</span>${doing(session)}</td>
<td data-label="Context">${contextBar(session)}</td>
<td data-label="Health">${healthCell(session, health)}</td>
<td data-label="Tokens" class="number">${tokens(session)}</td>
<td data-label="Cost" class="number">${cost(session)}</td>
<td data-label="Errors" class="number">${errors(session)}</td>
<td data-label="Last seen" class="number">${lastActive(session, now)}</td>
</tr>`;
};

const who = (session: Session): Html => {
  const name = session.projectName ?? session.project ?? session.title ?? session.nativeId.slice(0, 8);
  const facts = [toolNames[session.tool], session.model, session.projectName ?? session.project ? session.title : undefined].filter((fact) => fact !== undefined && fact !== '');
  return html`<span class="project">${name}</span>${session.gitBranch && html` <span class="branch">${session.gitBranch}</span>`}
<span class="facts" title="${session.id}">${facts.join(' · ')}</span>`;
};

const stateWords: Readonly<Record<SessionState, string>> = { working: 'working', waiting: 'waiting for you', idle: 'idle', ended: 'ended' };

/** Full, half, ring, dash: the state can be told without colour. */
const mark = (state: SessionState): Html => {
  const shapes: Readonly<Record<SessionState, Html>> = {
    working: html`<circle cx="6" cy="6" r="5"/>`,
    waiting: html`<circle cx="6" cy="6" r="4.25" fill="none" stroke="currentColor" stroke-width="1.5"/><path d="M6 1.75a4.25 4.25 0 0 1 0 8.5z"/>`,
    idle: html`<circle cx="6" cy="6" r="4.25" fill="none" stroke="currentColor" stroke-width="1.5"/>`,
    ended: html`<path d="M2 5.25h8v1.5H2z"/>`,
  };
  return html`<svg class="mark" viewBox="0 0 12 12" width="12" height="12" aria-hidden="true">${shapes[state]}</svg>`;
};

const doing = ({ state, present }: Session): Html | undefined => {
  if (state === 'ended') return undefined;
  const what = state === 'waiting' && present.waitingFor ? present.waitingFor : state === 'working' ? present.pendingTools[0]?.name : undefined;
  return what === undefined ? undefined : html`<span class="facts">${what}</span>`;
};

const contextBar = ({ context }: Session): Html => {
  if (!context) return html`<span class="unknown">not reported</span>`;
  if (!context.limit) return html`<span class="known">${short(context.used)}</span> <span class="quiet">of an unknown window</span>`;
  const ratio = context.used / context.limit;
  const percent = Math.floor(Math.min(ratio, 1) * 100);
  const level = ratio <= 0.7 ? 'good' : ratio <= 0.9 ? 'fair' : 'bad';
  return html`<span class="bar"><svg viewBox="0 0 100 4" preserveAspectRatio="none" role="img" aria-label="${percent} percent of the context window"><rect class="rail" width="100" height="4"/><rect class="${level}" width="${percent}" height="4"/></svg>
<span class="facts"><b>${percent === 0 && context.used > 0 ? '< 1' : percent}&nbsp;%</b> of ${short(context.limit)}</span></span>`;
};

const healthCell = ({ state }: Session, { score, level, missing }: Health): Html => {
  if (score === undefined || level === undefined) return html`<span class="unknown" title="Unknown: ${missing.join(', ').replaceAll('_', ' ')}">insufficient data</span>`;
  return html`<span class="health ${state === 'ended' ? 'past' : level}"><b>${Math.floor(score)}</b> ${state === 'ended' ? 'at the end' : level}</span>`;
};

const tokens = ({ models, estimatedTokens }: Session): Html => {
  const uses = Object.values(models);
  if (uses.length > 0) return html`${short(uses.reduce((sum, { usage }) => sum + totalTokens(usage), 0))}`;
  const estimate = (estimatedTokens?.input ?? 0) + (estimatedTokens?.output ?? 0);
  return estimate > 0 ? html`<span title="Counted with a tokenizer: the tool reports none">≈ ${short(estimate)}</span>` : unknown();
};

const cost = ({ models }: Session): Html => {
  const uses = Object.values(models);
  const priced = uses.flatMap(({ microUsd }) => (microUsd === undefined ? [] : [microUsd]));
  if (priced.length === 0) return uses.length > 0 ? html`<span class="unknown" title="The price of the model is not known">no price</span>` : unknown();
  const more = uses.some(({ unpricedTokens }) => unpricedTokens > 0);
  return html`${more && html`<span title="Some tokens have no known price">&gt; </span>`}${dollars(priced.reduce((sum, micro) => sum + micro, 0) / 1e6)}`;
};

const errors = ({ errors: byKind, sources }: Session): Html => {
  if (sources.length === 0) return unknown();
  const kinds = Object.entries(byKind).filter(([, count]) => count > 0);
  const total = kinds.reduce((sum, [, count]) => sum + count, 0);
  return total === 0 ? html`0` : html`<span title="${kinds.map(([kind, count]) => `${count} ${kind.replaceAll('_', ' ')}`).join(', ')}">${total}</span>`;
};

const lastActive = ({ lastActivityAt }: Session, now: EpochMs): Html => {
  const date = new Date(lastActivityAt ?? NaN);
  return Number.isNaN(date.getTime()) ? unknown() : html`<time datetime="${date.toISOString()}">${age(now - lastActivityAt!)}</time>`;
};

const unknown = (why = 'unknown'): Html => html`<span class="unknown" title="${why}"><span aria-hidden="true">–</span><span class="unseen">${why}</span></span>`;
