import { z } from 'zod';
import type { Store } from '../store/open.ts';
import { publicOf } from './details.ts';
import type { SessionItem } from './list-item.ts';

/** What a live session is doing and why it is as it is: what a card of it shows beside the item of the list. */
export const sessionNow = z.object({
  context: z.object({ used: z.number(), limit: z.number().optional(), ratio: z.number().optional(), compactAt: z.number().optional() }).optional(),
  runningTool: z.string().optional(),
  waitingFor: z.string().optional(),
  errors: z.record(z.string(), z.number()).describe('By kind.'),
  unpricedTokens: z.number().optional(),
  outputLowerBound: z.literal(true).optional(),
  turns: z.int().optional(),
  filesEdited: z.int().optional(),
  factors: z.record(z.string(), z.number()).describe('Of its health.'),
  missing: z.array(z.string()).describe('Factors that are not known.'),
}).meta({ id: 'SessionNow' });
export type SessionNow = z.infer<typeof sessionNow>;

/** The items of a page with what their sessions do now; one read for all of them. */
export const withNow = async (store: Store, items: readonly SessionItem[]): Promise<readonly (SessionItem & { readonly now?: SessionNow })[]> => {
  if (items.length === 0) return items;
  const rows = await store.selectFrom('sessions').selectAll().where('session_key', 'in', items.map(({ id }) => id)).where('team_id', 'in', [...new Set(items.map(({ team }) => team))]).execute();
  const rowOf = new Map(rows.map((row) => [`${row.team_id} ${row.session_key}`, row]));
  return items.map((item) => {
    const row = rowOf.get(`${item.team} ${item.id}`);
    return row === undefined ? item : { ...item, now: nowOf(publicOf(row)) };
  });
};

const nowOf = ({ context, runningTool, waitingFor, errors = {}, unpricedTokens, outputLowerBound, turns, filesEdited, health }: ReturnType<typeof publicOf>): SessionNow => ({
  errors: { ...errors }, factors: { ...health.factors }, missing: [...health.missing],
  ...given({ context, runningTool, waitingFor, unpricedTokens, outputLowerBound, turns, filesEdited }),
});

const given = <Fields extends object>(fields: Fields): Partial<Fields> => Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as Partial<Fields>;
