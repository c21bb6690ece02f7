import type { Database } from 'better-sqlite3';
import { SqliteDialect, SqliteQueryCompiler } from 'kysely';
import type { QueryCompiler } from 'kysely';
import { keepingStatements } from './kept-statements.ts';

/** SQLite as the hub asks it: each statement is prepared once. */
export const sqliteDialect = (database: Database): SqliteDialect => new PreparedOnce({ database: keepingStatements(database) });

class PreparedOnce extends SqliteDialect {
  override createQueryCompiler(): QueryCompiler {
    return new PlainValues();
  }
}

/**
 * Writes each value's place as "+?". Of a plain "?" in a join, SQLite (3.54) thinks that the value could make another plan better, and prepares the whole statement anew each time it is bound: that
 * is most of what such a statement takes. A plus before a value changes nothing else (sqlite.org/lang_expr.html: "a no-op"), and without ANALYZE there is nothing to learn from values anyway.
 */
class PlainValues extends SqliteQueryCompiler {
  protected override getCurrentParameterPlaceholder(): string {
    return '+?';
  }
}
