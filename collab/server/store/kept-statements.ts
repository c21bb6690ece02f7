import type { Database, Statement } from 'better-sqlite3';

/** A database that keeps the statements it was asked for: the query builder makes the same texts again and again, and preparing one costs more than most of them take. */
export const keepingStatements = (database: Database): Pick<Database, 'prepare' | 'close'> => {
  const kept = new Map<string, Statement>();
  return {
    prepare: ((text: string) => {
      const known = kept.get(text);
      if (known && !known.busy) {
        kept.delete(text); // re-inserted last: the map's order is the order of use
        kept.set(text, known);
        return known;
      }
      const statement = database.prepare(text);
      kept.set(text, statement);
      if (kept.size > mostKept) kept.delete(kept.keys().next().value!);
      return statement;
    }) as Database['prepare'],
    close: () => database.close(),
  };
};

const mostKept = 300;
