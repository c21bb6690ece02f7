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
  watchers: z.array(z.string()).optional().describe('Names of those who look at its room.'),
}).meta({ id: 'SessionNow' });
export type SessionNow = z.infer<typeof sessionNow>;

/** By team and key: the row of an item. */
export type IdOf = ReadonlyMap<string, string>;
/** Who looks at the room of a session: ids of people. */
export type Here = (sessionId: string) => Iterable<string>;
type Item = SessionItem & { readonly now?: SessionNow };

/** The items of a page with what their sessions do now; one read for all of them. */
export const withNow = async (store: Store, items: readonly SessionItem[]): Promise<{ readonly sessions: readonly Item[]; readonly idOf: IdOf }> => {
  if (items.length === 0) return { sessions: items, idOf: new Map() };
  const rows = await store.selectFrom('sessions').selectAll().where('session_key', 'in', items.map(({ id }) => id)).where('team_id', 'in', [...new Set(items.map(({ team }) => team))]).execute();
  const rowOf = new Map(rows.map((row) => [keyOf({ team: row.team_id, id: row.session_key }), row]));
  return {
    sessions: items.map((item) => {
      const row = rowOf.get(keyOf(item));
      return row === undefined ? item : { ...item, now: nowOf(publicOf(row)) };
    }),
    idOf: new Map([...rowOf].map(([key, { id }]) => [key, id])),
  };
};

/** The items with the names of those who look at their rooms. */
export const withWatchers = async (store: Store, items: readonly Item[], { idOf, here }: { readonly idOf: IdOf; readonly here: Here }): Promise<readonly Item[]> => {
  const looking = items.map((item) => [...here(idOf.get(keyOf(item)) ?? '')]);
  const ids = [...new Set(looking.flat())];
  if (ids.length === 0) return items;
  const nameOf = new Map((await store.selectFrom('users').select(['id', 'username']).where('id', 'in', ids).execute()).map(({ id, username }) => [id, username]));
  return items.map((item, index) => (item.now === undefined || looking[index]!.length === 0 ? item : { ...item, now: { ...item.now, watchers: looking[index]!.flatMap((id) => nameOf.get(id) ?? []) } }));
};

const keyOf = ({ team, id }: Pick<SessionItem, 'team' | 'id'>): string => `${team} ${id}`;

const nowOf = ({ context, runningTool, waitingFor, errors = {}, unpricedTokens, outputLowerBound, turns, filesEdited, health }: ReturnType<typeof publicOf>): SessionNow => ({
  errors: { ...errors }, factors: { ...health.factors }, missing: [...health.missing],
  ...given({ context, runningTool, waitingFor, unpricedTokens, outputLowerBound, turns, filesEdited }),
});

const given = <Fields extends object>(fields: Fields): Partial<Fields> => Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as Partial<Fields>;
