import { example } from '../auth/examples.ts';
import { teamOfPath } from '../auth/names.ts';
import type { Base } from '../base.ts';
import { route } from '../routes/route.ts';
import type { Route } from '../routes/route.ts';
import { audit } from '../store/audit.ts';
import { teamSettings, teamSettingsChange, teamSettingsOf } from '../store/team-settings.ts';

type Json = Readonly<Record<string, unknown>>;

/** How a team wants the hub to behave. */
export const settingsRoutes = (base: Base): readonly Route[] => [
  route({
    method: 'get', path: '/api/v1/teams/:team/settings', tag: 'teams', summary: 'Settings of a team', access: { who: 'team', act: 'team:see' }, params: teamOfPath,
    answers: { schema: teamSettings, about: 'All settings; what nobody set has its default.' },
    example: { params: { team: example.team } },
    handle: async ({ team }) => teamSettingsOf((await base.store.selectFrom('teams').select('settings').where('id', '=', team.id).executeTakeFirstOrThrow()).settings),
  }),
  route({
    method: 'patch', path: '/api/v1/teams/:team/settings', tag: 'teams', summary: 'Change settings of a team', access: { who: 'team', act: 'team:change' }, params: teamOfPath, scope: 'admin',
    body: teamSettingsChange,
    answers: { schema: teamSettings, about: 'All settings as they are now.' },
    example: { params: { team: example.team }, body: { thresholds: { contextRatio: 0.8 }, retentionDays: 365, publicLinks: null } },
    handle: ({ team, body, now, actor }) => base.store.transaction().execute(async (work) => {
      const { settings } = await work.selectFrom('teams').select('settings').where('id', '=', team.id).executeTakeFirstOrThrow();
      const before = JSON.parse(settings) as Json;
      const after = merged(before, body);
      await work.updateTable('teams').set({ settings: JSON.stringify(after), updated_at: now }).where('id', '=', team.id).execute();
      await audit(work, { at: now, teamId: team.id, actor, action: 'team:settings', target: team.id, before, after });
      return teamSettings.parse(after);
    }),
  }),
];

/** A JSON merge patch (RFC 7396): null takes a key away, objects are merged, all else replaces. */
const merged = (before: Json, change: Json): Json => {
  const after: Record<string, unknown> = { ...before };
  for (const [key, value] of Object.entries(change)) {
    if (value === null) delete after[key];
    else after[key] = isObject(value) ? merged(isObject(after[key]) ? after[key] : {}, value) : value;
  }
  return after;
};

const isObject = (value: unknown): value is Json => typeof value === 'object' && value !== null && !Array.isArray(value);
