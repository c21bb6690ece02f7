import { expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { AgentProcess } from '../../src/processes/match.ts';
import type { LiveClaim } from '../../src/readers/reader.ts';
import type { StoredSession } from '../../src/session/session.ts';
import type { EngineUpdate } from '../../src/sweep/engine.ts';
import { Scene } from '../../src/sweep/scene.ts';
import { aStoredSession, now } from '../a-session.ts';

// What is not told anew is not computed anew. The picture must be the same as when everything is told again every time.

const minute = 60_000;
const session = fc.record({ n: fc.nat(7), tool: fc.constantFrom('claude', 'codex', 'cursor'), folder: fc.nat(2), startedAgo: fc.nat(200), activeAgo: fc.nat(200), turnOpen: fc.boolean(), edits: fc.boolean() })
  .map(({ n, tool, folder, startedAgo, activeAgo, turnOpen, edits }): StoredSession => aStoredSession({
    id: `${tool}/s${n}`, tool, nativeId: `s${n}`, cwd: `/w${folder}`, startedAt: now - Math.max(startedAgo, activeAgo) * minute, lastActivityAt: now - activeAgo * minute, present: { turnOpen, pendingTools: [] },
    files: edits ? { '/w0/a.ts': { editedAt: now - activeAgo * minute, edits: 1 } as StoredSession['files'][string] } : {},
    ...(n % 3 === 0 ? { rateLimits: [{ window: '5h', usedRatio: n / 10, reportedAt: now - activeAgo * minute }] as unknown as NonNullable<StoredSession['rateLimits']> } : {}),
  }));
const agent = fc.record({ pid: fc.integer({ min: 1, max: 4 }), tool: fc.constantFrom('claude', 'codex', 'aider'), folder: fc.nat(2), startedAgo: fc.nat(150), names: fc.option(fc.nat(7), { nil: undefined }), host: fc.boolean() })
  .map(({ pid, tool, folder, startedAgo, names, host }): AgentProcess => ({ tool, pid, cwd: `/w${folder}`, startedAt: now - startedAgo * minute, argv: [tool], ...(host && tool === 'codex' ? { host: true } : {}), hints: names === undefined ? {} : { sessionId: `s${names}` } }));
const claim = fc.record({ pid: fc.integer({ min: 1, max: 4 }), n: fc.nat(7) }).map(({ pid, n }): LiveClaim => ({ tool: 'claude', pid, nativeId: `s${n}` }) as LiveClaim);
const step = fc.oneof(
  fc.array(session, { minLength: 1, maxLength: 3 }).map((sessions) => ({ sessions })),
  fc.record({ agents: fc.option(fc.uniqueArray(agent, { selector: ({ pid }) => pid, maxLength: 4 }), { nil: undefined }), claims: fc.array(claim, { maxLength: 2 }) }),
  fc.nat(60).map((minutes) => ({ minutes })),
);

const update = (sessions: readonly StoredSession[]): EngineUpdate => ({
  sessions, counts: { claude: 4 }, inWindow: 3, sources: [], presentRoots: [], corrections: {}, budgets: [], ledger: { id: 'l', createdAt: 0, sizeBytes: 0 }, complete: true, scanned: 1,
});
const aScene = (): Scene => new Scene({ platform: 'linux', idleAfterMs: 15 * minute, exportWindowMs: 120 * minute, exportLimit: 12, durable: true });

it('[D3] the picture after many small updates is the one in which everything was told again', () => {
  let compared = 0;
  fc.assert(fc.property(fc.array(step, { maxLength: 25 }), (steps) => {
    const [small, whole] = [aScene(), aScene()];
    small.apply(update([]));
    const told = new Map<string, StoredSession>();
    let at = now;
    for (const one of steps) {
      if ('minutes' in one) at += one.minutes * minute;
      else if ('sessions' in one) {
        small.apply(update(one.sessions));
        for (const each of one.sessions) told.set(each.id, each);
        whole.apply(update(one.sessions));
      } else for (const scene of [small, whole]) scene.see({ agents: one.agents, claims: one.claims, status: { source: 'processes', up: true } as never });
      whole.apply(update([...told.values()].map((each) => ({ ...each })))); // other objects: nothing passes for unchanged
      at += 1000;
      // What has ended stays so when nobody can tell any more (no process table, several processes that may have it); told anew it would go by time.
      const over = new Set(small.sessions(at).filter(({ alive }) => alive === false).map(({ id }) => id));
      if (whole.sessions(at).some(({ id, alive }) => alive === undefined && over.has(id))) continue;
      expect(byId(small.sessions(at))).toEqual(byId(whole.sessions(at)));
      expect(small.snapshot(at)).toEqual(whole.snapshot(at));
      compared += 1;
    }
  }), { numRuns: 400 });
  expect(compared).toBeGreaterThan(1000);
});

const byId = (sessions: readonly { readonly id: string }[]) => sessions.toSorted((a, b) => (a.id < b.id ? -1 : 1));
