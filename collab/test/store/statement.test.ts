import { afterAll, describe, expect, it } from '@jest/globals';
import { Kysely, PostgresAdapter, PostgresIntrospector, PostgresQueryCompiler } from 'kysely';
import type { CompiledQuery, Dialect } from 'kysely';
import { openStore } from '../../server/store/open.ts';
import type { Store, Work } from '../../server/store/open.ts';
import type { Database } from '../../server/store/schema.ts';
import { statement } from '../../server/store/statement.ts';

const store = await openStore(':memory:');
afterAll(() => store.destroy());

const keep = statement((on: Store | Work, { key, value }: { readonly key: string; readonly value: string }) => on.insertInto('meta').values({ key, value }).onConflict((at) => at.column('key').doUpdateSet({ value })));
const find = statement((on: Store | Work, { key, not }: { readonly key: string; readonly not: string | null }) => on.selectFrom('meta').selectAll().where('key', '=', key).where((is) => is.or([is('value', '!=', not), is('value', '=', 'always')])).limit(1));

describe('a statement', () => {
  it('does what its query does, with the values of each call', async () => {
    await keep(store, { key: 'one', value: 'first' });
    await keep(store, { key: 'two', value: 'second' });
    await keep(store, { key: 'one', value: 'third' });
    expect(await find(store, { key: 'one', not: 'x' })).toEqual([{ key: 'one', value: 'third' }]);
    expect(await find(store, { key: 'two', not: 'x' })).toEqual([{ key: 'two', value: 'second' }]);
    expect(await find(store, { key: 'two', not: 'second' })).toEqual([]);
    expect(await find(store, { key: 'two', not: null })).toEqual([]); // as SQL has it: nothing is unlike NULL
  });

  it('is part of the transaction it is asked in', async () => {
    await expect(store.transaction().execute(async (work) => {
      await keep(work, { key: 'undone', value: 'now' });
      expect(await find(work, { key: 'undone', not: 'x' })).toHaveLength(1);
      throw new Error('undo');
    })).rejects.toThrow('undo');
    expect(await find(store, { key: 'undone', not: 'x' })).toEqual([]);
  });

  it('is built once for each store that is opened, so that each has its own engine\'s text', async () => {
    let built = 0;
    const counted = statement((on: Store, { key }: { readonly key: string }) => {
      built += 1;
      return on.selectFrom('meta').select('value').where('key', '=', key);
    });
    for (const key of ['one', 'two', 'one']) await counted(store, { key });
    expect(built).toBe(1);
    const asked: CompiledQuery[] = [];
    const postgres = new Kysely<Database>({ dialect: postgresThatNotes(asked) });
    await counted(postgres, { key: 'one' });
    await counted(postgres, { key: 'two' });
    expect(built).toBe(2);
    expect(asked.map(({ sql, parameters }) => [sql, parameters])).toEqual(['one', 'two'].map((key) => ['select "value" from "meta" where "key" = $1', [key]]));
  });
});

/** PostgreSQL's side of the query builder, with nothing behind it. */
const postgresThatNotes = (asked: CompiledQuery[]): Dialect => {
  const connection = {
    executeQuery: async (query: CompiledQuery) => {
      asked.push(query);
      return { rows: [] };
    },
    streamQuery: () => { throw new Error('not here'); },
  };
  const nothing = async (): Promise<void> => undefined;
  return {
    createAdapter: () => new PostgresAdapter(),
    createQueryCompiler: () => new PostgresQueryCompiler(),
    createIntrospector: (db) => new PostgresIntrospector(db),
    createDriver: () => ({ init: nothing, acquireConnection: async () => connection, beginTransaction: nothing, commitTransaction: nothing, rollbackTransaction: nothing, releaseConnection: nothing, destroy: nothing }),
  };
};
