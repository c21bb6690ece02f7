import { useState } from 'react';
import { toolNames } from 'watchroom/session/tool';
import { weekDays } from 'watchroom/session/week-day';
import { setBudgets, setCalendar, teamBudgets } from '../api/budgets.ts';
import type { Budget, BudgetScope, Period, Standing } from '../api/budgets.ts';
import { useNow } from '../app/now.ts';
import { age, dollars, percent, short } from '../app/words.ts';
import { ProblemNote } from '../parts/problem-note.tsx';
import { toolName } from '../sessions/tool-names.ts';
import { useAsked } from './asked.ts';
import type { SectionProps } from './page.tsx';

/** What the team wants to use in a day, a week or a month, and how it stands. */
export const BudgetsSection = ({ team }: SectionProps) => {
  const now = useNow(15_000);
  const { value, problem, busy, act, reload } = useAsked(() => teamBudgets(team.id), `${team.id} ${now}`);
  const isAdmin = team.role === 'admin';
  if (value === undefined) return problem ? <ProblemNote problem={problem} onRetry={reload} /> : null;
  const { budgets, calendar, standings } = value;
  return (
    <>
      {problem && <ProblemNote problem={problem} onRetry={reload} />}
      <p className="soft">A budget stops nothing: it is shown here, exported to Prometheus and warned of. Dollars are by API prices.</p>
      {budgets.length === 0 && <p>The team has no budget yet.{isAdmin ? ' The first one could be the whole team’s, for a month.' : ' Its admins can set some.'}</p>}
      <ul className="rows budgets">{budgets.map((budget) => (
        <li key={JSON.stringify(budget)}>
          <span className="grow"><b>{nameOf(budget)}</b> <span className="soft">{perPeriod[budget.period]}</span>
            {budget.scope === 'user' && budget.name !== undefined && !standings.some((one) => isOf(budget, one, budgets)) && <span className="soft small"><br />Nobody of that name is in the team.</span>}
            {standings.filter((one) => isOf(budget, one, budgets)).sort((one, other) => usedPart(other) - usedPart(one)).map((one) => <Stands key={one.name} standing={one} named={budget.scope === 'user' && budget.name === undefined} now={now} />)}
          </span>
          {isAdmin && <button type="button" className="button tight" aria-label={`Remove the budget of ${nameOf(budget)}, ${perPeriod[budget.period]}`} disabled={busy} onClick={() => void act(() => setBudgets(team.id, budgets.filter((one) => one !== budget)))}>Remove</button>}
        </li>
      ))}</ul>
      {isAdmin && <NewBudget busy={busy} onAdd={(budget) => act(() => setBudgets(team.id, [...budgets, budget]))} />}
      <form className="form inline" aria-label="Calendar" onSubmit={(event) => { event.preventDefault(); const data = new FormData(event.currentTarget); void act(() => setCalendar(team.id, { timeZone: String(data.get('timeZone')), weekStart: String(data.get('weekStart')) })); }}>
        <label className="field"><span>Days begin at midnight in</span><input name="timeZone" list="time-zones" defaultValue={calendar.timeZone} key={calendar.timeZone} required disabled={!isAdmin} /></label>
        <datalist id="time-zones">{['UTC', ...Intl.supportedValuesOf('timeZone')].map((zone) => <option key={zone} value={zone} />)}</datalist>
        <label className="field"><span>Weeks begin on</span><select name="weekStart" defaultValue={calendar.weekStart} key={calendar.weekStart} disabled={!isAdmin}>{weekDays.map((day) => <option key={day} value={day}>{day[0]!.toUpperCase() + day.slice(1)}</option>)}</select></label>
        {isAdmin && <button type="submit" className="button" disabled={busy}>Save</button>}
      </form>
    </>
  );
};

const perPeriod: Readonly<Record<Period, string>> = { day: 'a day', week: 'a week', month: 'a month' };
const scopes: Readonly<Record<BudgetScope, string>> = { team: 'The team', user: 'A person', project: 'A project', tool: 'A tool' };

const nameOf = ({ scope, name }: Budget): string => (scope === 'team' ? 'The whole team' : scope === 'tool' ? toolName(name!) : (name ?? 'Each person'));

/** Somebody with a budget of their own does not stand under the one that everybody has. */
const isOf = (budget: Budget, { scope, name, period }: Standing, all: readonly Budget[]): boolean =>
  scope === budget.scope && period === budget.period && (scope === 'team' || (budget.name ?? name) === name) &&
  (budget.scope !== 'user' || budget.name !== undefined || !all.some((other) => other.scope === 'user' && other.name === name && other.period === period));

/** Of the limit that is nearer. */
const usedPart = ({ usd, usedUsd = 0, tokens, usedTokens = 0 }: Standing): number => Math.max(usd === undefined ? 0 : usedUsd / usd, tokens === undefined ? 0 : usedTokens / tokens);

const Stands = ({ standing: { name, endsAt, usd, usedUsd, tokens, usedTokens }, named, now }: { readonly standing: Standing; readonly named: boolean; readonly now: number }) => (
  <>
    {usd !== undefined && usedUsd !== undefined && <Meter what={`${named ? `${name} ` : ''}dollars`} ratio={usedUsd / usd} words={`${dollars(usedUsd)} of ${dollars(usd)}`} who={named ? name : undefined} ends={`ends in ${age(Date.parse(endsAt) - now)}`} />}
    {tokens !== undefined && usedTokens !== undefined && <Meter what={`${named ? `${name} ` : ''}tokens`} ratio={usedTokens / tokens} words={`${short(usedTokens)} of ${short(tokens)} tokens`} who={named ? name : undefined} ends={`ends in ${age(Date.parse(endsAt) - now)}`} />}
  </>
);

const Meter = ({ what, ratio, words, who, ends }: { readonly what: string; readonly ratio: number; readonly words: string; readonly who: string | undefined; readonly ends: string }) => (
  <span className={`token-bar ${ratio >= 1 ? 'bad' : ratio > 0.8 ? 'fair' : ''}`}>
    <span><span>{who} <b className="number">{percent(ratio)}</b>{who === undefined && <span className="soft"> {ends}</span>}</span><span className="number soft">{words}</span></span>
    <i className="rail" role="meter" aria-label={`Used of ${what}`} aria-valuemin={0} aria-valuemax={100} aria-valuenow={Math.min(100, Math.floor(ratio * 100))} aria-valuetext={`${percent(ratio)}, ${words}`}><i className="fill" style={{ width: `${Math.min(100, ratio * 100)}%` }} /></i>
  </span>
);

const NewBudget = ({ busy, onAdd }: { readonly busy: boolean; readonly onAdd: (budget: Budget) => Promise<boolean> }) => {
  const [scope, setScope] = useState<BudgetScope>('team');
  const [empty, setEmpty] = useState(false);
  const add = async (form: HTMLFormElement): Promise<void> => {
    const data = new FormData(form);
    const amount = (field: string): number | undefined => (String(data.get(field) ?? '').trim() === '' ? undefined : Number(data.get(field)));
    const [usd, tokens, name] = [amount('usd'), amount('tokens'), String(data.get('name') ?? '').trim()];
    setEmpty(usd === undefined && tokens === undefined);
    if (usd === undefined && tokens === undefined) return;
    const isAdded = await onAdd({ scope, period: data.get('period') as Period, ...(name === '' ? {} : { name }), ...(usd === undefined ? {} : { usd }), ...(tokens === undefined ? {} : { tokens }) });
    if (isAdded) form.reset();
  };
  return (
    <form className="form inline" aria-label="New budget" onSubmit={(event) => { event.preventDefault(); void add(event.currentTarget); }}>
      <label className="field"><span>For</span><select value={scope} onChange={(event) => setScope(event.target.value as BudgetScope)}>{Object.entries(scopes).map(([value, words]) => <option key={value} value={value}>{words}</option>)}</select></label>
      {scope === 'user' && <label className="field"><span>Name (empty: each person)</span><input name="name" type="text" maxLength={200} /></label>}
      {scope === 'project' && <label className="field"><span>Name</span><input name="name" type="text" maxLength={200} required /></label>}
      {scope === 'tool' && <label className="field"><span>Tool</span><select name="name">{Object.entries(toolNames).map(([tool, words]) => <option key={tool} value={tool}>{words}</option>)}</select></label>}
      <label className="field"><span>In</span><select name="period" defaultValue="month">{Object.entries(perPeriod).map(([period, words]) => <option key={period} value={period}>{words}</option>)}</select></label>
      <label className="field"><span>Dollars</span><input name="usd" type="number" min={0.01} step="any" /></label>
      <label className="field"><span>Tokens</span><input name="tokens" type="number" min={1} /></label>
      <button type="submit" className="button main" disabled={busy}>Add</button>
      {empty && <p className="small bad" role="alert">Say how many dollars or tokens.</p>}
    </form>
  );
};
