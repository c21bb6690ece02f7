import { z } from 'zod';
import type { SessionTable } from '../store/schema.ts';
import type { Store } from '../store/open.ts';
import { wireOf } from './details.ts';
import { iso } from './list-item.ts';
import type { Sample } from './samples.ts';

/** What happened in a session, without any content. */
export const timelineFact = z.object({
  at: z.iso.datetime(),
  kind: z.enum(['started', 'state', 'context-fell', 'error', 'command', 'ended']),
  from: z.string().optional().describe('Of "state": the state before.'),
  to: z.string().optional().describe('Of "state": the state from here on.'),
  ratio: z.object({ before: z.number(), after: z.number() }).optional().describe('Of "context-fell": how full the context window was; it was compacted or cleared.'),
  command: z.object({ kind: z.string(), by: z.string(), outcome: z.string().optional() }).optional(),
}).meta({ id: 'TimelineFact' });
export type TimelineFact = z.infer<typeof timelineFact>;

export const timeline = z.object({
  facts: z.array(timelineFact).describe('The oldest first; states as of the minute, hour or day of their sample.'),
  compactions: z.int().optional().describe('How often its context was compacted, as its tool tells.'),
  truncated: z.boolean().describe('Whether older facts were left out.'),
}).meta({ id: 'Timeline' });

/** The facts of a session in order of time, the last thousand of them. */
export const timelineOf = async (store: Store, row: SessionTable): Promise<z.infer<typeof timeline>> => {
  const wire = wireOf(row);
  const samples = await store.selectFrom('session_samples').selectAll().where('session_id', '=', row.id).orderBy('at', 'desc').limit(mostSamples).execute();
  const facts = [
    ...(row.started_at === null ? [] : [{ at: row.started_at, kind: 'started' as const }]),
    ...changesIn(samples.reverse()),
    ...wire.errorTimes.map((at) => ({ at, kind: 'error' as const })),
    ...(await commandsOf(store, row.id)),
    ...(row.ended_at === null ? [] : [{ at: row.ended_at, kind: 'ended' as const }]),
  ].sort((one, other) => one.at - other.at);
  return {
    facts: facts.slice(-mostFacts).map(({ at, ...fact }) => ({ at: iso(at), ...fact })),
    truncated: facts.length > mostFacts || samples.length === mostSamples,
    ...(wire.compactions === undefined ? {} : { compactions: wire.compactions }),
  };
};
const mostSamples = 10_000;
const mostFacts = 1000;

type Fact = Omit<TimelineFact, 'at'> & { readonly at: number };

/** A context that loses so much of its window at once was compacted or cleared. */
const leastFall = 0.2;

const changesIn = (samples: readonly Sample[]): Fact[] => {
  const facts: Fact[] = [];
  let state: string | undefined;
  let ratio: number | undefined;
  for (const sample of samples) {
    if (state !== undefined && sample.state !== state) facts.push({ at: sample.at, kind: 'state', from: state, to: sample.state });
    state = sample.state;
    if (sample.context_ratio === null) continue;
    if (ratio !== undefined && ratio - sample.context_ratio >= leastFall) facts.push({ at: sample.at, kind: 'context-fell', ratio: { before: ratio, after: sample.context_ratio } });
    ratio = sample.context_ratio;
  }
  return facts;
};

const commandsOf = async (store: Store, sessionId: string): Promise<Fact[]> => {
  const rows = await store.selectFrom('commands').innerJoin('users', 'users.id', 'commands.asked_by').select(['commands.created_at', 'commands.kind', 'commands.outcome', 'users.username'])
    .where('commands.session_id', '=', sessionId).orderBy('commands.created_at', 'desc').limit(100).execute();
  return rows.map(({ created_at: at, kind, outcome, username: by }) => ({ at, kind: 'command', command: { kind, by, ...(outcome === null ? {} : { outcome }) } }));
};
