import { z } from 'zod';
import { publicSession } from 'watchroom/session/public';
import type { PublicSession } from 'watchroom/session/public';
import { sessionOfWire } from 'watchroom/wire';
import type { WireSession } from 'watchroom/wire';
import type { Base } from '../base.ts';
import type { FoundSession } from '../access/find.ts';
import { sessionActs } from '../access/permissions.ts';
import type { SessionAct } from '../access/permissions.ts';
import type { SessionTable } from '../store/schema.ts';
import type { Store } from '../store/open.ts';
import { isAgentUp } from './agent-up.ts';
import { iso, personShape } from './list-item.ts';
import { inRoom, roomPerson } from './people.ts';

const act = z.enum(Object.keys(sessionActs) as [SessionAct, ...SessionAct[]]);

/** A session with everything its asker may know. */
export const sessionDetails = z.looseObject({
  id: z.string(),
  tool: z.string(),
  nativeId: z.string(),
  state: z.string(),
  team: z.object({ id: z.string(), name: z.string() }),
  owner: personShape,
  hostName: z.string(),
  visibility: z.enum(['private', 'team', 'public']),
  agentUp: z.boolean().optional(),
  grafanaUrl: z.string().optional().describe('Its dashboard, from its start to its end or now; where the hub knows a Grafana.'),
  people: z.array(roomPerson),
  standings: z.array(z.string()).describe('What you are to it.'),
  may: z.array(act).describe('What you may do with it.'),
  room: z.string().describe('Id of its room: the channel of /api/v4 in which people talk about it.'),
  hidden: z.literal(false),
}).meta({ id: 'SessionDetails', description: 'A session as docs/sessions-json.md describes it (without sources; of its processes the oldest\'s pid), and what the hub knows besides.' });

/** What an admin of the team may know of another's private session. */
export const hiddenDetails = z.object({
  id: z.string(),
  state: z.string(),
  owner: personShape,
  visibility: z.literal('private'),
  standings: z.array(z.string()),
  may: z.array(act),
  hidden: z.literal(true),
}).meta({ id: 'HiddenSessionDetails', description: 'A private session, to an admin of its team: whose it is and its state.' });

/** A session as the asker may see it: whole, or that it is private. */
export const detailsOf = async ({ store, settings }: Pick<Base, 'store' | 'settings'>, { session, standings, may }: FoundSession, now: number): Promise<z.input<typeof sessionDetails> | z.infer<typeof hiddenDetails>> => {
  const owner = await store.selectFrom('users').select(['id', 'username as name']).where('id', '=', session.owner_id).executeTakeFirstOrThrow();
  const allowed = (Object.keys(sessionActs) as SessionAct[]).filter(may);
  if (!may('session:see')) return { id: session.session_key, state: session.state, owner, visibility: 'private', standings: [...standings], may: allowed, hidden: true };
  const team = await store.selectFrom('teams').select(['id', 'name']).where('id', '=', session.team_id).executeTakeFirstOrThrow();
  const agent = session.agent_id === null ? undefined : await store.selectFrom('agents').select(['last_report_at', 'next_due_at', 'left_at']).where('id', '=', session.agent_id).executeTakeFirst();
  return {
    ...publicOf(session), team, owner, hostName: session.host_name, visibility: session.visibility, ...dashboardOf(session, settings.grafanaUrl),
    ...(agent === undefined ? {} : { agentUp: isAgentUp(agent, now)! }),
    people: await inRoom(store, session.id), standings: [...standings], may: allowed, room: session.id, hidden: false,
  };
};

/** The dashboard of one session, as dashboards/src makes it. */
const dashboardOf = ({ session_key: key, started_at: startedAt, ended_at: endedAt }: SessionTable, grafanaUrl: string | undefined): { readonly grafanaUrl?: string } => {
  if (grafanaUrl === undefined) return {};
  const range = { 'var-session': key, from: startedAt === null ? 'now-6h' : String(startedAt), to: endedAt === null ? 'now' : String(endedAt) };
  return { grafanaUrl: `${grafanaUrl}/d/watchroom-session?${new URLSearchParams(range).toString()}` };
};

/** The session in the public shape, with people's words as they are in force on the hub. Files of its machine are left out; of its processes the oldest is named. */
export const publicOf = (row: SessionTable): Omit<PublicSession, 'sources' | 'pids'> => {
  const wire = wireOf(row);
  const { tags: _tags, projectName: _project, description: _description, ...session } = sessionOfWire(wire);
  const { sources: _sources, pids: _pids, ...shown } = publicSession({
    ...session, state: row.state, tags: JSON.parse(row.tags) as string[],
    ...(row.project_name === null ? {} : { projectName: row.project_name }), ...(row.description === null ? {} : { description: row.description }),
  }, wire.health);
  // Of a session whose words were not told only its use is known, and the row has the sum of it.
  return shown.costUsd === undefined && row.micro_usd > 0 ? { ...shown, costUsd: row.micro_usd / 1e6 } : shown;
};

/** What was last told of a session; whatever an older hub left out of it is empty. */
export const wireOf = (row: Pick<SessionTable, 'told' | 'session_key' | 'tool' | 'native_id' | 'state'>): WireSession => {
  const told = JSON.parse(row.told) as Partial<WireSession>;
  return {
    models: {}, messages: {}, toolCalls: {}, toolErrors: {}, errors: {}, errorTimes: [], files: {}, rot: {}, processes: [], hasTranscript: true, edits: [], ...told,
    health: { factors: {}, missing: [], ...told.health }, present: { turnOpen: false, pendingTools: [], ...told.present },
    id: row.session_key, tool: row.tool as WireSession['tool'], nativeId: row.native_id, state: row.state,
  };
};

/** A session's health with its factors, and what is missing for a whole score. */
export const sessionHealth = z.object({
  score: z.number().optional(),
  level: z.string().optional(),
  factors: z.record(z.string(), z.number()),
  missing: z.array(z.string()),
  agentUp: z.boolean().optional(),
  toldAt: z.iso.datetime().describe('When it was last told.'),
}).meta({ id: 'SessionHealth', description: 'As the session\'s own machine computed it (docs/health.md). Of an ended session the last one known.' });

/** The health of one session as it was last told. */
export const healthOf = async (store: Store, row: SessionTable, now: number): Promise<z.infer<typeof sessionHealth>> => {
  const { health } = wireOf(row);
  const agent = row.agent_id === null ? undefined : await store.selectFrom('agents').select(['last_report_at', 'next_due_at', 'left_at']).where('id', '=', row.agent_id).executeTakeFirst();
  return {
    factors: { ...health.factors }, missing: [...health.missing], toldAt: iso(row.updated_at),
    ...(row.health === null ? {} : { score: row.health }), ...(row.health_level === null ? {} : { level: row.health_level }),
    ...(agent === undefined ? {} : { agentUp: isAgentUp(agent, now)! }),
  };
};
