import { z } from 'zod';
import type { SessionTable } from '../store/schema.ts';
import { isAgentUp } from './agent-up.ts';

/** Columns a list shows. They stand before `told` in the table, so SQLite reads none of its pages. */
export const listColumns = [
  'sessions.id', 'sessions.team_id', 'sessions.owner_id', 'users.username as owner', 'sessions.session_key', 'sessions.tool', 'sessions.host_name', 'sessions.visibility', 'sessions.state',
  'sessions.project', 'sessions.project_name', 'sessions.branch', 'sessions.title', 'sessions.description', 'sessions.model', 'sessions.tags', 'sessions.tokens', 'sessions.micro_usd', 'sessions.errors', 'sessions.last_error',
  'sessions.health', 'sessions.health_level', 'sessions.started_at', 'sessions.last_activity_at', 'sessions.ended_at', 'agents.last_report_at', 'agents.next_due_at', 'agents.left_at',
] as const;

export type ListRow = Omit<SessionTable, 'told' | 'link_hash' | 'created_at' | 'updated_at' | 'session_key' | 'agent_id' | 'native_id'> & {
  readonly session_key: string; readonly owner: string; readonly last_report_at: number | null; readonly next_due_at: number | null; readonly left_at: number | null;
};

export const personShape = z.object({ id: z.string(), name: z.string() }).meta({ id: 'PersonRef' });

/** A session in a list. */
export const sessionItem = z.object({
  id: z.string().describe('"<tool>/<nativeId>"'),
  tool: z.string(),
  nativeId: z.string(),
  state: z.enum(['working', 'waiting', 'idle', 'ended']).describe('As its agent last told; agentUp says whether that is now.'),
  team: z.string().describe('Id of the team.'),
  owner: personShape,
  hostName: z.string(),
  visibility: z.enum(['private', 'team', 'public']),
  agentUp: z.boolean().optional().describe('Whether its agent is heard. Absent: no agent tells of it, only a webhook.'),
  project: z.string().optional(),
  gitBranch: z.string().optional(),
  title: z.string().optional(),
  description: z.string().optional(),
  tags: z.array(z.string()).optional(),
  model: z.string().optional(),
  startedAt: z.iso.datetime().optional(),
  lastActivityAt: z.iso.datetime(),
  endedAt: z.iso.datetime().optional(),
  tokensTotal: z.int().optional().describe('All billed tokens. Absent: none, or unknown; its details say which.'),
  costUsd: z.number().optional().describe('API-equivalent US dollars of the priced calls. Absent: nothing, or unknown.'),
  errorsTotal: z.int(),
  lastWasError: z.boolean(),
  health: z.object({ score: z.number().optional(), level: z.string().optional() }),
}).meta({ id: 'SessionItem', description: 'A session in a list; names as in docs/sessions-json.md. What is unknown is absent.' });
export type SessionItem = z.infer<typeof sessionItem>;

/** The row of a session as a list shows it. */
export const itemOf = (row: ListRow, now: number): SessionItem => {
  const item: SessionItem = {
    id: row.session_key, tool: row.tool, nativeId: row.session_key.slice(row.tool.length + 1), state: row.state, team: row.team_id, owner: { id: row.owner_id, name: row.owner }, hostName: row.host_name, visibility: row.visibility,
    lastActivityAt: iso(row.last_activity_at), errorsTotal: row.errors, lastWasError: row.last_error === 1, health: {},
  };
  const up = isAgentUp(row, now);
  if (up !== undefined) item.agentUp = up;
  const project = row.project_name ?? row.project;
  if (project !== null) item.project = project;
  if (row.branch !== null) item.gitBranch = row.branch;
  if (row.title !== null) item.title = row.title;
  if (row.description !== null) item.description = row.description;
  if (row.tags !== '[]') item.tags = JSON.parse(row.tags) as string[];
  if (row.model !== null) item.model = row.model;
  if (row.started_at !== null) item.startedAt = iso(row.started_at);
  if (row.ended_at !== null) item.endedAt = iso(row.ended_at);
  if (row.tokens > 0) item.tokensTotal = row.tokens;
  if (row.micro_usd > 0) item.costUsd = row.micro_usd / 1e6;
  if (row.health !== null) item.health.score = row.health;
  if (row.health_level !== null) item.health.level = row.health_level;
  return item;
};

/** A time as the API tells it. */
export const iso = (at: number): string => new Date(at).toISOString();
