import { createHash } from 'node:crypto';
import { sql } from 'kysely';
import type { Store } from '../../server/store/open.ts';

/** Columns that merely note that somebody was there. */
const noted = new Set(['last_seen_at', 'last_used_at', 'expires_at']);

/** A fingerprint of everything the store holds, but for notes of who was there and refusals in the audit log. */
export const dumpOf = async (store: Store): Promise<string> => {
  const { rows: tables } = await sql<{ name: string }>`SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' AND name NOT LIKE 'kysely_%' ORDER BY name`.execute(store);
  const hash = createHash('sha256');
  for (const { name } of tables) {
    const { rows } = await sql<Record<string, unknown>>`SELECT * FROM ${sql.table(name)}`.execute(store);
    for (const row of rows.filter((one) => name !== 'audit' || one.result === 'done')) hash.update(JSON.stringify([name, Object.entries(row).filter(([column]) => !noted.has(column))]));
  }
  return hash.digest('hex');
};
