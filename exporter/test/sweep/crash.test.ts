import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { appendFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Ledger } from '../../src/ledger/ledger.ts';
import { aHome, aLedger, anEngine, claudeLine, claudePrompt } from './a-home.ts';

const begin = Date.UTC(2026, 10, 20, 9);
const faultPoints = 200;
let now = begin;
let { home, machine, write } = aHome();

beforeEach(() => {
  now = begin;
  ({ home, machine, write } = aHome());
});
afterEach(() => rmSync(home, { recursive: true }));

/** Everything that must be the same, however it came about. Birth times of series are not: a repeated scan is later. */
const account = (ledger: Ledger): unknown => ({
  sessions: ledger.sessions('all').map(({ models, turns, messages, errors, lastActivityAt, id }) => ({ id, models, turns, messages, errors, lastActivityAt })),
  fleet: ledger.fleet().map(({ metric, labels, value }) => [metric, labels, value]),
  used: ledger.usedBetween(0, begin * 2),
});

/** Stopped while it opened, the ledger is opened again by the next start. */
const openOrRestart = (path: string, onStatement: () => void): Ledger => {
  try {
    return aLedger({ path, now: () => now, onStatement });
  } catch {
    return aLedger({ path, now: () => now });
  }
};

/** Three sessions, one of them a copy of another, and then an hour of work that is news. */
const history = (): void => {
  for (const session of ['one', 'two', 'three']) {
    const old = Array.from({ length: 8 }, (_, index) => claudePrompt({ session, at: begin - 5_000_000 + index * 10_000 }) + claudeLine({ session, at: begin - 5_000_000 + index * 10_000 + 5000, id: `${session === 'three' ? 'one' : session}-${index}` }));
    write(`.claude/projects/-home-ada-shop/${session}.jsonl`, old.join(''));
  }
};
const news = (session: string): void =>
  appendFileSync(join(home, `.claude/projects/-home-ada-shop/${session}.jsonl`), claudePrompt({ session, at: begin + 60_000 }) + claudeLine({ session, at: begin + 61_000, id: `${session}-new`, output: 77 }));

const uninterrupted = async (): Promise<unknown> => {
  const ledger = aLedger({ path: join(home, 'whole.db'), now: () => now });
  const { engine } = anEngine(machine, ledger, () => now);
  await engine.scan();
  now = begin + 120_000;
  for (const session of ['one', 'two']) news(session);
  await engine.scan();
  const whole = account(ledger);
  ledger.close();
  return whole;
};

it(`[T33] stopped at any of ${faultPoints} points of its work and started again, it has the totals of an uninterrupted run`, async () => {
  history();
  const whole = await uninterrupted();
  rmSync(join(home, '.claude'), { recursive: true });
  let stopped = 0;
  for (let point = 1; point <= faultPoints; point += 1) {
    now = begin;
    history();
    const path = join(home, `crash-${point}.db`);
    let statements = 0;
    const stopAt = (): void => {
      statements += 1;
      if (statements === point) {
        stopped += 1;
        throw new Error('stopped here');
      }
    };
    const first = openOrRestart(path, stopAt);
    const before = anEngine(machine, first, () => now);
    await before.engine.scan().catch(() => undefined);
    now = begin + 120_000;
    for (const session of ['one', 'two']) news(session);
    await before.engine.scan().catch(() => undefined);
    first.close(); // what a kill leaves is what was committed
    const second = aLedger({ path, now: () => now });
    const after = anEngine(machine, second, () => now);
    await after.engine.scan();
    expect({ point, ...(account(second) as object) }).toEqual({ point, ...(whole as object) });
    expect(second.verify()).toEqual([]);
    second.close();
    for (const suffix of ['', '-wal', '-shm']) rmSync(path + suffix, { force: true });
    rmSync(join(home, '.claude'), { recursive: true });
  }
  expect(stopped).toBeGreaterThan(faultPoints / 2);
}, 120_000);

it('goes on by itself when a transaction failed: the next scan books what was not booked', async () => {
  history();
  const whole = await uninterrupted();
  rmSync(join(home, '.claude'), { recursive: true });
  now = begin;
  history();
  let failing = false;
  const ledger = aLedger({ path: join(home, 'full.db'), now: () => now, onStatement: (sql) => {
    if (failing && sql.startsWith('INSERT')) throw new Error('database or disk is full');
  } });
  const { engine, updates } = anEngine(machine, ledger, () => now);
  await engine.scan();
  now = begin + 120_000;
  for (const session of ['one', 'two']) news(session);
  failing = true;
  await engine.scan();
  expect(updates.at(-1)!.ledger.problem).toBe('the ledger could not be written: database or disk is full');
  failing = false;
  await engine.scan();
  expect(updates.at(-1)!.ledger).not.toHaveProperty('problem');
  expect(account(ledger)).toEqual(whole);
  ledger.close();
});
