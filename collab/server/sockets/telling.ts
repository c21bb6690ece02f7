import type { Server } from 'socket.io';
import { mayOnTeam } from '../access/permissions.ts';
import type { Base } from '../base.ts';
import type { HubEventMap } from '../events.ts';
import type { ClientAsks, HubTells, TellName, Told } from '../../shared/events.ts';
import { audienceOf } from './audience.ts';
import { createCoalescer } from './coalesce.ts';
import type { News } from './coalesce.ts';
import type { Connection } from './connection.ts';
import type { Connections } from './connections.ts';
import { fits } from './fits.ts';
import { sessionsNow } from './told-session.ts';
import type { SessionNow } from './told-session.ts';

interface Parts {
  readonly base: Base;
  readonly io: Server<ClientAsks, HubTells>;
  readonly connections: Connections;
}

/** Tells connections what happens in the hub. Who may hear of a session is looked up each time it is told of, in the store as it is then [R7] [R8]. */
export const createTelling = ({ base, io, connections }: Parts): { readonly accessChanged: (lost: HubEventMap['access:lost'][0]) => void; readonly stop: () => void } => {
  const { events, store, log } = base;
  /** Moves with every right that is taken away: what was looked up before is looked up again. */
  let epoch = 0;

  const tell = <Name extends TellName>(audience: readonly Connection[], event: Name, payload: Told<Name>): void => {
    const ids = audience.filter((connection) => connection.open && !connections.isTooSlow(connection)).map(({ socket }) => socket.id);
    if (ids.length === 0) return;
    connections.tells += ids.length;
    // One encoding for all of them.
    (io.to(ids).emit as (event: TellName, payload: unknown) => void)(event, payload);
  };

  const isHeard = (teamIds: ReadonlySet<string>): boolean => {
    for (const { subscriptions, watches } of connections.all()) {
      for (const { teamId } of subscriptions.values()) if (teamIds.has(teamId)) return true;
      for (const { teamId } of watches.values()) if (teamIds.has(teamId)) return true;
    }
    return false;
  };

  /** Reads sessions and who may see them, and hands both over in one step with what is told. */
  const withAudience = async (ids: readonly string[], then: (sessions: ReadonlyMap<string, SessionNow>, maySee: (userId: string, session: SessionNow) => boolean) => void): Promise<void> => {
    for (;;) {
      const before = epoch;
      const sessions = await sessionsNow(store, ids);
      if (sessions.size === 0 || !isHeard(new Set([...sessions.values()].map(({ row }) => row.team_id)))) return;
      const may = await audienceOf(store, [...sessions.values()].map(({ row }) => row));
      if (before === epoch) return then(sessions, (userId, { row }) => may(userId, row));
    }
  };

  /** The same for what concerns a team as a whole. */
  const withRoles = async (teamId: string, then: (maySee: (userId: string) => boolean) => void): Promise<void> => {
    for (;;) {
      const before = epoch;
      const members = await store.selectFrom('members').select(['user_id', 'role']).where('team_id', '=', teamId).execute();
      const seeing = new Set(members.filter(({ role }) => mayOnTeam('team:see', role)).map((row) => row.user_id));
      if (before === epoch) return then((userId) => seeing.has(userId));
    }
  };

  const coalescer = createCoalescer((batch) => guarded(async () => {
    for (const part of parts([...batch], 200)) await tellNews(new Map(part));
  }));

  const tellNews = (batch: ReadonlyMap<string, News>): Promise<void> =>
    withAudience([...batch.keys()], (sessions, maySee) => {
      for (const [id, news] of batch) {
        const session = sessions.get(id);
        if (session) tellOne(session, news, (userId) => maySee(userId, session));
      }
    });

  const tellOne = (session: SessionNow, news: News, maySee: (userId: string) => boolean): void => {
    const { row, told } = session;
    const [fitting, leaving]: [Connection[], Connection[]] = [[], []];
    for (const connection of connections.all()) {
      const subscription = connection.subscriptionTo('sessions', row.team_id);
      const watches = connection.watches.has(row.id);
      if ((!subscription && !watches) || !maySee(connection.holder.userId)) continue;
      const isIn = subscription !== undefined && fits(subscription.filters, told, row.owner_id);
      if (isIn || watches) fitting.push(connection);
      if (isIn) connection.shown.add(row.id);
      else if (subscription && connection.shown.delete(row.id)) leaving.push(connection);
    }
    tell(fitting, news === 'ended' && told.state !== 'ended' ? 'session:updated' : `session:${news}`, { session: told });
    tell(leaving.filter((connection) => !fitting.includes(connection)), 'session:removed', { id: told.id, team: told.team });
  };

  const toNotifications = <Name extends 'health:alerted' | 'tokens:warned'>(sessionId: string, event: Name, payload: Omit<Told<Name>, 'session'>): void =>
    guarded(() => withAudience([sessionId], (sessions, maySee) => {
      const session = sessions.get(sessionId)!;
      const { row, told } = session;
      const audience = [...connections.all()].filter((connection) => {
        const subscription = connection.subscriptionTo('notifications', row.team_id);
        return subscription !== undefined && fits(subscription.filters, told, row.owner_id) && maySee(connection.holder.userId, session);
      });
      tell(audience, event, { session: told, ...payload } as Told<Name>);
    }));

  const subscribersTo = (channel: 'sessions' | 'team', teamId: string): Connection[] => [...connections.all()].filter((connection) => connection.subscriptionTo(channel, teamId) !== undefined);

  const guarded = (work: () => Promise<void>): void => {
    work().catch((error: unknown) => log.error({ problem: error instanceof Error ? error.stack : String(error) }, 'telling the sockets failed'));
  };

  const listeners: { readonly [Name in keyof HubEventMap]?: (happened: HubEventMap[Name][0]) => void } = {
    'session:created': ({ session }) => coalescer.add(session.id, 'created'),
    'session:updated': ({ session }) => coalescer.add(session.id, 'updated'),
    'session:ended': ({ session }) => coalescer.add(session.id, 'ended'),
    'session:deleted': ({ session }) => {
      coalescer.forget(session.id);
      // Its row is gone, and with it who may have known of it: those who were told of it hear that it went.
      const knew = [...connections.all()].filter((connection) => {
        const watched = connection.watches.has(session.id);
        connection.unwatch(session.id);
        return connection.shown.delete(session.id) || watched;
      });
      tell(knew, 'session:removed', { id: session.session_key, team: session.team_id });
      tell(subscribersTo('sessions', session.team_id), 'sessions:outdated', { team: session.team_id });
    },
    'health:alerted': ({ session, from, to }) => toNotifications(session.id, 'health:alerted', { to, ...(from === undefined ? {} : { from }) }),
    'tokens:warned': ({ session, reason, ratio, threshold }) => toNotifications(session.id, 'tokens:warned', { reason, ratio, threshold }),
    'member:joined': ({ teamId, name, role }) => guarded(async () => {
      if (subscribersTo('team', teamId).length > 0) await withRoles(teamId, (maySee) => tell(subscribersTo('team', teamId).filter(({ holder }) => maySee(holder.userId)), 'member:joined', { team: teamId, user: name, role }));
    }),
  };
  for (const [name, listener] of Object.entries(listeners)) events.on(name as 'session:updated', listener as never);
  return {
    accessChanged: ({ sessionId }) => {
      epoch += 1;
      if (sessionId === undefined) return;
      guarded(async () => {
        const row = await store.selectFrom('sessions').select('team_id').where('id', '=', sessionId).executeTakeFirst();
        if (row) tell(subscribersTo('sessions', row.team_id), 'sessions:outdated', { team: row.team_id });
      });
    },
    stop: () => {
      coalescer.stop();
      for (const [name, listener] of Object.entries(listeners)) events.off(name as 'session:updated', listener as never);
    },
  };
};

function* parts<Item>(items: readonly Item[], size: number): Generator<readonly Item[]> {
  for (let from = 0; from < items.length; from += size) yield items.slice(from, from + size);
}
