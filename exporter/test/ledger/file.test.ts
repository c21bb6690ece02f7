import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import Database from 'better-sqlite3';
import { copyFileSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Ledger } from '../../src/ledger/ledger.ts';
import { aHome, anEngine, claudeLine } from '../sweep/a-home.ts';

let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'watchroom-ledger-file-'));
  path = join(folder, 'ledger.db');
});
afterEach(() => rmSync(folder, { recursive: true }));

const open = (readonly = false): Ledger => new Ledger({ path, now: Date.now, readonly });

describe('the file of the ledger', () => {
  it('is left as it was, with a sentence, when it is somebody else\'s database', () => {
    const theirs = new Database(path);
    theirs.exec('CREATE TABLE recipes (name TEXT); INSERT INTO recipes VALUES (\'soup\')');
    theirs.close();
    const before = readFileSync(path);
    for (const readonly of [false, true]) expect(() => open(readonly)).toThrow(/ledger\.db is an SQLite database, but no ledger of Watchroom \(its tables: recipes\)/);
    expect(readFileSync(path).equals(before)).toBe(true);
  });

  it('is refused with its format when another Watchroom wrote it', () => {
    open().close();
    const later = new Database(path);
    later.pragma('user_version = 7');
    later.close();
    expect(() => open()).toThrow(/has format 7, this Watchroom writes format 1/);
  });

  it.each([
    ['removed', (): void => rmSync(path)],
    ['replaced by a copy', (): void => {
      copyFileSync(path, `${path}.copy`);
      renameSync(`${path}.copy`, path);
    }],
  ])('that is %s while Watchroom runs is told of at the next scan, and counting goes on', async (_what, happens) => {
    const { home, machine, write } = aHome();
    const ledger = open();
    const { engine, updates } = anEngine(machine, ledger, Date.now);
    await engine.scan();
    expect(updates.at(-1)!.ledger.problem).toBeUndefined();
    happens();
    write('.claude/projects/-home-ada-shop/s1.jsonl', claudeLine({ session: 's1', at: Date.now(), output: 7 }));
    await engine.scan();
    expect(updates.at(-1)!.ledger.problem).toMatch(/ledger\.db was removed or replaced while Watchroom runs\. Start Watchroom again/);
    expect(ledger.fleet().find(({ metric, labels }) => metric === 'ai_tokens_total' && labels.token_type === 'output')?.value).toBe(7);
    ledger.close();
    rmSync(home, { recursive: true });
  });

  it('is begun in an empty file', () => {
    writeFileSync(path, '');
    const ledger = open();
    expect(ledger.verify()).toEqual([]);
    ledger.close();
  });
});
