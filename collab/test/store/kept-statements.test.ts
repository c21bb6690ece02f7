import { afterAll, describe, expect, it } from '@jest/globals';
import SqliteDatabase from 'better-sqlite3';
import type { Statement } from 'better-sqlite3';
import { keepingStatements } from '../../server/store/kept-statements.ts';

const sqlite = new SqliteDatabase(':memory:');
afterAll(() => { sqlite.close(); });

describe('a database that keeps statements', () => {
  it('prepares a text once while it is in use, and forgets what is not', () => {
    const prepared = new Map<string, number>();
    const { prepare } = keepingStatements({ prepare: (text: string) => { prepared.set(text, (prepared.get(text) ?? 0) + 1); return sqlite.prepare(text); }, close: () => sqlite } as never);
    const often = 'SELECT 0 AS n';
    for (let n = 1; n <= 1000; n += 1) {
      expect((prepare(`SELECT ${n} AS n`) as Statement).get()).toEqual({ n });
      expect((prepare(often) as Statement).get()).toEqual({ n: 0 });
    }
    expect(prepared.get(often)).toBe(1);
    prepare('SELECT 1 AS n');
    expect(prepared.get('SELECT 1 AS n')).toBe(2);
    prepare('SELECT 990 AS n');
    expect(prepared.get('SELECT 990 AS n')).toBe(1);
  });

  it('has another one made where it is being read from', () => {
    const { prepare } = keepingStatements(sqlite);
    const text = 'SELECT 1 AS n UNION ALL SELECT 2';
    const reading = (prepare(text) as Statement).iterate();
    expect(reading.next().value).toEqual({ n: 1 });
    expect((prepare(text) as Statement).all()).toHaveLength(2);
    expect(reading.next().value).toEqual({ n: 2 });
    reading.return?.();
  });
});
