import type { EpochMs } from '../session/part.ts';
import type { Session } from '../session/session.ts';
import type { Advice } from './advice.ts';
import { time } from './figures.ts';
import { inSession } from './in-session.ts';

/** A process that nobody speaks to holds memory, and an old context that the next prompt pays for again. */
export const closeAdvice = (session: Session, now: EpochMs, platform: string): readonly Advice[] => {
  const { state, alive, lastActivityAt, processes } = session;
  if (state !== 'idle' || alive === false || lastActivityAt === undefined || now - lastActivityAt < idleMs) return [];
  const [process] = processes;
  const memory = processes.reduce((sum, { residentBytes = 0 }) => sum + residentBytes, 0);
  if (!process) return []; // an editor's chat: there is nothing to close
  return [{
    kind: 'close', urgency: 'consider', sessions: [session.id],
    reason: `nobody has spoken to it for ${time(now - lastActivityAt)}${memory > 0 ? `, and it holds ${Math.round(memory / 2 ** 20)} MiB` : ''}`,
    number: { name: 'idle_seconds', value: Math.floor((now - lastActivityAt) / 1000), unit: 'seconds', limit: idleMs / 1000 },
    command: inSession(session, 'leave').where === 'session' ? inSession(session, 'leave') : { run: platform === 'win32' ? `taskkill /PID ${process.pid}` : `kill ${process.pid}`, where: 'shell' },
  }];
};

const idleMs = 2 * 3_600_000;
