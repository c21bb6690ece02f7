import { defaultHealth } from '../health/settings.ts';
import type { HealthSettings } from '../health/settings.ts';
import type { EpochMs } from '../session/part.ts';
import type { Session } from '../session/session.ts';
import { budgetAdvice } from './budgets.ts';
import type { BudgetAccount } from './budgets.ts';
import { closeAdvice } from './close.ts';
import { compactAdvice } from './compact.ts';
import { limitAdvice } from './limits.ts';
import { mergeAdvice } from './merge.ts';
import { modelAdvice } from './models.ts';
import type { Models } from './models.ts';
import { restartAdvice } from './restart.ts';

export const adviceKinds = ['restart', 'compact', 'close', 'merge', 'switch-model', 'budget', 'tokens'] as const;
export type AdviceKind = (typeof adviceKinds)[number];

/** now: it costs or fails already. soon: it will. consider: it would be better. */
export const urgencies = ['now', 'soon', 'consider'] as const;
export type Urgency = (typeof urgencies)[number];

/** One thing to do, why, and how. A public contract: `watchroom recommend --format json`, MCP, rooms. */
export interface Advice {
  readonly kind: AdviceKind;
  readonly urgency: Urgency;
  /** Full ids of the sessions it is about; none: it is about the account or a budget. */
  readonly sessions: readonly string[];
  /** One sentence with the number in it. */
  readonly reason: string;
  /** The number behind it, and where it begins to matter. */
  readonly number: { readonly name: string; readonly value: number; readonly unit: 'ratio' | 'usd' | 'tokens' | 'seconds' | 'score' | 'count'; readonly limit?: number };
  readonly command: Command;
}

/** What to run, and where: in a shell, or typed into the session itself. */
export interface Command {
  readonly run: string;
  readonly where: 'shell' | 'session';
}

/** Everything advice is made of. */
export interface Situation {
  /** Live and recent sessions; ended ones are only counted with, never advised on. */
  readonly sessions: readonly Session[];
  readonly budgets?: readonly BudgetAccount[];
  readonly now: EpochMs;
  readonly health?: HealthSettings;
  /** What other models would cost. @default nothing is said of models */
  readonly models?: Models;
  /** Decides how a process is ended. @default linux */
  readonly platform?: string;
}

/** What to do now, the most urgent first. Pure: the same situation gives the same advice on a terminal, in a room and over MCP. */
export const adviceFor = ({ sessions, budgets = [], now, health = defaultHealth, models, platform = 'linux' }: Situation): readonly Advice[] => {
  const live = sessions.filter(({ state }) => state !== 'ended');
  const restarts = live.flatMap((session) => restartAdvice(session, now, health));
  const restarting = new Set(restarts.flatMap((advice) => advice.sessions));
  const advice = [
    ...budgetAdvice(budgets),
    ...limitAdvice(sessions, now),
    ...restarts,
    // A conversation that is begun anew needs no compaction.
    ...live.filter(({ id }) => !restarting.has(id)).flatMap(compactAdvice),
    ...mergeAdvice(live),
    ...live.flatMap((session) => closeAdvice(session, now, platform)),
    ...(models ? live.flatMap((session) => modelAdvice(session, models)) : []),
  ];
  return advice.toSorted((a, b) => urgencies.indexOf(a.urgency) - urgencies.indexOf(b.urgency));
};
