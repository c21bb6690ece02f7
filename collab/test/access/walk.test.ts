import { afterAll, describe, expect, it } from '@jest/globals';
import { mayOnSession, mayOnTeam, standingsOf } from '../../server/access/permissions.ts';
import type { Route } from '../../server/routes/route.ts';
import { callExample, doorOf } from '../support/call.ts';
import { dumpOf } from '../support/dump.ts';
import { facts, makeWorld, people } from '../support/world.ts';
import type { Who, World } from '../support/world.ts';

// Every route of the API document, as everybody. What is expected is worked out from the permission table and from who they are in fact.

const world = await makeWorld();
const routes = world.hub.routes;
afterAll(() => world.hub.stop());

const cases = routes.flatMap((one) => (one.access.who === 'session' ? (['team', 'private'] as const) : (['team'] as const)).map((on) => ({ name: `${one.method.toUpperCase()} ${one.path}${on === 'private' ? ' of a private session' : ''}`, one, on })));

describe('[R8] every route lets in whom the permission table lets in, and nobody else', () => {
  it.each(cases)('$name', async ({ one, on }) => {
    const expected = Object.fromEntries(people.map((who) => [who, expectedDoor(one, who, on)]));
    const refused = people.filter((who) => expected[who] !== 'in');
    const before = await dumpOf(world.hub.base.store);
    const found: Record<string, string> = {};
    for (const who of refused) found[who] = doorOf(await callExample(one, world.who[who], world, on));
    expect(await dumpOf(world.hub.base.store)).toBe(before); // who is refused changes nothing
    for (const who of tried(one, people.filter((name) => expected[name] === 'in'))) found[who] = await doorInFreshWorld(one, who, on);
    expect(found).toEqual(Object.fromEntries(Object.entries(expected).filter(([who]) => who in found)));
  });
});

/** Each change needs a world of its own, which takes a while: here the first and the last of those who are let in make it, all of them in the full run. */
const tried = ({ method }: Route, allowed: readonly Who[]): readonly Who[] => (method === 'get' || process.env.WATCHROOM_FULL || allowed.length < 3 ? allowed : [allowed[0]!, allowed.at(-1)!]);

/** Whoever is let in may change things, so each does it in a world of their own. */
const doorInFreshWorld = async (one: Route, who: Who, on: 'team' | 'private'): Promise<string> => {
  if (one.method === 'get') return doorOf(await callExample(one, world.who[who], world, on));
  const fresh: World = await makeWorld();
  try {
    const answer = await callExample(one, fresh.who[who], fresh, on);
    if (answer.status >= 500) throw new Error(`${who} got ${answer.status}: ${answer.text.slice(0, 300)}`);
    return doorOf(answer);
  } finally {
    await fresh.hub.stop();
  }
};

const isPerson = (who: Who): boolean => !['nobody', 'expired login', 'revoked token', 'agent token', 'scrape token'].includes(who);

const expectedDoor = ({ access, method, scope, example }: Route, who: Who, on: 'team' | 'private'): string => {
  if (access.who === 'everybody') return 'in';
  if (who === 'nobody' || who === 'expired login' || who === 'revoked token') return 'who are you';
  if (access.who === 'agent' || access.who === 'scraper') return who === `${access.who === 'agent' ? 'agent' : 'scrape'} token` ? 'in' : 'may not';
  if (!isPerson(who)) return 'may not';
  if (who === 'read-only token' && (scope ?? (method === 'get' ? 'read' : 'write')) !== 'read') return 'may not';
  // A team that is named in the query is found by those who are in it.
  if (access.who === 'person') return example?.query?.team !== undefined && facts[who] === undefined ? 'no such thing' : 'in';
  if (access.who === 'operator') return who === 'operator' ? 'in' : 'may not';
  const fact = facts[who];
  if (access.who === 'team') return fact === undefined ? 'no such thing' : mayOnTeam(access.act, fact.team) ? 'in' : 'may not';
  const standings = standingsOf({ ownerId: 'the owner', visibility: on }, { userId: who === 'owner' ? 'the owner' : who, ...(fact ? { teamRole: fact.team } : {}), ...(fact?.room ? { roomRole: fact.room } : {}) });
  if (!mayOnSession('session:know', standings, on)) return 'no such thing';
  return mayOnSession(access.act, standings, on) ? 'in' : 'may not';
};
