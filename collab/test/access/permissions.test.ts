import { describe, expect, it } from '@jest/globals';
import { mayOnSession, mayOnTeam, standingsOf } from '../../server/access/permissions.ts';
import type { SessionAct, TeamAct } from '../../server/access/permissions.ts';
import type { Visibility } from '../../server/store/schema.ts';
import { facts } from '../support/world.ts';
import type { Who } from '../support/world.ts';

// The table of ROOMS.md 3, line by line, written out by hand: the code's table must say the same.
const columns: readonly Who[] = ['owner', 'host', 'editor', 'viewer', 'member', 'team viewer', 'admin', 'guest editor', 'guest viewer', 'other team'];
const table: readonly (readonly [SessionAct, Visibility, string])[] = [
  ['session:see', 'team', '✓✓✓✓✓✓✓✓✓–'],
  ['session:see', 'private', '✓✓✓✓–––✓✓–'],
  ['session:know', 'private', '✓✓✓✓––✓✓✓–'],
  ['post:write', 'team', '✓✓✓–✓–✓✓––'],
  ['post:write', 'private', '✓✓✓––––✓––'],
  ['post:resolve-others', 'team', '✓✓✓–––✓–––'],
  ['post:delete-others', 'team', '✓✓––––✓–––'],
  ['session:people', 'team', '✓✓––––✓–––'],
  ['session:describe', 'team', '✓✓––––✓–––'],
  ['session:open', 'team', '✓–––––––––'],
  ['session:close', 'team', '✓–––––✓–––'],
  ['share:start', 'team', '✓–––––––––'],
  ['share:stop', 'team', '✓✓––––✓–––'],
  ['share:stop', 'private', '✓✓––––✓–––'],
  ['agent:ask', 'team', '✓✓––––✓–––'],
  ['alert:ack', 'team', '✓✓✓–✓–✓–––'],
  ['session:delete', 'team', '✓–––––✓–––'],
  ['session:delete', 'private', '✓–––––✓–––'],
];

describe('[R8] the permission table', () => {
  it.each(table)('%s of a session for the %s', (act, visibility, marks) => {
    const said = columns.map((who) => {
      const fact = facts[who];
      const standings = standingsOf({ ownerId: 'owner', visibility }, { userId: who, ...(fact ? { teamRole: fact.team } : {}), ...(fact?.room ? { roomRole: fact.room } : {}) });
      return mayOnSession(act, standings, visibility) ? '✓' : '–';
    });
    expect(said.join('')).toBe(marks);
  });

  const teamTable: readonly (readonly [TeamAct, string])[] = [
    ['team:see', '✓✓✓––'], ['sessions:list', '✓✓✓✓–'], ['analytics:see', '✓✓✓––'], ['agent:connect', '✓✓–––'], ['insight:write', '✓✓–––'], ['insight:read', '✓✓✓––'],
    ['team:change', '✓––––'], ['member:manage', '✓––––'], ['invite:make', '✓––––'], ['scrape:make', '✓––––'], ['audit:read', '✓––––'],
  ];
  it.each(teamTable)('%s in a team', (act, marks) => {
    expect((['admin', 'member', 'viewer', 'guest', undefined] as const).map((role) => (mayOnTeam(act, role) ? '✓' : '–')).join('')).toBe(marks);
  });

  it('[U3] a viewer of the team writes nothing, whatever a room calls them', () => {
    const standings = standingsOf({ ownerId: 'owner', visibility: 'team' }, { userId: 'x', teamRole: 'viewer', roomRole: 'host' });
    expect(standings).toEqual(['viewer']);
    expect(mayOnSession('post:write', standings, 'team')).toBe(false);
  });

  it('somebody who left the team is nobody to its sessions, their own included', () => {
    expect(standingsOf({ ownerId: 'x', visibility: 'team' }, { userId: 'x' })).toEqual(['nobody']);
  });
});
