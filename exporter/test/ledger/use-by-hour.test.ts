import { describe, expect, it } from '@jest/globals';
import { join } from 'node:path';
import { tokenTypes } from '../../src/session/usage.ts';
import { aHome, aLedger, anEngine, claudeLine } from '../sweep/a-home.ts';

const hour = 3_600_000;
const now = Date.parse('2026-09-01T12:30:00Z');

const aLedgerOf = async (texts: Readonly<Record<string, string>>) => {
  const { home, machine, write } = aHome();
  for (const [session, text] of Object.entries(texts)) write(`.claude/projects/-home-ada-shop/${session}.jsonl`, text);
  const ledger = aLedger({ path: join(home, 'ledger.db'), now: () => now });
  await anEngine(machine, ledger, () => now).engine.scan();
  return ledger;
};

describe('use by the hour', () => {
  it('adds up to the use of the session, by model and UTC hour', async () => {
    const ledger = await aLedgerOf({
      s1: claudeLine({ session: 's1', at: now - 3 * hour, output: 7 }) + claudeLine({ session: 's1', at: now - 3 * hour + 1000, output: 5 }) + claudeLine({ session: 's1', at: now, id: 'x', output: 1, model: 'no-such-model' }),
      s2: claudeLine({ session: 's2', at: now, id: 'y', output: 100 }),
    });
    const [{ hours }] = ledger.hoursOf(['claude/s1']) as [ReturnType<typeof ledger.hoursOf>[number]];
    expect(hours.map(({ model, hour: at, tokens, requests }) => [model, at, tokens.output, requests])).toEqual([['claude-opus-4-6', Math.floor(now / hour) - 3, 12, 2], ['no-such-model', Math.floor(now / hour), 1, 1]]);
    expect(hours[1]).toMatchObject({ unpriced: { output: 1 } });
    expect(hours[1]).not.toHaveProperty('microUsd');
    const [session] = ledger.sessions({ ids: ['claude/s1'] });
    for (const type of tokenTypes) {
      const booked = Object.values(session!.models).reduce((sum, { usage }) => sum + (usage[type] ?? 0), 0);
      expect(hours.reduce((sum, { tokens }) => sum + (tokens[type] ?? 0), 0)).toBe(booked);
    }
    expect(ledger.hoursOf(['claude/unknown'])).toEqual([{ id: 'claude/unknown', hours: [] }]);
  });

  it('goes through all sessions page by page, the most recent first, each once', async () => {
    const ledger = await aLedgerOf(Object.fromEntries(Array.from({ length: 25 }, (_, index) => [`s${index}`, claudeLine({ session: `s${index}`, id: `m${index}`, at: now - Math.floor(index / 3) * hour })])));
    const seen: string[] = [];
    for (let after: Parameters<typeof ledger.past>[0], round = 0; round < 10; round += 1) {
      const page = ledger.past(after, 4);
      seen.push(...page.sessions.map(({ totals }) => totals.id));
      if (!page.next) break;
      after = page.next;
    }
    expect(new Set(seen).size).toBe(25);
    expect(seen).toHaveLength(25);
    expect(seen.slice(0, 3).sort()).toEqual(['claude/s0', 'claude/s1', 'claude/s2']);
  });
});
