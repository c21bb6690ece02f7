import type { RefObject } from 'react';
import { Link } from '../app/link.tsx';
import { go } from '../app/router.ts';
import { choicesOf, cleared, isFiltered, queryOf, sorts } from './filter.ts';
import type { View } from './filter.ts';
import type { Session } from './session.ts';
import { toolName } from './tool-names.ts';

/** What is shown and in which order; every choice is an address. */
export const Filters = ({ view, sessions, counts, search }: { readonly view: View; readonly sessions: readonly Session[]; readonly counts: Readonly<Record<'live' | 'trouble' | 'waiting' | 'ended', number>>; readonly search: RefObject<HTMLInputElement | null> }) => {
  const choices = choicesOf(sessions);
  const choose = (change: Partial<View>): void => go(location.pathname + queryOf({ ...view, ...change }), { replace: true });
  return (
    <form className="filters" role="search" aria-label="Sessions" onSubmit={(event) => event.preventDefault()}>
      <input ref={search} type="search" className="input" placeholder="Search" aria-label="Search sessions by project, branch, person, model or tag" value={view.words} onChange={(event) => choose({ words: event.target.value })} />
      <nav aria-label="State">{states.map(([state, words]) => <Link key={state} href={queryOf({ ...view, state }) || '/'} aria-current={view.state === state ? 'true' : undefined} className="tab">{words}{state !== '' && <span className="number soft">{counts[state]}</span>}</Link>)}</nav>
      {(['tool', 'project', 'user', 'tag'] as const).filter((what) => choices[what].length > 1 || view[what] !== '').map((what) => (
        <select key={what} className={view[what] === '' ? '' : 'chosen'} aria-label={labels[what]} value={view[what]} onChange={(event) => choose({ [what]: event.target.value })}>
          <option value="">{labels[what]}</option>
          {[...new Set([...choices[what], ...(view[what] === '' ? [] : [view[what]])])].map((value) => <option key={value} value={value}>{what === 'tool' ? toolName(value) : value}</option>)}
        </select>
      ))}
      {isFiltered(view) && <Link className="button plain tight" href={queryOf(cleared(view)) || '/'}>Clear</Link>}
      <span className="order">
        <select aria-label="Order" value={view.sort} onChange={(event) => choose({ sort: event.target.value as View['sort'] })}>{Object.entries(sorts).map(([sort, words]) => <option key={sort} value={sort}>{words}</option>)}</select>
        <button type="button" className="button tight" aria-pressed={view.layout === 'list'} onClick={() => choose({ layout: view.layout === 'grid' ? 'list' : 'grid' })}>{view.layout === 'grid' ? 'As a list' : 'As cards'}</button>
      </span>
    </form>
  );
};

const states = [['', 'All'], ['trouble', 'In trouble'], ['waiting', 'Waiting'], ['live', 'Live'], ['ended', 'Ended']] as const;
const labels = { tool: 'Any tool', project: 'Any project', user: 'Anybody', tag: 'Any tag' } as const;
