import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { sql } from 'kysely';
import { authRoutes } from '../../server/auth/routes.ts';
import { allTeamRoutes } from '../../server/teams/routes.ts';
import type { Route } from '../../server/routes/route.ts';
import { callExample, insiderOf } from '../support/call.ts';
import { dumpOf } from '../support/dump.ts';
import { makeWorld } from '../support/world.ts';
import { lostOf } from './lost.ts';

// ROOMS.md 6: who, from where, what, on what; a failed write fails the act.

const world = await makeWorld();
const { base } = world.hub;
const lost = lostOf(world.hub);
afterAll(() => world.hub.stop());

/** These change nothing that anybody could be held to. */
const noActs = ['POST /api/v1/invites/look', 'POST /api/v1/auth/token'];
const nameOf = ({ method, path }: Route): string => `${method.toUpperCase()} ${path}`;
const acts = [...authRoutes(base), ...allTeamRoutes(base)].filter((one) => one.example !== undefined && (one.method !== 'get' || one.path.endsWith('/export')) && !noActs.includes(nameOf(one)));

describe('every act on accounts and teams', () => {
  beforeAll(async () => { await sql`CREATE TRIGGER full_disk BEFORE INSERT ON audit BEGIN SELECT RAISE(ABORT, 'the disk is full'); END`.execute(base.store); });

  it.each(acts.map((one) => ({ name: nameOf(one), one })))('$name fails whole when it cannot be written down', async ({ one }) => {
    const before = await dumpOf(base.store);
    expect(await callExample(one, insiderOf(one, world), world)).toMatchObject({ status: 503, body: { id: 'unavailable', message: expect.not.stringContaining('disk') } });
    expect(await dumpOf(base.store)).toBe(before);
    expect(lost).toEqual([]);
  });

  it('there are as many as we think', () => {
    expect(acts.length).toBeGreaterThan(30);
  });
});
