import { sql } from 'kysely';
import { periodAround } from 'watchroom/session/period';
import type { BudgetStatus } from 'watchroom/session/snapshot';
import type { Store } from '../store/open.ts';
import { teamSettingsOf } from '../store/team-settings.ts';
import type { TeamBudget, TeamSettings } from '../store/team-settings.ts';

/** A team's budgets and what was used of them. */
export interface UsedBudgets {
  readonly teamId: string;
  readonly budgets: readonly BudgetStatus[];
}

/** What was used is counted again when it is so old. */
const keptMs = 15_000;
const hourMs = 3_600_000;

/**
 * What was used of each team's budgets in their running periods, by the use that agents told, each of it once (also what belonged to sessions that were deleted).
 * Use is kept by the hour of UTC; an hour belongs to the period it begins in.
 */
export class BudgetBook {
  readonly #store: Store;
  readonly #kept = new Map<string, { readonly at: number; readonly settings: string; readonly used: UsedBudgets }>();

  constructor(store: Store) {
    this.#store = store;
  }

  /** Of one team, or of all that have budgets. */
  async at(now: number, teamId?: string): Promise<readonly UsedBudgets[]> {
    const all = this.#store.selectFrom('teams').select(['id', 'name', 'settings']).where('deleted_at', 'is', null);
    const rows = await (teamId === undefined ? all : all.where('id', '=', teamId)).execute();
    for (const id of this.#kept.keys()) if (teamId === undefined && !rows.some((row) => row.id === id)) this.#kept.delete(id);
    const used: UsedBudgets[] = [];
    for (const row of rows) used.push(await this.#ofTeam(row, now));
    return used.filter(({ budgets }) => budgets.length > 0);
  }

  async #ofTeam({ id, name, settings }: { readonly id: string; readonly name: string; readonly settings: string }, now: number): Promise<UsedBudgets> {
    const { budgets, calendar } = teamSettingsOf(settings);
    if (budgets.length === 0) return { teamId: id, budgets: [] };
    const key = `${name}\n${settings}`;
    const kept = this.#kept.get(id);
    if (kept && kept.settings === key && now >= kept.at && now < kept.at + keptMs) return kept.used;
    const members = await this.#store.selectFrom('members').innerJoin('users', 'users.id', 'members.user_id').select(['users.id', 'users.username']).where('team_id', '=', id).execute();
    const used = { teamId: id, budgets: await statuses({ store: this.#store, teamId: id, team: name, members, calendar, now }, budgets) };
    this.#kept.set(id, { at: now, settings: key, used });
    return used;
  }
}

interface Asked {
  readonly store: Store;
  readonly teamId: string;
  readonly team: string;
  readonly members: readonly { readonly id: string; readonly username: string }[];
  readonly calendar: TeamSettings['calendar'];
  readonly now: number;
}

const statuses = async (asked: Asked, budgets: readonly TeamBudget[]): Promise<readonly BudgetStatus[]> => {
  const periods = new Map<TeamBudget['period'], { readonly startsAt: number; readonly endsAt: number; readonly use: readonly Use[] }>();
  for (const { period } of budgets) {
    if (periods.has(period)) continue;
    const bounds = periodAround(period, asked.now, asked.calendar);
    periods.set(period, { ...bounds, use: await useSince(asked, bounds) });
  }
  // A budget that names a member goes before the one that everybody has.
  const found = new Map<string, BudgetStatus>();
  for (const budget of budgets.toSorted((one, other) => Number(isForEach(one)) - Number(isForEach(other)))) {
    const { startsAt, endsAt, use } = periods.get(budget.period)!;
    for (const { name, counts } of meantBy(budget, asked)) {
      const key = [budget.scope, name, budget.period].join('\n');
      if (!found.has(key)) found.set(key, { scope: budget.scope, name, period: budget.period, startsAt, endsAt, ...sumOf(use.filter(counts)), ...(budget.usd === undefined ? {} : { limitUsd: budget.usd }), ...(budget.tokens === undefined ? {} : { limitTokens: budget.tokens }) });
    }
  }
  return [...found.values()];
};

const isForEach = (budget: TeamBudget): boolean => budget.scope === 'user' && budget.name === undefined;

/** What a budget is called, and which use counts. */
const meantBy = (budget: TeamBudget, { team, members }: Asked): readonly { readonly name: string; readonly counts: (use: Use) => boolean }[] => {
  switch (budget.scope) {
    case 'team': return [{ name: team, counts: () => true }];
    case 'user': return members.filter(({ username }) => budget.name === undefined || username === budget.name).map(({ id, username }) => ({ name: username, counts: ({ userId }) => userId === id }));
    case 'project': return [{ name: budget.name, counts: ({ project }) => project === budget.name }];
    case 'tool': return [{ name: budget.name, counts: ({ tool }) => tool === budget.name }];
  }
};

interface Use {
  readonly userId: string;
  readonly tool: string;
  /** Null of private sessions, which are in no project for others [R7], and of deleted ones. */
  readonly project: string | null;
  readonly kind: string;
  readonly value: number;
}

const tokenKinds = ['input', 'output', 'cache_read', 'cache_creation_5m', 'cache_creation_1h'] as const;
const counted = [...tokenKinds, 'micro_usd'];

const useSince = async ({ store, teamId }: Asked, { startsAt, endsAt }: { readonly startsAt: number; readonly endsAt: number }): Promise<readonly Use[]> => {
  const [from, to] = [Math.ceil(startsAt / hourMs), Math.ceil(endsAt / hourMs)];
  const ofSessions = await store.selectFrom('session_use').innerJoin('sessions', 'sessions.id', 'session_use.session_id')
    .select(['sessions.owner_id as userId', 'sessions.tool', sql<string | null>`case when sessions.visibility = 'private' then null else coalesce(sessions.project_name, sessions.project) end`.as('project'), 'session_use.kind', sql<number>`sum(session_use.value)`.as('value')])
    .where('sessions.team_id', '=', teamId).where('session_use.hour', '>=', from).where('session_use.hour', '<', to).where('session_use.kind', 'in', counted)
    .groupBy([sql`1`, sql`2`, sql`3`, sql`4`]).execute();
  const ofGone = await store.selectFrom('gone_use').select(['user_id as userId', 'tool', 'kind', sql<number>`sum(value)`.as('value')])
    .where('team_id', '=', teamId).where('hour', '>=', from).where('hour', '<', to).where('kind', 'in', counted).groupBy(['user_id', 'tool', 'kind']).execute();
  return [...ofSessions, ...ofGone.map((row) => ({ ...row, project: null }))].map((row) => ({ ...row, value: Number(row.value) }));
};

const sumOf = (use: readonly Use[]): Pick<BudgetStatus, 'usedUsd' | 'usedTokens'> => {
  const sum = (isMeant: (kind: string) => boolean): number => use.reduce((total, { kind, value }) => (isMeant(kind) ? total + value : total), 0);
  return { usedUsd: sum((kind) => kind === 'micro_usd') / 1e6, usedTokens: sum((kind) => kind !== 'micro_usd') };
};
