import { z } from 'zod';
import { commandResult, downlink, downlinkQuery, report, reportAnswer, visibilityAnswer, visibilityWish } from 'watchroom/wire';
import { route } from '../routes/route.ts';
import type { Route } from '../routes/route.ts';
import { answerCommand } from './commands.ts';
import type { Agents } from './agents.ts';
import { agentStateOf } from './live.ts';
import { wishOfAgent } from './visibility.ts';

/** Many agents may come from one address; each has a pace of its own, which the hub sets. */
const perMinute = 100_000;
/** Twice what an agent sends at most: the bound is for strangers. */
const reportBytes = 8 * 2 ** 20;

/** What agents call, and the list of them for people. */
export const agentRoutes = (agents: Omit<Agents, 'routes'>): readonly Route[] => {
  const { base } = agents;
  return [
    route({
      method: 'post', path: '/api/v1/agents/report', tag: 'agents', summary: 'Reports the sessions of a machine and their use', access: { who: 'agent' }, body: report, bodyLimit: reportBytes, perMinute,
      answers: { schema: reportAnswer, about: 'What was reported is stored.' },
      example: { body: { v: 1, agent: { id: 'k3cbt1e9', hostName: 'desk', platform: 'linux', version: '0.1.0', ledgerId: 'l1', startedAt: 1_790_000_000_000 }, sentAt: 1_790_000_000_000, nextReportMs: 60_000, sessions: [], present: [], use: [] } },
      handle: ({ agent, body }) => agents.report(agent, body),
    }),
    route({
      method: 'get', path: '/api/v1/agents/downlink', tag: 'agents', summary: 'Waits for what the hub wants of an agent', access: { who: 'agent' }, query: downlinkQuery, perMinute,
      answers: { schema: downlink, about: 'Watched sessions and commands; at once when they differ from `after`.' },
      example: { query: { agent: 'k3cbt1e9', wait: '0' } },
      handle: async ({ agent, query, response }) => {
        const row = await base.store.selectFrom('agents').select(['id', 'skew_ms']).where('team_id', '=', agent.teamId).where('user_id', '=', agent.userId).where('instance', '=', query.agent).executeTakeFirst();
        const gone = new AbortController();
        response.once('close', () => gone.abort());
        // One that has never reported has nothing to be told of; it waits like the others.
        return agents.downlinks.next({ agent: row ? { id: row.id, skewMs: row.skew_ms } : { id: `${agent.tokenId} ${query.agent}`, skewMs: 0 }, after: query.after, waitMs: query.wait * 1000, gone: gone.signal });
      },
    }),
    route({
      method: 'post', path: '/api/v1/agents/commands/:id', tag: 'agents', summary: 'Tells how a command went', access: { who: 'agent' }, perMinute,
      params: z.object({ id: z.string().min(1).max(64) }), body: commandResult,
      answers: { about: 'It is noted; a second word on the same command changes nothing.' },
      handle: async ({ agent, params, body, actor }) => { await answerCommand(base, { id: params.id, teamId: agent.teamId, userId: agent.userId, actor, result: body }); },
    }),
    route({
      method: 'put', path: '/api/v1/agents/sessions/:tool/:nativeId/visibility', tag: 'agents', summary: "Opens a session of the agent's own person to the team, or closes it", access: { who: 'agent' },
      params: z.object({ tool: z.string().min(1).max(40), nativeId: z.string().min(1).max(300) }), body: visibilityWish,
      answers: { schema: visibilityAnswer, about: 'How it was before, and where its room is.' },
      example: { params: { tool: 'claude', nativeId: 'open-one' }, body: { visibility: 'private' } },
      handle: ({ agent, actor, now, params, body }) => wishOfAgent(agents, { agent, actor, now, session: params, wanted: body.visibility }),
    }),
    route({
      method: 'get', path: '/api/v1/teams/:team/agents', tag: 'agents', summary: 'Lists the agents of a team', access: { who: 'team', act: 'team:see' }, params: z.object({ team: z.string().min(1).max(200) }),
      answers: { schema: agentList, about: 'Every agent that has reported, those that are up first.' },
      handle: async ({ team, now }) => ({ agents: await agentsOf(agents, team.id, now) }),
    }),
  ];
};

const agentList = z.object({
  agents: z.array(z.object({
    id: z.string(),
    user: z.object({ id: z.string(), name: z.string() }),
    host_name: z.string(), platform: z.string(), version: z.string(),
    state: z.enum(['up', 'silent', 'left']).describe('left: it said goodbye. silent: it did not, and is overdue.'),
    last_report_at: z.int(), created_at: z.int(),
    skew_ms: z.int().describe("The hub's clock minus the agent's."),
    sessions: z.int().describe('Team-visible sessions that it tells of now.'),
  })),
}).meta({ id: 'AgentList' });

const agentsOf = async ({ base, live }: Omit<Agents, 'routes'>, teamId: string, now: number): Promise<z.input<typeof agentList>['agents']> => {
  const rows = await base.store.selectFrom('agents').innerJoin('users', 'users.id', 'agents.user_id').selectAll('agents').select('users.username').where('agents.team_id', '=', teamId).orderBy('agents.last_report_at', 'desc').limit(1000).execute();
  const order = { up: 0, silent: 1, left: 2 };
  return rows.map((row) => ({
    id: row.id, user: { id: row.user_id, name: row.username }, host_name: row.host_name, platform: row.platform, version: row.version, state: agentStateOf(row, now),
    last_report_at: row.last_report_at, created_at: row.created_at, skew_ms: row.skew_ms,
    sessions: [...(live.agent(row.id)?.sessions.values() ?? [])].filter(({ visibility }) => visibility !== 'private').length,
  })).sort((a, b) => order[a.state] - order[b.state]);
};
