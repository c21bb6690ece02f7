import { z } from 'zod';
import { accountOf } from '../auth/account.ts';
import { example } from '../auth/examples.ts';
import { changesSomething, displayName, teamName, teamOfPath } from '../auth/names.ts';
import { newTeam } from '../auth/team.ts';
import { iso, isoTime } from '../auth/time.ts';
import type { Base } from '../base.ts';
import { badRequest, conflict } from '../routes/errors.ts';
import { route } from '../routes/route.ts';
import type { Route } from '../routes/route.ts';
import { audit } from '../store/audit.ts';
import type { Store, Work } from '../store/open.ts';

const teamAnswer = z.object({
  id: z.string(), name: teamName, displayName, createdAt: isoTime,
  role: z.enum(['admin', 'member', 'viewer', 'guest']).describe('Yours.'),
  members: z.int().describe('How many people, guests included.'),
}).meta({ id: 'Team' });

const myTeam = z.object({ id: z.string(), name: z.string(), displayName: z.string(), role: z.enum(['admin', 'member', 'viewer', 'guest']) });

/** Teams: made by whoever runs the hub, cared for by their admins. */
export const teamRoutes = (base: Base): readonly Route[] => [
  route({
    method: 'post', path: '/api/v1/teams', tag: 'teams', summary: 'Make a team', access: { who: 'operator' }, scope: 'admin',
    body: z.strictObject({ name: teamName, displayName: displayName.exactOptional() }),
    answers: { status: 201, schema: teamAnswer, about: 'The team; you are its admin.' },
    example: { body: { name: 'yellows', displayName: 'The Yellows' } },
    handle: ({ person: { userId }, body, now, actor }) => base.store.transaction().execute(async (work) => {
      const teamId = await newTeam(work, { name: body.name, displayName: body.displayName ?? body.name, adminId: userId }, { now, actor });
      return tellTeam(work, { teamId, role: 'admin' });
    }),
  }),
  route({
    method: 'get', path: '/api/v1/teams', tag: 'teams', summary: 'Your teams', access: { who: 'person' },
    answers: { schema: z.object({ teams: z.array(myTeam) }), about: 'Your teams with your role in each, by name.' },
    example: {},
    handle: async ({ person: { userId } }) => ({ teams: (await accountOf(base.store, { userId })).teams }),
  }),
  route({
    method: 'get', path: '/api/v1/teams/:team', tag: 'teams', summary: 'One team', access: { who: 'team', act: 'team:see' }, params: teamOfPath,
    answers: { schema: teamAnswer, about: 'The team.' },
    example: { params: { team: example.team } },
    handle: ({ team: { id, role } }) => tellTeam(base.store, { teamId: id, role }),
  }),
  route({
    method: 'patch', path: '/api/v1/teams/:team', tag: 'teams', summary: 'Rename a team', access: { who: 'team', act: 'team:change' }, params: teamOfPath, scope: 'admin',
    body: z.strictObject({ name: teamName.exactOptional(), displayName: displayName.exactOptional() }).refine(...changesSomething),
    answers: { schema: teamAnswer, about: 'The team as it is now.' },
    example: { params: { team: example.team }, body: { displayName: 'The Reds' } },
    handle: ({ team: { id, role }, body, now, actor }) => base.store.transaction().execute(async (work) => {
      const before = await work.selectFrom('teams').select(['name', 'display_name']).where('id', '=', id).executeTakeFirstOrThrow();
      const after = { name: body.name ?? before.name, display_name: body.displayName ?? before.display_name };
      if (after.name !== before.name && await work.selectFrom('teams').select('id').where('name', '=', after.name).executeTakeFirst()) throw conflict(`The name "${after.name}" is taken by another team.`, 'name_taken');
      await work.updateTable('teams').set({ ...after, updated_at: now }).where('id', '=', id).execute();
      await audit(work, { at: now, teamId: id, actor, action: 'team:rename', target: id, before: { name: before.name, displayName: before.display_name }, after: { name: after.name, displayName: after.display_name } });
      return tellTeam(work, { teamId: id, role });
    }),
  }),
  route({
    method: 'delete', path: '/api/v1/teams/:team', tag: 'teams', summary: 'Delete a team', access: { who: 'team', act: 'team:change' }, params: teamOfPath, scope: 'admin',
    query: z.object({ confirm: z.string().max(64).describe('The name of the team, to be sure.') }),
    answers: { about: 'Nobody sees it any more; its tokens and invites are void.' },
    example: { params: { team: example.team }, query: { confirm: example.team } },
    handle: async ({ team: { id, name }, query, now, actor }) => {
      if (query.confirm !== name) throw badRequest(`Deleting takes the team's sessions from everybody. To be sure, send its name: ?confirm=${name}`, 'not_confirmed');
      await base.store.transaction().execute(async (work) => {
        await audit(work, { at: now, teamId: id, actor, action: 'team:delete', target: id, before: { name } });
        // The name is free again for another team.
        await work.updateTable('teams').set({ name: `deleted-${id}`, deleted_at: now, updated_at: now }).where('id', '=', id).execute();
        await work.updateTable('tokens').set({ revoked_at: now }).where('team_id', '=', id).where('revoked_at', 'is', null).execute();
        await work.updateTable('invites').set({ revoked_at: now }).where('team_id', '=', id).where('revoked_at', 'is', null).execute();
      });
      base.events.emit('access:lost', { teamId: id });
    },
  }),
];

const tellTeam = async (store: Store | Work, { teamId, role }: { readonly teamId: string; readonly role: z.output<typeof teamAnswer>['role'] }): Promise<z.output<typeof teamAnswer>> => {
  const row = await store.selectFrom('teams').select(['id', 'name', 'display_name', 'created_at']).where('id', '=', teamId).executeTakeFirstOrThrow();
  const { members } = await store.selectFrom('members').select((is) => is.fn.countAll<number>().as('members')).where('team_id', '=', teamId).executeTakeFirstOrThrow();
  return { id: row.id, name: row.name, displayName: row.display_name, createdAt: iso(row.created_at), role, members };
};
