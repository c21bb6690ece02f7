import type { Session } from './session.ts';
import { worstFirst, nameOf } from './headline.ts';

/** What of the list is shown, and how. All of it stands in the address. */
export interface View {
  readonly words: string;
  readonly state: '' | 'live' | 'trouble' | Session['state'];
  readonly tool: string;
  readonly project: string;
  readonly user: string;
  readonly tag: string;
  readonly sort: Sort;
  readonly layout: 'grid' | 'list';
}
export const sorts = { worst: 'worst first', recent: 'latest first', cost: 'dearest first', context: 'fullest first', name: 'by project' } as const;
export type Sort = keyof typeof sorts;

const plain: View = { words: '', state: '', tool: '', project: '', user: '', tag: '', sort: 'worst', layout: 'grid' };
const states: readonly string[] = ['live', 'trouble', 'working', 'waiting', 'idle', 'ended'];

/** "?tool=claude&sort=cost" → what to show. Unknown values are as if they were not there. */
export const viewOf = (query: string): View => {
  const given = new URLSearchParams(query);
  const text = (name: string): string => given.get(name) ?? '';
  return {
    words: text('q'), tool: text('tool'), project: text('project'), user: text('user'), tag: text('tag'),
    state: states.includes(text('state')) ? (text('state') as View['state']) : '',
    sort: text('sort') in sorts ? (text('sort') as Sort) : plain.sort,
    layout: text('view') === 'list' ? 'list' : plain.layout,
  };
};

/** The address of a view: only what differs from the plain one. */
export const queryOf = (view: View): string => {
  const named: readonly (readonly [string, keyof View])[] = [['q', 'words'], ['state', 'state'], ['tool', 'tool'], ['project', 'project'], ['user', 'user'], ['tag', 'tag'], ['sort', 'sort'], ['view', 'layout']];
  const given = named.filter(([, key]) => view[key] !== plain[key]).map(([name, key]): [string, string] => [name, view[key]]);
  return given.length === 0 ? '' : `?${new URLSearchParams(given).toString()}`;
};

export const isFiltered = (view: View): boolean => (['words', 'state', 'tool', 'project', 'user', 'tag'] as const).some((key) => view[key] !== '');
export const cleared = (view: View): View => ({ ...plain, sort: view.sort, layout: view.layout });

/** The sessions of a view in its order. */
export const shown = (sessions: readonly Session[], view: View, { now, isTroubled }: { readonly now: number; readonly isTroubled: (session: Session) => boolean }): readonly Session[] =>
  ordered(sessions.filter((session) => fits(session, view, isTroubled)), view.sort, now);

const fits = (session: Session, { words, state, tool, project, user, tag }: View, isTroubled: (session: Session) => boolean): boolean =>
  (tool === '' || session.tool === tool)
  && (project === '' || session.project === project)
  && (user === '' || session.owner === user)
  && (tag === '' || session.tags.includes(tag))
  && (state === '' || (state === 'live' ? session.state !== 'ended' : state === 'trouble' ? isTroubled(session) : session.state === state))
  && words.toLowerCase().split(/\s+/).every((word) => word === '' || textOf(session).includes(word));

const textOf = ({ id, project, branch, title, description, owner, host, model, tags }: Session): string => [id, project, branch, title, description, owner, host, model, ...tags].join(' ').toLowerCase();

const ordered = (sessions: readonly Session[], sort: Sort, now: number): readonly Session[] => {
  switch (sort) {
    case 'worst': return worstFirst(sessions, now);
    case 'recent': return byNumber(sessions, ({ lastActivityAt }) => lastActivityAt);
    case 'cost': return byNumber(sessions, ({ costUsd }) => costUsd);
    case 'context': return byNumber(sessions, ({ context }) => context?.ratio);
    case 'name': return [...sessions].sort((a, b) => nameOf(a).localeCompare(nameOf(b)));
  }
};

/** The greatest first; unknown last. */
const byNumber = (sessions: readonly Session[], number: (session: Session) => number | undefined): readonly Session[] => [...sessions].sort((a, b) => (number(b) ?? -1) - (number(a) ?? -1));

/** What there is to choose from. */
export const choicesOf = (sessions: readonly Session[]): Readonly<Record<'tool' | 'project' | 'user' | 'tag', readonly string[]>> => {
  const distinct = (values: readonly (string | undefined)[]): string[] => [...new Set(values.filter((value) => value !== undefined && value !== '') as string[])].sort((a, b) => a.localeCompare(b));
  return { tool: distinct(sessions.map(({ tool }) => tool)), project: distinct(sessions.map(({ project }) => project)), user: distinct(sessions.map(({ owner }) => owner)), tag: distinct(sessions.flatMap(({ tags }) => tags)) };
};
