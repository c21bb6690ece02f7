import { age, many, percent } from '../app/words.ts';
import type { Session } from './session.ts';

/** Something about a session that somebody should know, the worst first. */
export interface Reason {
  readonly kind: 'context' | 'errors' | 'duration' | 'silence' | 'conflict' | 'failed' | 'score';
  readonly grave: boolean;
  /** Continues "it …" or stands alone: "context 94 % full". */
  readonly words: string;
}

export type Standing = 'trouble' | 'watch' | 'fine' | 'unknown';

/** Green to 70 %, yellow to 90 %, red above (FEATURES.md C8). */
export const contextLevel = (ratio: number): 'good' | 'fair' | 'bad' => (ratio <= 0.7 ? 'good' : ratio <= 0.9 ? 'fair' : 'bad');

/** How a session is, in one word for order and colour. */
export const standingOf = (session: Session, now: number): Standing => {
  if (session.state === 'ended') return session.health.level === undefined ? 'unknown' : 'fine';
  const reasons = reasonsOf(session, now);
  if (session.health.level === 'critical' || reasons.some(({ grave }) => grave)) return 'trouble';
  if (session.health.level === 'warning' || reasons.length > 0) return 'watch';
  return session.health.level === undefined ? 'unknown' : 'fine';
};

/** Why a session is not well, from its facts and the factors of its score. */
export const reasonsOf = (session: Session, now: number): readonly Reason[] => {
  if (session.state === 'ended') return [];
  const found = [context(session), errors(session), conflict(session), silence(session, now), duration(session, now)].filter((reason) => reason !== undefined);
  if (found.length === 0 && session.health.level === 'critical') found.push({ kind: 'score', grave: true, words: `health at ${Math.round(session.health.score ?? 0)}` });
  return found.sort((a, b) => Number(b.grave) - Number(a.grave));
};

const context = ({ context: used }: Session): Reason | undefined => {
  if (used?.ratio === undefined) return undefined;
  const level = contextLevel(used.ratio);
  return level === 'good' ? undefined : { kind: 'context', grave: level === 'bad', words: `context ${percent(used.ratio)} full` };
};

/** The factor counts the last hour; the number beside it is of the whole session. */
const errors = ({ errors: count, errorsByKind, health: { factors }, lastWasError }: Session): Reason | undefined => {
  const factor = factors.errors;
  if (count > 0 && factor !== undefined && factor < 0.7) return { kind: 'errors', grave: factor <= 0.3, words: `${many(count, 'error')}${mostly(errorsByKind)}` };
  return lastWasError ? { kind: 'failed', grave: false, words: 'its last step failed' } : undefined;
};

const kindWords: Readonly<Record<string, string>> = { api: 'of the API', overloaded: 'of an overloaded model', rate_limit: 'at the rate limit', tool: 'of tools', permission_denied: 'of permission', interrupted: 'by interruption' };
const mostly = (kinds: Session['errorsByKind']): string => {
  const [first, second] = Object.entries(kinds).sort(([, a], [, b]) => b - a);
  if (first === undefined || kindWords[first[0]] === undefined) return '';
  return second === undefined ? ` ${kindWords[first[0]]}` : `, mostly ${kindWords[first[0]]}`;
};

const conflict = ({ fileConflicts }: Session): Reason | undefined => {
  const [first] = fileConflicts;
  return first === undefined ? undefined : { kind: 'conflict', grave: false, words: fileConflicts.length === 1 ? `another session edits ${baseName(first)}` : `shares ${many(fileConflicts.length, 'file')} with another session` };
};

const silence = ({ state, lastActivityAt, health: { factors } }: Session, now: number): Reason | undefined =>
  state === 'working' && lastActivityAt !== undefined && factors.activity !== undefined && factors.activity < 0.9
    ? { kind: 'silence', grave: factors.activity <= 0.3, words: `silent for ${age(now - lastActivityAt)} in the middle of its work` } : undefined;

const duration = ({ startedAt, health: { factors } }: Session, now: number): Reason | undefined =>
  startedAt !== undefined && factors.duration !== undefined && factors.duration <= 0.4 ? { kind: 'duration', grave: false, words: `open for ${age(now - startedAt)}` } : undefined;

export const baseName = (path: string): string => path.slice(path.lastIndexOf('/') + 1);
