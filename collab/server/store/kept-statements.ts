import type { Database, Statement } from 'better-sqlite3';

/**
 * A database that keeps the statements it was asked for: the query builder makes the same texts again and again, and preparing one costs more than most of them take. Kept are the last few hundred in use, in two
 * halves: what was not asked for while one half filled up is dropped.
 */
export const keepingStatements = (database: Database): Pick<Database, 'prepare' | 'close'> => {
  let recent = new Map<string, Statement>();
  let older = new Map<string, Statement>();
  const keep = (text: string, statement: Statement): Statement => {
    if (recent.size >= mostRecent) [recent, older] = [new Map(), recent];
    recent.set(text, statement);
    return statement;
  };
  return {
    prepare: ((text: string) => {
      const known = recent.get(text);
      if (known !== undefined && !known.busy) return known;
      const old = older.get(text);
      return keep(text, old !== undefined && !old.busy ? old : database.prepare(text));
    }) as Database['prepare'],
    close: () => database.close(),
  };
};

const mostRecent = 200;
