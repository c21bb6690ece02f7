import { call } from './client.ts';
import { changeSettings, teamSettings } from './settings.ts';

export type Period = 'day' | 'week' | 'month';
export type BudgetScope = 'team' | 'user' | 'project' | 'tool';

/** A budget as it is set. Of a user without a name: each member has it. */
export interface Budget { readonly scope: BudgetScope; readonly name?: string; readonly period: Period; readonly usd?: number; readonly tokens?: number }

/** How one stands. */
export interface Standing { readonly scope: BudgetScope; readonly name: string; readonly period: Period; readonly startsAt: string; readonly endsAt: string; readonly usd?: number; readonly usedUsd?: number; readonly tokens?: number; readonly usedTokens?: number }

export interface Calendar { readonly timeZone: string; readonly weekStart: string }
export interface TeamBudgets { readonly budgets: readonly Budget[]; readonly calendar: Calendar; readonly standings: readonly Standing[] }

export const teamBudgets = async (team: string): Promise<TeamBudgets> => {
  const [{ budgets, calendar }, { budgets: standings }] = await Promise.all([teamSettings(team), call<{ budgets: readonly Standing[] }>('GET', `/api/v1/teams/${encodeURIComponent(team)}/budgets`)]);
  return { budgets, calendar, standings };
};
export const setBudgets = (team: string, budgets: readonly Budget[]): Promise<unknown> => changeSettings(team, { budgets });
export const setCalendar = (team: string, calendar: Calendar): Promise<unknown> => changeSettings(team, { calendar });
