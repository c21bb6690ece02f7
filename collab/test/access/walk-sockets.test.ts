import { afterAll, describe, expect, it } from '@jest/globals';
import { mayOnSession, mayOnTeam, standingsOf } from '../../server/access/permissions.ts';
import type { SessionAct, TeamAct } from '../../server/access/permissions.ts';
import { asks, channels } from '../../shared/events.ts';
import { roomAsks } from '../../shared/rooms.ts';
import { closeSockets, connect } from '../sockets/a-socket.ts';
import { facts, makeWorld, people } from '../support/world.ts';
import type { Who } from '../support/world.ts';

// Every socket event that names a team, a session or a room, as everybody. What is expected is worked out from the permission table.

const world = await makeWorld();
afterAll(async () => {
  closeSockets();
  await world.hub.stop();
});
const { team, sessions } = world;
const strangers: readonly Who[] = ['nobody', 'expired login', 'revoked token', 'agent token', 'scrape token'];
const connected = people.filter((who) => !strangers.includes(who));

const inTeam = (act: TeamAct, who: Who): boolean => mayOnTeam(act, facts[who]?.team);
const onSession = (act: SessionAct, who: Who, on: 'team' | 'private'): boolean => {
  const fact = facts[who];
  const standings = standingsOf({ ownerId: 'the owner', visibility: on }, { userId: who === 'owner' ? 'the owner' : who, ...(fact ? { teamRole: fact.team } : {}), ...(fact?.room ? { roomRole: fact.room } : {}) });
  return mayOnSession(act, standings, on);
};

interface Case { readonly event: keyof typeof asks | keyof typeof roomAsks; readonly payload: object; readonly may: (who: Who) => boolean; readonly of: string }
const cases: readonly Case[] = [
  ...channels.flatMap((channel): Case[] => (['subscribe', 'unsubscribe'] as const).map((event) => ({ event, payload: { channel, team: team.id }, of: channel, may: (who) => inTeam(channel === 'team' ? 'team:see' : 'sessions:list', who) }))),
  ...(['team', 'private'] as const).flatMap((on): Case[] => [
    { event: 'session:watch', payload: { session: sessions[on].key }, of: on, may: (who) => onSession('session:see', who, on) },
    { event: 'room:join', payload: { room: sessions[on].id }, of: on, may: (who) => onSession('session:see', who, on) },
    { event: 'room:head', payload: { room: sessions[on].id }, of: on, may: (who) => onSession('session:see', who, on) },
    { event: 'cursor:move', payload: { room: sessions[on].id, path: 'a.ts', line: 1 }, of: on, may: (who) => onSession('session:see', who, on) },
    { event: 'typing:start', payload: { room: sessions[on].id }, of: on, may: (who) => onSession('post:write', who, on) },
  ]),
];
/** They ask for nothing that is not theirs: their own token, their own watches and rooms, their own presence. */
const ownThings = ['auth:renew', 'session:unwatch', 'room:leave', 'presence:touch'];

describe('[R8] every socket event does what the permission table lets its sender do', () => {
  it('walks every event there is', () => {
    expect(new Set([...cases.map(({ event }) => event), ...ownThings])).toEqual(new Set([...Object.keys(asks), ...Object.keys(roomAsks)]));
  });

  it.each(strangers)('%s gets no connection', async (who) => {
    await expect(connect(world.hub.url, world.who[who].secret)).rejects.toThrow();
  });

  it.each(cases)('$event ($of)', async ({ event, payload, may }) => {
    const found: Record<string, boolean> = {};
    for (const who of connected) {
      const socket = await connect(world.hub.url, world.who[who].secret);
      // Typing and cursors are of a room that one looks at.
      if (event === 'cursor:move' || event === 'typing:start') await socket.ask('room:join', { room: (payload as { room: string }).room });
      const answer = await socket.ask(event, payload);
      found[who] = 'data' in answer;
      if ('error' in answer) expect(['not_found', 'forbidden']).toContain(answer.error.id);
      socket.socket.disconnect();
    }
    expect(found).toEqual(Object.fromEntries(connected.map((who) => [who, may(who)])));
  });
});
