import type { SessionSampleTable } from '../store/schema.ts';
import type { Store, Work } from '../store/open.ts';

// The history of a session: growth by the minute for two days, by the hour for ninety, by the day for ever. All growth is in exactly one row,
// whatever its width, so the sum over all rows of a session is what it moved the fleet counters by.

export const minuteMs = 60_000;
export const hourMs = 3_600_000;
export const dayMs = 86_400_000;
const keptMs = { [minuteMs]: 2 * dayMs, [hourMs]: 90 * dayMs } as const;

/** What a session grew by within one report, and how it then was. */
export interface Growth {
  tokens: number;
  microUsd: number;
  errors: number;
  turns: number;
}
export const noGrowth = (): Growth => ({ tokens: 0, microUsd: 0, errors: 0, turns: 0 });

export type Sample = SessionSampleTable;

/** The row that growth of an hour falls into: the present minute, or the last minute of an hour that is over, or that hour itself. */
export const placeOf = (hour: number | undefined, now: number): Pick<Sample, 'width' | 'at'> => {
  const present = Math.floor(now / minuteMs) * minuteMs;
  // The hour before counts as the present one: use that is just reported may be some minutes old.
  if (hour === undefined || (hour + 2) * hourMs > now) return { width: minuteMs, at: present };
  const last = (hour + 1) * hourMs - minuteMs;
  return now - last < keptMs[minuteMs] ? { width: minuteMs, at: last } : { width: hourMs, at: hour * hourMs };
};

/** Adds samples to what is there. Growth is summed; state, context and health are those of the newest. */
export const addSamples = async (work: Work, samples: readonly Sample[]): Promise<void> => {
  for (let start = 0; start < samples.length; start += 500)
    await work.insertInto('session_samples').values(samples.slice(start, start + 500)).onConflict((on) => on.columns(['session_id', 'width', 'at']).doUpdateSet((is) => ({
      tokens: is('session_samples.tokens', '+', is.ref('excluded.tokens')),
      micro_usd: is('session_samples.micro_usd', '+', is.ref('excluded.micro_usd')),
      errors: is('session_samples.errors', '+', is.ref('excluded.errors')),
      turns: is('session_samples.turns', '+', is.ref('excluded.turns')),
      context_ratio: is.ref('excluded.context_ratio'), health: is.ref('excluded.health'), state: is.ref('excluded.state'),
    }))).execute();
};

/** Makes hours of minutes older than two days and days of hours older than ninety; UTC. Run again, it finds nothing to do. */
export const rollUpSamples = async (store: Store, now: number): Promise<void> => {
  await rollUp(store, { from: minuteMs, to: hourMs, before: Math.floor((now - keptMs[minuteMs]) / hourMs) * hourMs });
  await rollUp(store, { from: hourMs, to: dayMs, before: Math.floor((now - keptMs[hourMs]) / dayMs) * dayMs });
};

/** In bites, so that reports get their turn in between. */
const biteOf = { [minuteMs]: hourMs, [hourMs]: dayMs };

const rollUp = async (store: Store, { from, to, before }: { readonly from: 60_000 | 3_600_000; readonly to: number; readonly before: number }): Promise<void> => {
  for (;;) {
    const oldest = await store.selectFrom('session_samples').select(({ fn }) => fn.min('at').as('at')).where('width', '=', from).where('at', '<', before).executeTakeFirst();
    if (oldest?.at === null || oldest?.at === undefined) return;
    const start = Math.floor(Number(oldest.at) / to) * to;
    await store.transaction().execute((work) => rollUpBite(work, { from, to, start, end: start + biteOf[from] }));
  }
};

const rollUpBite = async (work: Work, { from, to, start, end }: { readonly from: number; readonly to: number; readonly start: number; readonly end: number }): Promise<void> => {
  const rows = await work.selectFrom('session_samples').selectAll().where('width', '=', from).where('at', '>=', start).where('at', '<', end).orderBy('at').execute();
  const sums = new Map<string, Sample>();
  for (const row of rows) {
    const at = Math.floor(row.at / to) * to;
    const key = `${row.session_id} ${at}`;
    const sum = sums.get(key);
    sums.set(key, {
      ...row, width: to, at,
      tokens: row.tokens + (sum?.tokens ?? 0), micro_usd: row.micro_usd + (sum?.micro_usd ?? 0), errors: row.errors + (sum?.errors ?? 0), turns: row.turns + (sum?.turns ?? 0),
      context_ratio: row.context_ratio ?? sum?.context_ratio ?? null, health: row.health ?? sum?.health ?? null,
    });
  }
  await work.deleteFrom('session_samples').where('width', '=', from).where('at', '>=', start).where('at', '<', end).execute();
  await addSamples(work, [...sums.values()]);
};
