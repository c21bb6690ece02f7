import type Database from 'better-sqlite3';

/** Text that repeats (models, projects) as small numbers. Id 0 stands for "unknown". */
export class Names {
  readonly #ids = new Map<string, number>();
  readonly #names = new Map<number, string>();
  readonly #insert: Database.Statement;

  constructor(db: Database.Database) {
    for (const { id, name } of db.prepare('SELECT id, name FROM names').all() as { id: number; name: string }[]) this.#remember(id, name);
    this.#insert = db.prepare('INSERT INTO names (name) VALUES (?)');
  }

  id(name: string | undefined): number {
    if (name === undefined) return 0;
    const id = this.#ids.get(name);
    if (id !== undefined) return id;
    const inserted = Number(this.#insert.run(name).lastInsertRowid);
    this.#remember(inserted, name);
    return inserted;
  }

  /** undefined for 0. */
  name(id: number | null): string | undefined {
    return id === null ? undefined : this.#names.get(id);
  }

  #remember(id: number, name: string): void {
    this.#ids.set(name, id);
    this.#names.set(id, name);
  }
}
