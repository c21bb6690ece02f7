import { expect, it } from '@jest/globals';
import type { EngineUpdate } from '../../src/sweep/engine.ts';
import { Scene } from '../../src/sweep/scene.ts';
import { aStoredSession, minutesAgo, now } from '../a-session.ts';

const update = (told: Partial<EngineUpdate>): EngineUpdate => ({
  sessions: [], counts: {}, inWindow: 0, sources: [], presentRoots: [], corrections: {}, budgets: [], ledger: { id: 'l', createdAt: 0, sizeBytes: 0 }, complete: true, scanned: 1, ...told,
});
const aScene = (exportLimit: number): Scene => new Scene({ platform: 'linux', idleAfterMs: 900_000, exportWindowMs: 3_600_000, exportLimit, durable: true });
const sessions = (count: number) => Array.from({ length: count }, (_, index) => aStoredSession({ id: `claude/s${index}`, nativeId: `s${index}`, lastActivityAt: minutesAgo(index + 1) }));

it('[M2] says how many sessions the limit and how many the window leaves out, also of those that only the ledger knows', () => {
  const scene = aScene(2);
  scene.apply(update({ sessions: sessions(3), inWindow: 5, counts: { claude: 9 } }));
  const { sessions: exported, dropped } = scene.snapshot(now);
  expect(exported.map(({ nativeId }) => nativeId)).toEqual(['s0', 's1']);
  expect(dropped).toEqual({ limit: 3, window: 4 });
});

it('holds the counters of a session up when a later picture has less, and counts it', () => {
  const scene = aScene(10);
  const before = aStoredSession({ lastActivityAt: minutesAgo(1), turns: 5 });
  scene.apply(update({ sessions: [before], counts: { claude: 1 } }));
  scene.apply(update({ sessions: [{ ...before, turns: 3 }], counts: { claude: 1 } }));
  expect(scene.snapshot(now)).toMatchObject({ sessions: [{ turns: 5 }], corrections: { session_counter_held: 1 } });
});

it('is not durable while the ledger cannot be written, and says why', () => {
  const scene = aScene(10);
  scene.apply(update({ ledger: { id: 'l', createdAt: 0, sizeBytes: 0, problem: 'the ledger could not be written: disk full' } }));
  expect(scene.snapshot(now).ledger).toMatchObject({ durable: false, problem: 'the ledger could not be written: disk full' });
});
