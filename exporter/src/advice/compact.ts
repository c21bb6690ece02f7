import type { Session } from '../session/session.ts';
import type { Advice } from './advice.ts';
import { percent, tokens } from './figures.ts';
import { inSession } from './in-session.ts';

/** Better at a pause of one's own choosing than in the middle of a thought. An unknown window gives no advice. */
export const compactAdvice = (session: Session): readonly Advice[] => {
  const { context } = session;
  const full = context?.compactAt ?? context?.limit;
  if (!context || full === undefined || full <= 0) return [];
  const ratio = context.used / full;
  if (ratio < soonRatio) return [];
  const where = context.compactAt === undefined ? `its window of ${tokens(full)}` : `the ${tokens(full)} at which it compacts by itself`;
  return [{
    kind: 'compact', urgency: ratio >= nowRatio ? 'now' : 'soon', sessions: [session.id],
    reason: `its context is at ${percent(ratio)} of ${where}`,
    number: { name: context.compactAt === undefined ? 'context_ratio' : 'compaction_ratio', value: ratio, unit: 'ratio', limit: soonRatio },
    command: inSession(session, 'compact'),
  }];
};

const soonRatio = 0.75;
const nowRatio = 0.9;
