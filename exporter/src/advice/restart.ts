import { healthOf } from '../health/health.ts';
import type { HealthSettings } from '../health/settings.ts';
import type { EpochMs } from '../session/part.ts';
import type { Session } from '../session/session.ts';
import type { Advice } from './advice.ts';
import { many, percent } from './figures.ts';
import { inSession } from './in-session.ts';

/** A context that goes round in circles does not get better: begin anew, with what matters written down. */
export const restartAdvice = (session: Session, now: EpochMs, settings: HealthSettings): readonly Advice[] => {
  const about = (reason: string, number: Advice['number'], urgency: Advice['urgency']): readonly Advice[] => [{ kind: 'restart', urgency, sessions: [session.id], reason, number, command: inSession(session, 'restart') }];
  const { repeatedFailures = 0, editChurn = 0, cacheCollapsed } = session.rot;
  if (repeatedFailures >= manyFailures) return about(`the same failing call was repeated ${many(repeatedFailures, 'time')} without progress`, { name: 'repeated_failures', value: repeatedFailures, unit: 'count', limit: manyFailures }, 'now');
  const health = healthOf(session, now, settings);
  if (health.level === 'critical') {
    const [worst] = Object.entries(health.factors).sort(([, a], [, b]) => a - b)[0] ?? [];
    return about(`its health is ${health.score} of 100${worst === undefined ? '' : `, worst for ${words[worst] ?? worst}`}`, { name: 'health_score', value: health.score!, unit: 'score', limit: settings.thresholds.warning }, 'now');
  }
  if ((session.compactions ?? 0) >= manyCompactions && cacheCollapsed) return about(`it was compacted ${many(session.compactions!, 'time')} and its cache is hit half as often as before`, { name: 'compactions', value: session.compactions!, unit: 'count', limit: manyCompactions }, 'soon');
  if (editChurn >= muchChurn) return about(`${percent(editChurn)} of the lines it edited were edited again`, { name: 'edit_churn', value: editChurn, unit: 'ratio', limit: muchChurn }, 'soon');
  return [];
};

const manyFailures = 3;
const manyCompactions = 2;
const muchChurn = 0.5;
const words: Readonly<Record<string, string>> = { token_usage: 'its context', duration: 'its age', activity: 'its silence', errors: 'its errors' };
