import type Database from 'better-sqlite3';
import type { Sql } from './statements.ts';

/** Durable counts beside the fleet: 'corrections' by reason, 'late_tokens', 'records', 'bytes', 'unknown' and 'bad <reason>' by tool. */
export class Tallies {
  readonly #values = new Map<string, number>();
  readonly #dirty = new Set<string>();

  constructor(db: Database.Database) {
    for (const row of db.prepare('SELECT name, label, value FROM tallies').all() as { name: string; label: string; value: number }[]) this.#values.set(`${row.name} ${row.label}`, row.value);
  }

  /** The counts of one name, by label. */
  of(name: string): ReadonlyMap<string, number> {
    const found = new Map<string, number>();
    for (const [key, value] of this.#values) if (key.startsWith(`${name} `)) found.set(key.slice(name.length + 1), value);
    return found;
  }

  add(name: string, label: string, amount: number): void {
    if (amount === 0) return;
    const key = `${name} ${label}`;
    this.#values.set(key, (this.#values.get(key) ?? 0) + amount);
    this.#dirty.add(key);
  }

  /** Writes what changed; inside the caller's transaction. */
  save(sql: Sql): void {
    const save = sql('INSERT INTO tallies (name, label, value) VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET value = excluded.value');
    for (const key of this.#dirty) {
      const space = key.indexOf(' ');
      save.run(key.slice(0, space), key.slice(space + 1), this.#values.get(key));
    }
    this.#dirty.clear();
  }
}
