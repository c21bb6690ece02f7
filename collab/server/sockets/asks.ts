import { findSession, roleInTeam } from '../access/find.ts';
import { mayOnTeam } from '../access/permissions.ts';
import type { TeamAct } from '../access/permissions.ts';
import type { Base } from '../base.ts';
import { asks } from '../../shared/events.ts';
import type { Ack, AskError, AskName, Asked, Channel } from '../../shared/events.ts';
import { createBudget } from './budget.ts';
import type { Connection } from './connection.ts';
import type { Connections } from './connections.ts';
import type { ExtraAsk } from './extension.ts';
import { Turned, holderOfToken } from './handshake.ts';
import type { SocketParts } from './sockets.ts';

/** Subscriptions and watches of one connection. */
const most = { subscriptions: 50, watches: 50 } as const;
/** Asks beyond the budget before the connection is ended. */
const patience = 200;

/** What a channel needs of its subscriber's role. */
const actOf: Readonly<Record<Channel, TeamAct>> = { sessions: 'sessions:list', notifications: 'sessions:list', team: 'team:see' };

interface Parts extends Pick<SocketParts, 'base' | 'watched' | 'extension'> {
  readonly connections: Connections;
}

/** Answers what a client asks: parse, act, acknowledge. Whatever comes, the answer is {data} or {error} [R11]. */
export const createAsks = (parts: Parts): ((connection: Connection, event: string, args: readonly unknown[]) => void) => {
  const budgets = new WeakMap<Connection, { take: () => boolean; refused: number }>();
  return (connection, event, args) => {
    const { connections } = parts;
    const budget = budgets.get(connection) ?? { ...createBudget(), refused: 0 };
    budgets.set(connection, budget);
    connections.asks += 1;
    const reply = answerer(args);
    const refuse = (error: AskError): void => {
      connections.refusedAsks += 1;
      reply({ error });
    };
    if (extraAsk(parts, event)?.volatile !== true && !budget.take()) {
      budget.refused += 1;
      if (budget.refused > patience) return connections.end(connection, 'rude');
      return refuse({ id: 'too_many', message: 'Too many asks. Slow down.' });
    }
    act(parts, connection, event, args[0]).then((data) => reply({ data }), (error: unknown) => refuse(errorOf(error, parts.base)));
  };
};

/** Without a function to call, nobody waits for an answer. */
const answerer = (args: readonly unknown[]): ((answer: Ack) => void) => {
  const last = args.at(-1);
  return typeof last === 'function' ? (answer) => { (last as (answer: Ack) => void)(answer); } : () => undefined;
};

/** An ask that is refused, with a sentence. */
export class Refused extends Error {
  readonly id: AskError['id'];

  constructor(id: AskError['id'], message: string) {
    super(message);
    this.id = id;
  }
}

const errorOf = (error: unknown, { log }: Base): AskError => {
  if (error instanceof Refused) return { id: error.id, message: error.message };
  if (error instanceof Turned) return { id: 'not_signed_in', message: error.message };
  log.error({ problem: error instanceof Error ? error.stack : String(error) }, 'an ask of a socket failed');
  return { id: 'unavailable', message: 'The hub could not do that now. Try again.' };
};

const act = async (parts: Parts, connection: Connection, event: string, payload: unknown): Promise<unknown> => {
  const extra = extraAsk(parts, event);
  if (extra === undefined && !Object.hasOwn(asks, event)) throw new Refused('unknown_event', `There is no ask of that name. There are: ${[...Object.keys(asks), ...Object.keys(parts.extension?.asks ?? {})].join(', ')}.`);
  const name = event as AskName;
  const parsed = (extra?.schema ?? asks[name]).safeParse(payload);
  if (!parsed.success) throw new Refused('invalid_input', parsed.error.issues.slice(0, 5).map(({ path, message }) => `${['payload', ...path].join('.')}: ${message}`).join('; ').slice(0, 500));
  return extra === undefined ? doers[name](parts, connection, parsed.data as never) : extra.act(connection, parsed.data as never);
};

const extraAsk = ({ extension }: Parts, event: string): ExtraAsk | undefined => (extension !== undefined && Object.hasOwn(extension.asks, event) ? extension.asks[event] : undefined);

type Doer<Name extends AskName> = (parts: Parts, connection: Connection, asked: Asked<Name>) => Promise<unknown>;

const doers: { readonly [Name in AskName]: Doer<Name> } = {
  subscribe: async ({ base }, connection, { channel, team, filters = {} }) => {
    const teamId = await teamOf(base, connection, { channel, team });
    if (connection.subscriptionTo(channel, teamId) === undefined && connection.subscriptions.size >= most.subscriptions) throw new Refused('too_many', `A connection may have ${most.subscriptions} subscriptions.`);
    if (connection.open) connection.subscribe({ channel, teamId, filters });
    return { channel, team: teamId };
  },
  unsubscribe: async ({ base }, connection, { channel, team }) => {
    const teamId = await teamOf(base, connection, { channel, team });
    connection.unsubscribe({ channel, teamId });
    return { channel, team: teamId };
  },
  'auth:renew': async ({ base }, connection, { token }) => {
    const holder = await holderOfToken(base, { token, address: connection.socket.handshake.address });
    if (holder.userId !== connection.holder.userId) throw new Refused('forbidden', 'This token is another person\'s. Connect anew.');
    connection.renew(holder);
    return holder.expiresAt === undefined ? {} : { expiresAt: holder.expiresAt };
  },
  'session:watch': async ({ base, watched }, connection, { session: key, team }) => {
    const { userId, teamId = team } = connection.holder;
    const found = team !== undefined && team !== teamId ? undefined : await findSession(base.store, { userId, key, ...(teamId === undefined ? {} : { teamId }) });
    if (!found?.may('session:see')) throw new Refused('not_found', 'There is no session of that id that you may see.');
    const { session } = found;
    if (!connection.watches.has(session.id) && connection.watches.size >= most.watches) throw new Refused('too_many', `A connection may watch ${most.watches} sessions.`);
    if (!connection.open) return {};
    watched.watch(session.id, connection.socket.id);
    connection.watch(session.id, { teamId: session.team_id, key: session.session_key, end: () => watched.unwatch(connection.socket.id, session.id) });
    return { session: session.session_key, team: session.team_id };
  },
  'session:unwatch': async (_parts, connection, { session: key, team }) => {
    for (const [id, watch] of [...connection.watches]) if (watch.key === key && (team === undefined || team === watch.teamId)) connection.unwatch(id);
    return { session: key };
  },
};

/** The id of a team that is named by id or name, if the asker's role allows the channel; one of others is not known. */
const teamOf = async ({ store }: Base, { holder }: Connection, { channel, team }: { readonly channel: Channel; readonly team: string }): Promise<string> => {
  const row = await store.selectFrom('teams').select('id').where('deleted_at', 'is', null).where((is) => is.or([is('id', '=', team), is('name', '=', team)])).executeTakeFirst();
  const role = row && (await roleInTeam(store, holder.userId, row.id));
  if (row === undefined || role === undefined || (holder.teamId ?? row.id) !== row.id) throw new Refused('not_found', 'There is no team of that name of yours.');
  if (!mayOnTeam(actOf[channel], role)) throw new Refused('forbidden', `Your role in the team is "${role}", which may not follow "${channel}".`);
  return row.id;
};
