import { el } from './hub.js';

const names = { working: 'working', waiting: 'waiting', idle: 'idle', ended: 'past' };

/** One session as a row of the list. */
export const sessionRow = (session) => {
  const { id, tool, user, host, branch, title, model, tags = [], state, tokens, microUsd, errors, health, healthLevel, lastActivityAt, visibility } = session;
  const facts = [tool, model, branch, `${user} on ${host}`, visibility === 'team' ? undefined : visibility, ...tags.map((tag) => `#${tag}`), errors > 0 ? `${errors} ${errors === 1 ? 'error' : 'errors'}` : undefined].filter(Boolean);
  return el('li', { class: state === 'ended' ? 'ended' : '', tabindex: '0', 'data-id': id, 'data-at': String(lastActivityAt) },
    el('span', { class: `state ${state}` }, names[state]),
    el('span', { class: 'what' }, el('b', {}, session.project ?? title ?? id), session.project && title ? ` ${title}` : '', el('span', { class: 'facts' }, facts.join(' · '))),
    el('span', { class: 'figure' }, tokens > 0 ? short(tokens) : '–', el('small', {}, ' tokens')),
    el('span', { class: 'figure' }, microUsd > 0 ? dollars(microUsd / 1e6) : '–', el('small', {}, health === undefined ? '' : el('span', { class: healthLevel ?? '' }, ` health ${Math.round(health)}`))),
    el('span', { class: 'figure' }, el('time', { datetime: new Date(lastActivityAt).toISOString(), title: new Date(lastActivityAt).toLocaleString() }, ago(lastActivityAt))));
};

const short = (count) => new Intl.NumberFormat('en', { notation: 'compact', maximumFractionDigits: 1 }).format(count);
const dollars = (usd) => (usd < 0.01 ? '<$0.01' : `$${usd.toLocaleString('en-US', { minimumFractionDigits: 2, maximumFractionDigits: 2 })}`);

const ago = (at) => {
  const seconds = Math.max(0, (Date.now() - at) / 1000);
  if (seconds < 60) return 'just now';
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ago`;
  return seconds < 86_400 ? `${Math.floor(seconds / 3600)} h ago` : `${Math.floor(seconds / 86_400)} d ago`;
};

setInterval(() => { for (const time of document.querySelectorAll('.list time')) time.textContent = ago(Date.parse(time.dateTime)); }, 20_000);
