import type { NowPage, NowSession } from '../../session/now.ts';

/** What the person did to the view: which sessions, in which order, which one is looked at. */
export interface MonitorState {
  readonly sort: SortKey;
  readonly reversed: boolean;
  readonly filter: FilterName;
  readonly search: string;
  /** The search is being typed. */
  readonly typing: boolean;
  /** The id of the session under the mark; it stays with the session when rows move. */
  readonly selected: string | undefined;
  /** The pane was asked for or put away; undefined: where there is room. */
  readonly details: boolean | undefined;
  readonly help: boolean;
  readonly paused: boolean;
}

export const sortKeys = ['activity', 'state', 'context', 'burn', 'cost', 'errors', 'health', 'project'] as const;
export type SortKey = (typeof sortKeys)[number];

export const filterNames = ['live and recent', 'live', 'waiting', 'unhealthy', 'all'] as const;
export type FilterName = (typeof filterNames)[number];

export const firstState: MonitorState = {
  sort: 'activity', reversed: false, filter: 'live and recent', search: '', typing: false, selected: undefined, details: undefined, help: false, paused: false,
};

/** What a key does. */
export type Action =
  | { readonly do: 'move'; readonly by: number; readonly rows: readonly NowSession[] }
  | { readonly do: 'sort' | 'reverse' | 'filter' | 'pause' | 'search' | 'back' }
  | { readonly do: 'help' }
  | { readonly do: 'details'; readonly shown: boolean }
  | { readonly do: 'type'; readonly text: string }
  | { readonly do: 'erase' } | { readonly do: 'typed' };

export const reduce = (state: MonitorState, action: Action): MonitorState => {
  switch (action.do) {
    case 'move': return { ...state, selected: moved(state.selected, action.by, action.rows) };
    case 'sort': return { ...state, sort: next(sortKeys, state.sort), reversed: false };
    case 'reverse': return { ...state, reversed: !state.reversed };
    case 'filter': return { ...state, filter: next(filterNames, state.filter) };
    case 'pause': return { ...state, paused: !state.paused };
    case 'help': return { ...state, help: !state.help };
    case 'details': return { ...state, details: !action.shown };
    case 'search': return { ...state, typing: true, help: false };
    case 'type': return { ...state, search: state.search + action.text };
    case 'erase': return { ...state, search: [...state.search].slice(0, -1).join('') };
    case 'typed': return { ...state, typing: false };
    case 'back': return back(state);
    default: return action satisfies never;
  }
};

/** Escape undoes one thing: the newest that hides something. */
const back = (state: MonitorState): MonitorState => {
  if (state.help) return { ...state, help: false };
  if (state.typing || state.search !== '') return { ...state, typing: false, search: '' };
  if (state.details === true) return { ...state, details: undefined };
  return { ...state, filter: firstState.filter };
};

const moved = (selected: string | undefined, by: number, rows: readonly NowSession[]): string | undefined => {
  const at = Math.max(0, rows.findIndex(({ id }) => id === selected));
  return rows[Math.max(0, Math.min(rows.length - 1, at + by))]?.id;
};

const next = <Name>(names: readonly Name[], name: Name): Name => names[(names.indexOf(name) + 1) % names.length]!;

/** The rows of the view, in its order. */
export const rowsOf = ({ sessions, at }: NowPage, { sort, reversed, filter, search }: MonitorState): readonly NowSession[] => {
  const words = search.toLowerCase().split(/\s+/).filter(Boolean);
  const rows = sessions.filter((session) => passes[filter](session, at) && words.every((word) => textOf(session).includes(word))).toSorted(orders[sort]);
  return reversed ? rows.toReversed() : rows;
};

const recentMs = 24 * 3_600_000;

const passes: Readonly<Record<FilterName, (session: NowSession, at: number) => boolean>> = {
  'live and recent': (session, at) => session.state !== 'ended' || Date.parse(session.lastActivityAt ?? '') > at - recentMs,
  live: ({ state }) => state !== 'ended',
  waiting: ({ state }) => state === 'waiting',
  unhealthy: ({ state, health }) => state !== 'ended' && (health.level === 'warning' || health.level === 'critical'),
  all: () => true,
};

const textOf = ({ id, project, title, model, gitBranch, tags, description, state, cwd }: NowSession): string =>
  [id, project, title, model, gitBranch, description, state, cwd, ...(tags ?? []).map((tag) => `#${tag}`)].filter(Boolean).join(' ').toLowerCase();

type Order = (a: NowSession, b: NowSession) => number;

/** What has ended stands below what has not, however old that is. */
const activity: Order = (a, b) => Number(a.state === 'ended') - Number(b.state === 'ended') || (b.lastActivityAt ?? '').localeCompare(a.lastActivityAt ?? '');
const down = (value: (session: NowSession) => number | undefined): Order => (a, b) => (value(b) ?? -1) - (value(a) ?? -1) || activity(a, b);
const states: readonly string[] = ['waiting', 'working', 'idle', 'ended'];

/** Each begins with what wants attention. */
const orders: Readonly<Record<SortKey, Order>> = {
  activity,
  state: (a, b) => states.indexOf(a.state) - states.indexOf(b.state) || activity(a, b),
  context: down(({ context }) => context?.ratio),
  burn: down(({ burn }) => burn?.tokensPerMinute),
  cost: down(({ costUsd }) => costUsd),
  errors: down(errorsOf),
  health: (a, b) => (a.health.score ?? 101) - (b.health.score ?? 101) || activity(a, b),
  project: (a, b) => (a.project ?? '\uffff').localeCompare(b.project ?? '\uffff') || activity(a, b),
};

/** Of all kinds; undefined where no transcript tells of errors. */
export function errorsOf({ errors, sources }: NowSession): number | undefined {
  return !sources?.length ? undefined : Object.values(errors ?? {}).reduce((sum, count) => sum + count, 0);
}
