import type { Health, HealthLevel } from '../../session/health-type.ts';
import type { Context } from '../../session/part.ts';
import type { ModelUse, Session, SessionState } from '../../session/session.ts';
import { totalTokens } from '../../session/usage.ts';
import { percent, shortNumber, usd } from '../figures.ts';
import type { Paint, Style } from '../terminal.ts';

/** How single facts of a session look in every view. "–" is unknown, ≥ a lower bound, ~ an estimate. */

export const unknown = '–';

/** Somebody works in it: the mark goes by itself when the session ends. */
export const isLive = ({ state, alive }: Session): boolean => state !== 'ended' && (alive ?? state !== 'idle');

const stateStyles: Readonly<Record<SessionState, Style>> = { working: 'green', waiting: 'yellow', idle: 'blue', ended: 'dim' };

export const stateText = ({ state, present }: Session, paint: Paint): string =>
  paint(stateStyles[state], state) + (present.lastWasError && state !== 'ended' ? ` ${paint('red', '✗')}` : '');

/** What it does or waits for: "Bash", "needs permission". */
export const doing = ({ state, present }: Session): string => {
  if (state === 'ended') return '';
  if (present.waitingFor !== undefined) return `needs ${present.waitingFor}`;
  return state === 'working' ? (present.pendingTools[0]?.name ?? '') : '';
};

/** ▓▓▓▓▓░░░ 62 %, green to 70 %, yellow to 90 %, red above; the bare size where the window is unknown. */
export const contextBar = (context: Context | undefined, paint: Paint, cells = 8): string => {
  if (!context) return unknown;
  if (!context.limit) return `${shortNumber(context.used)} of ?`;
  const ratio = context.used / context.limit;
  const filled = Math.min(cells, Math.floor(ratio * cells + 1e-9) || (ratio > 0 ? 1 : 0));
  return `${paint(contextStyle(ratio), '▓'.repeat(filled))}${paint('dim', '░'.repeat(cells - filled))} ${percent(ratio).padStart(5)}`;
};

const contextStyle = (ratio: number): Style => (ratio < 0.7 ? 'green' : ratio < 0.9 ? 'yellow' : 'red');

const levelStyles: Readonly<Record<HealthLevel, Style>> = { healthy: 'green', warning: 'yellow', critical: 'red' };
export const levelStyle = (level: HealthLevel | undefined): Style => (level === undefined ? 'dim' : levelStyles[level]);

/** The score without its fraction, rounded down: 69.9 is not shown as a healthy 70. */
export const scoreText = ({ score, level }: Health, paint: Paint): string => (score === undefined ? unknown : paint(levelStyle(level), String(Math.floor(score))));

/** Billed tokens of all models; ~ where a tokenizer counted because the tool reports none. */
export const tokensText = (session: Session): string => {
  const uses = Object.values(session.models);
  if (uses.length > 0) return `${outputIsLowerBound(uses) ? '≥' : ''}${shortNumber(tokensOf(uses))}`;
  const { input, output } = session.estimatedTokens ?? {};
  return input === undefined && output === undefined ? unknown : `~${shortNumber((input ?? 0) + (output ?? 0))}`;
};

export const tokensOf = (uses: readonly ModelUse[]): number => uses.reduce((sum, { usage }) => sum + totalTokens(usage), 0);

/** API-equivalent dollars; ≥ when tokens without a price or unlogged output come on top. */
export const costText = (uses: readonly ModelUse[]): string => {
  const cost = costOf(uses);
  if (cost === undefined) return unknown;
  const more = outputIsLowerBound(uses) || uses.some(({ unpricedTokens }) => unpricedTokens > 0);
  return `${more ? '≥' : ''}${usd(cost)}`;
};

/** US dollars of the priced calls; undefined when none has a price. */
export const costOf = (uses: readonly ModelUse[]): number | undefined => {
  const priced = uses.flatMap(({ microUsd }) => microUsd ?? []);
  return priced.length === 0 ? undefined : priced.reduce((sum, microUsd) => sum + microUsd, 0) / 1e6;
};

export const outputIsLowerBound = (uses: readonly ModelUse[]): boolean => uses.some(({ outputLowerBound }) => outputLowerBound);
