import type Database from 'better-sqlite3';

/** A statement by its text. */
export type Sql = (text: string) => Database.Statement;

/** Preparing costs more than most statements take, so each is prepared once. */
export const preparedOnce = (db: Database.Database): Sql => {
  const statements = new Map<string, Database.Statement>();
  return (text) => {
    let statement = statements.get(text);
    if (!statement) statements.set(text, (statement = db.prepare(text)));
    return statement;
  };
};
