import { sql } from 'kysely';
import { hourMs, isDated } from 'watchroom/wire';
import type { UseKind, UseRow } from 'watchroom/wire';
import type { SessionUseTable } from '../store/schema.ts';
import type { Work } from '../store/open.ts';

// Use is told as absolute values. The greatest value of each key is kept, and only what it grew by is credited: what is sent twice, late, out of order,
// by a ledger that began anew or by a second machine with the same files counts once (DESIGN.md 8).

/** What one key grew by, to the credit of whoever reported it. */
export interface UseGrowth {
  readonly sessionKey: string;
  readonly model: string;
  readonly kind: UseKind;
  /** Undefined: the kind has no hours. */
  readonly hour: number | undefined;
  /** All of it; of history, too. */
  readonly grown: number;
  /** What moves the fleet counters. */
  readonly counted: number;
}

/** Keeps the greatest values of a report's rows and returns what grew. */
export const keepUse = async (work: Work, { rows, idOf, since }: { readonly rows: readonly UseRow[]; readonly idOf: (sessionKey: string) => string | undefined; readonly since: number }): Promise<readonly UseGrowth[]> => {
  const told = greatestOf(rows, idOf);
  const known = await valuesOf(work, told);
  const grown: UseGrowth[] = [];
  const written: SessionUseTable[] = [];
  for (const [key, { id, row: [sessionKey, model, kind, hour, value] }] of told) {
    const before = known.get(key);
    if (before && value <= before.value) continue;
    const growth = value - (before?.value ?? 0);
    if (growth === 0) continue;
    const counted = !before && isHistory(hour, since) ? 0 : growth;
    written.push({ session_id: id, model, kind, hour: isDated(kind) ? hour : 0, value, counted: (before?.counted ?? 0) + counted });
    grown.push({ sessionKey, model, kind, hour: isDated(kind) ? hour : undefined, grown: growth, counted });
  }
  await write(work, written);
  return grown;
};

/** The first word on an hour that ended more than an hour before the reporter's last report: found in old files, not used just now. */
const isHistory = (hour: number, since: number): boolean => (hour + 1) * hourMs < since - hourMs;

/** Ten million million tokens or ten million dollars in an hour is a broken record; a counter could never come down from it. */
const mostOfAnything = 1e13;

interface Told { readonly id: string; readonly row: UseRow }

const greatestOf = (rows: readonly UseRow[], idOf: (sessionKey: string) => string | undefined): ReadonlyMap<string, Told> => {
  const told = new Map<string, Told>();
  for (const row of rows) {
    const id = idOf(row[0]);
    if (id === undefined || row[4] > mostOfAnything) continue;
    const key = keyOf(id, row[1], row[2], isDated(row[2]) ? row[3] : 0);
    const other = told.get(key);
    if (!other || row[4] > other.row[4]) told.set(key, { id, row });
  }
  return told;
};

const keyOf = (id: string, model: string, kind: string, hour: number): string => `${id}\0${hour}\0${kind}\0${model}`;

/** What is known of these sessions in these hours. */
const valuesOf = async (work: Work, told: ReadonlyMap<string, Told>): Promise<ReadonlyMap<string, SessionUseTable>> => {
  const hours = new Map<string, Set<number>>();
  for (const { id, row: [, , kind, hour] } of told.values()) {
    let known = hours.get(id);
    if (!known) hours.set(id, (known = new Set()));
    known.add(isDated(kind) ? hour : 0);
  }
  const values = new Map<string, SessionUseTable>();
  const ids = [...hours.keys()];
  for (let start = 0; start < ids.length; start += 500) {
    const some = ids.slice(start, start + 500);
    const wanted = [...new Set(some.flatMap((id) => [...hours.get(id)!]))];
    let query = work.selectFrom('session_use').selectAll().where('session_id', 'in', some);
    if (wanted.length <= 500) query = query.where(sql<number>`+hour`, 'in', wanted); // the plus keeps SQLite from the index by hour, which has everybody's
    for (const row of await query.execute()) values.set(keyOf(row.session_id, row.model, row.kind, row.hour), row);
  }
  return values;
};

const write = async (work: Work, rows: readonly SessionUseTable[]): Promise<void> => {
  for (let start = 0; start < rows.length; start += 1000)
    await work.insertInto('session_use').values(rows.slice(start, start + 1000))
      .onConflict((on) => on.columns(['session_id', 'model', 'kind', 'hour']).doUpdateSet((is) => ({ value: is.ref('excluded.value'), counted: is.ref('excluded.counted') }))).execute();
};
