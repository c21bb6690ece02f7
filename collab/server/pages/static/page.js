import { accept, door } from './doors.js';
import { ask, bearer, el, keepBearer, whoAmI } from './hub.js';
import { sessionRow } from './row.js';
import { io } from './socket.io.js';

// A plain list of sessions with live updates; it works where the page proper (collab/web) was not built.

const main = document.getElementById('main');
const live = document.getElementById('live');
const pageSize = 50;

const show = (...parts) => main.replaceChildren(...parts);
const sayLive = (text, className) => { live.textContent = text; live.className = className; };

const begin = async () => {
  const path = location.pathname;
  // A secret leaves the address bar, and with it history and screen, before anything is done with it.
  const secret = decodeURIComponent(location.hash.slice(1));
  if (secret && path !== '/') history.replaceState(null, '', path);
  let account = path === '/open' && secret ? undefined : await whoAmI();
  if (account && path === '/join' && secret) {
    await accept(secret);
    account = await whoAmI();
  }
  if (account === undefined) {
    const way = await door(path, secret, () => location.assign('/'));
    if (way) return show(way);
    account = await whoAmI();
  }
  if (location.pathname !== '/') history.replaceState(null, '', '/');
  signedIn(account);
};

const signedIn = (account) => {
  const who = document.getElementById('who');
  who.textContent = account.displayName;
  who.hidden = false;
  const out = document.getElementById('out');
  out.hidden = false;
  out.onclick = async () => {
    await ask('POST', '/api/v1/auth/logout').catch(() => undefined);
    keepBearer(undefined);
    location.assign('/');
  };
  if (account.teams.length === 0) return show(el('section', { class: 'narrow' }, el('h1', {}, 'You are in no team'), el('p', {}, 'Open the invite that an admin gave you.')));
  follow(account);
};

const follow = (account) => {
  const rows = new Map();
  const list = el('ol', { class: 'list', 'aria-label': 'Sessions, the most recently active first' });
  const below = el('div', { class: 'more' });
  const teams = el('select', { 'aria-label': 'Team' }, account.teams.map(({ id, displayName }) => el('option', { value: id }, displayName)));
  const status = el('select', { 'aria-label': 'State' }, [['', 'live and past'], ['live', 'live'], ['working', 'working'], ['waiting', 'waiting'], ['ended', 'past']].map(([value, name]) => el('option', { value }, name)));
  let socket;
  let next;

  const filters = () => (status.value === '' ? {} : { status: status.value });
  const put = (session, isNews) => {
    const row = sessionRow(session);
    rows.get(session.id)?.row.remove();
    rows.set(session.id, { row, at: session.lastActivityAt });
    if (isNews) row.classList.add('fresh');
    const after = [...list.children].find((other) => Number(other.dataset.at) < Number(row.dataset.at));
    if (document.activeElement === rows.get(session.id)?.row) row.focus();
    list.insertBefore(row, after ?? null);
    drawEmpty();
  };
  const drop = (id) => {
    rows.get(id)?.row.remove();
    rows.delete(id);
    drawEmpty();
  };
  const drawEmpty = () => below.replaceChildren(...(rows.size === 0 ? [empty(account, teams.value, status.value !== '')] : next ? [el('button', { onclick: () => load(next) }, 'Earlier ones')] : []));

  const load = async (after) => {
    const query = new URLSearchParams({ team: teams.value, limit: String(pageSize), ...filters(), ...(after ? { after } : {}) });
    const page = await ask('GET', `/api/v1/sessions?${query}`);
    if (!after) {
      rows.clear();
      list.replaceChildren();
    }
    next = page.next;
    for (const session of page.sessions) put(fromRest(session));
    drawEmpty();
  };
  const problem = (error) => show(el('section', { class: 'narrow' }, el('h1', {}, 'That did not work'), el('p', { class: 'problem', role: 'alert' }, error.message), el('button', { onclick: () => location.reload() }, 'Try again')));
  /** Subscribes first, then asks for the list, so that nothing falls between the two. */
  const again = async () => {
    const { error } = await socket.emitWithAck('subscribe', { channel: 'sessions', team: teams.value, filters: filters() });
    if (error) throw new Error(error.message);
    await load();
  };
  const connect = () => {
    socket?.disconnect();
    socket = io({ transports: ['websocket'], auth: (give) => void tokenFor(teams.value).then((token) => give({ token }), () => give({})) });
    socket.on('connect', () => { sayLive('live', 'on'); again().catch(problem); });
    socket.on('disconnect', () => sayLive('the connection was lost, trying again', 'off'));
    socket.on('connect_error', ({ message }) => sayLive(`no live updates: ${message}`, 'off'));
    for (const event of ['session:created', 'session:updated', 'session:ended']) socket.on(event, ({ session }) => put(session, true));
    socket.on('session:removed', ({ id }) => drop(id));
    socket.on('sessions:outdated', () => load().catch(problem));
    socket.on('access:lost', () => location.reload());
    if (!bearer()) setInterval(() => void tokenFor(teams.value).then((token) => socket.emit('auth:renew', { token }, () => undefined)), 12 * 60_000);
  };
  teams.onchange = connect;
  status.onchange = () => again().catch(problem);
  list.addEventListener('keydown', (event) => {
    const to = { ArrowDown: 'nextElementSibling', j: 'nextElementSibling', ArrowUp: 'previousElementSibling', k: 'previousElementSibling' }[event.key];
    if (!to) return;
    event.preventDefault();
    document.activeElement?.[to]?.focus();
  });
  show(el('div', { class: 'tools' }, el('h1', {}, 'Sessions'), account.teams.length > 1 ? el('label', {}, 'Team', teams) : undefined, el('label', {}, 'Show', status)), list, below);
  load().catch(problem);
  connect();
};

/** A login speaks for itself; behind a cookie the hub makes a token for one team. */
const tokenFor = async (team) => bearer() ?? (await ask('POST', '/api/v1/auth/token', { team })).token;

/** The list's shape as the socket tells it. */
const fromRest = ({ owner, hostName, gitBranch, tokensTotal = 0, costUsd = 0, errorsTotal, health, lastActivityAt, ...session }) =>
  ({ ...session, user: owner.name, host: hostName, branch: gitBranch, tokens: tokensTotal, microUsd: costUsd * 1e6, errors: errorsTotal, health: health.score, healthLevel: health.level, lastActivityAt: Date.parse(lastActivityAt) });

const empty = (account, teamId, isFiltered) => {
  if (isFiltered) return el('p', { class: 'quiet' }, 'No session is like that now.');
  const team = account.teams.find(({ id }) => id === teamId);
  const mayReport = team.role === 'admin' || team.role === 'member';
  return el('section', { class: 'narrow' }, el('h2', {}, 'No sessions yet'),
    el('p', {}, 'A session is one run of an AI coding tool. It shows up here within seconds, from every machine whose agent reports to this team.'),
    mayReport ? el('div', {}, el('p', {}, 'Make a token for a machine of yours, then run there what is printed:'),
      el('button', { onclick: async (event) => agentCommand(event.target, team) }, 'Make a token for an agent')) : undefined,
    el('p', { class: 'quiet' }, 'Just to look around, in the repository: ', el('code', {}, 'npm start -- --home examples/home')));
};

const agentCommand = async (button, team) => {
  button.disabled = true;
  try {
    const made = await ask('POST', `/api/v1/teams/${team.id}/tokens/agent`, { name: 'made on the page' });
    button.replaceWith(el('p', {}, 'Run this on the machine. The token is shown this once:'), el('pre', { tabindex: '0' }, made.command ?? `WATCHROOM_TOKEN=${made.token} watchroom agent --hub ${location.origin}`));
  } catch (error) {
    button.replaceWith(el('p', { class: 'problem', role: 'alert' }, error.message));
  }
};

begin().catch((error) => show(el('section', { class: 'narrow' }, el('h1', {}, 'That did not work'), el('p', { class: 'problem', role: 'alert' }, error.message), el('p', {}, el('a', { href: '/' }, 'To the beginning')))));
