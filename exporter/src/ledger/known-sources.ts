import type Database from 'better-sqlite3';
import type { EpochMs } from '../session/part.ts';

export interface KnownSource {
  readonly id: number;
  readonly born: EpochMs;
  readonly fingerprint: string;
}

/** What was read, by path and by the ledger's number. */
export class KnownSources {
  readonly #byPath = new Map<string, KnownSource>();
  readonly #paths = new Map<number, string>();

  constructor(db: Database.Database) {
    for (const { path, ...source } of db.prepare('SELECT id, path, born, fingerprint FROM sources').all() as (KnownSource & { path: string })[]) this.add(path, source);
  }

  add(path: string, source: KnownSource): void {
    this.#byPath.set(path, source);
    this.#paths.set(source.id, path);
  }

  at(path: string): KnownSource | undefined {
    return this.#byPath.get(path);
  }

  /** undefined: another process has made it since. */
  pathOf(id: number): string | undefined {
    return this.#paths.get(id);
  }

  bornOf(id: number): EpochMs | undefined {
    return this.#byPath.get(this.#paths.get(id) ?? '')?.born;
  }

  paths(): readonly string[] {
    return [...this.#byPath.keys()];
  }
}
