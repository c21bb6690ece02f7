import type Database from 'better-sqlite3';

/** A sub-agent whose parent was never seen stands for itself. */
export const isRoot = '(parent IS NULL OR NOT EXISTS (SELECT 1 FROM sessions AS above WHERE above.key = sessions.parent))';

/** Which sessions there are, and which are sub-agents of which: asked at every call that is booked, so it is kept in memory. */
export class Kin {
  readonly #keys = new Map<number, string>();
  readonly #rows = new Map<string, { readonly id: number; readonly tool: string }>();
  readonly #parents = new Map<string, string>();
  readonly #children = new Map<string, Set<string>>();

  constructor(db: Database.Database) {
    for (const row of db.prepare('SELECT id, key, tool, parent FROM sessions').all() as { id: number; key: string; tool: string; parent: string | null }[]) {
      this.add(row);
      if (row.parent !== null) this.addParent(row.key, row.parent);
    }
  }

  add({ id, key, tool }: { readonly id: number; readonly key: string; readonly tool: string }): void {
    this.#rows.set(key, { id, tool });
    this.#keys.set(id, key);
  }

  addParent(key: string, parent: string): void {
    const before = this.#parents.get(key);
    if (before === parent) return;
    if (before !== undefined) this.#children.get(before)?.delete(key);
    this.#parents.set(key, parent);
    this.#children.set(parent, (this.#children.get(parent) ?? new Set()).add(key));
  }

  has(key: string): boolean {
    return this.#rows.has(key);
  }

  /** The ledger's number of a session; undefined: it does not know it. */
  idOf(key: string): number | undefined {
    return this.#rows.get(key)?.id;
  }

  keyOf(id: number): string | undefined {
    return this.#keys.get(id);
  }

  toolOf(id: number): string | undefined {
    return this.#rows.get(this.#keys.get(id) ?? '')?.tool;
  }

  /** Numbers of a session and, after it, of its sub-agents' sessions; empty for an unknown one. */
  familyOf(key: string): number[] {
    if (!this.has(key)) return [];
    const family = [key];
    for (let index = 0; index < family.length && index < 1000; index += 1) for (const child of this.#children.get(family[index]!) ?? []) if (!family.includes(child)) family.push(child);
    return family.flatMap((member) => this.idOf(member) ?? []);
  }

  /** The session that a sub-agent belongs to in the end. */
  rootOf(key: string): string {
    let root = key;
    for (let depth = 0; depth < 20; depth += 1) {
      const parent = this.#parents.get(root);
      if (parent === undefined || !this.has(parent)) return root;
      root = parent;
    }
    return root;
  }
}
