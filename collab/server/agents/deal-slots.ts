import type { Base } from '../base.ts';
import { dayMs } from '../sessions/samples.ts';
import type { LabelSlots } from './label-slots.ts';

const dealtKey = 'label_slots_dealt_at';

/** Gives the slots of project names to the most used of the last thirty days, at most daily. */
export const dealSlots = async ({ store, now }: Base, slots: LabelSlots): Promise<void> => {
  const at = now();
  const dealt = await store.selectFrom('meta').select('value').where('key', '=', dealtKey).executeTakeFirst();
  if (dealt && Number(dealt.value) > at - dayMs) return;
  const used = await store.selectFrom('session_samples').innerJoin('sessions', 'sessions.id', 'session_samples.session_id')
    .select(({ fn, ref }) => ['sessions.team_id as teamId', fn.coalesce(ref('sessions.project_name'), ref('sessions.project')).as('project'), fn.sum<number>('session_samples.tokens').as('tokens')])
    .where('session_samples.at', '>', at - 30 * dayMs).where('sessions.visibility', '!=', 'private')
    .groupBy(['sessions.team_id', 'sessions.project_name', 'sessions.project']).execute();
  const byTeam = new Map<string, Map<string, number>>();
  for (const { teamId, project, tokens } of used) {
    if (project === null) continue;
    const of = byTeam.get(teamId) ?? new Map<string, number>();
    byTeam.set(teamId, of.set(project, (of.get(project) ?? 0) + Number(tokens)));
  }
  for (const [teamId, projects] of byTeam) slots.deal('project', [...projects].sort(([, a], [, b]) => b - a).map(([name]) => name), { teamId });
  await store.insertInto('meta').values({ key: dealtKey, value: String(at) }).onConflict((on) => on.column('key').doUpdateSet({ value: String(at) })).execute();
};
