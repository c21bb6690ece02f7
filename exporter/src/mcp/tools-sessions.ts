import type { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';
import { z } from 'zod';
import type { Backend } from '../cli/backend.ts';
import { filterOf } from '../cli/filter.ts';
import { findSession } from '../cli/find-session.ts';
import { accountsOf, budgetData } from '../cli/views/budget-table.ts';
import { explainable, explainableNames, explainedAs } from '../cli/views/explained.ts';
import { breakdown } from '../cli/views/health-table.ts';
import type { Session } from '../session/session.ts';
import { answering } from './answer.ts';
import type { Sources } from './sources.ts';
import { toldSession } from './told-session.ts';

const named = z.string().min(1).max(400).describe('A full id ("claude/1af7…"), a pid, or a part of an id that only one session has.');
const reads = { readOnlyHint: true, destructiveHint: false, openWorldHint: false } as const;

/** Sessions, their health, where numbers come from, what to do, and budgets. */
export const addSessionTools = (server: McpServer, sources: Sources): void => {
  const { ask, health, now } = sources;
  const one = <Answer>(name: string, work: (session: Session, backend: Backend) => Answer | Promise<Answer>): Promise<Answer> =>
    ask(async (backend) => work(findSession(name, await backend.sessions({ all: true })), backend));

  server.registerTool('list_sessions', {
    title: 'Sessions of this machine', annotations: reads,
    description: 'Lists AI coding sessions, the most recently active first: state, tokens, cost, context, errors, health. Live and recent ones, or all that were ever seen.',
    inputSchema: {
      all: z.boolean().optional().describe('Every session ever seen. Default: live and recent ones.'),
      status: z.string().max(60).optional().describe('working, waiting, idle, ended; several with commas.'),
      tool: z.string().max(200).optional().describe('claude, codex, gemini …; several with commas.'),
      project: z.string().max(200).optional().describe('Part of the project\'s name.'),
      since: z.string().max(40).optional().describe('Active since then: 24h, 7d, 2026-09-01.'),
      limit: z.number().int().min(1).max(500).optional().describe('Default 50.'),
    },
  }, ({ all = false, limit = 50, status, tool, project, since }) => answering(() => ask(async (backend) => {
    const passes = filterOf({ ...(status === undefined ? {} : { status }), ...(tool === undefined ? {} : { tool }), ...(project === undefined ? {} : { project }), ...(since === undefined ? {} : { since }) }, now());
    const found = (await backend.sessions({ all })).filter(passes);
    const withWords = await isSearchOn(backend);
    return { sessions: found.slice(0, limit).map((session) => toldSession(session, { now: now(), health, withWords })), shown: Math.min(limit, found.length), of: found.length };
  })));

  server.registerTool('show_session', { title: 'One session', description: 'Everything known about one session.', inputSchema: { session: named }, annotations: reads }, ({ session }) =>
    answering(() => one(session, async (found, backend) => toldSession(found, { now: now(), health, withWords: await isSearchOn(backend) }))));

  server.registerTool('session_health', { title: 'Health of a session', description: 'The health score of a session with its four factors: weight, value, points and reason.', inputSchema: { session: named }, annotations: reads }, ({ session }) =>
    answering(() => one(session, (found) => {
      const { health: score, factors } = breakdown(found, { now: now(), health });
      return { id: found.id, state: found.state, ...score, breakdown: factors };
    })));

  server.registerTool('explain', {
    title: 'Where a number comes from', annotations: reads,
    description: `Traces a number of a session to the records it was read from. Numbers: ${explainableNames.join(', ')}. Without one it lists them all.`,
    inputSchema: { session: named, number: z.string().max(100).optional().describe('cost, tokens, output …; by model as cost.<model>.'), limit: z.number().int().min(1).max(200).optional().describe('How many records, newest last. Default 20.') },
  }, ({ session, number, limit = 20 }) => answering(() => one(session, async (found, backend) => {
    const asked = number === undefined ? undefined : explainedAs(number);
    if (number !== undefined && !asked) throw new Error(`${JSON.stringify(number)} is not a number of a session. There are: ${explainableNames.join(', ')}`);
    if (!asked) return { id: found.id, numbers: explainable.map((each) => ({ number: each.name, value: each.ofSession(found), rule: each.rule })) };
    const { calls, parts } = await backend.explain(found.id);
    const records = asked.ofCall ? calls.filter((call) => call.dropped === undefined && asked.ofCall!(call)).map((call) => ({ at: new Date(call.at).toISOString(), model: call.model, adds: asked.ofCall!(call), source: call.source, position: call.position })) : parts.map(({ source, part }) => ({ source, adds: asked.ofPart!(part) }));
    return { id: found.id, number: asked.name, value: asked.ofSession(found), rule: asked.rule, records: records.slice(-limit), of: records.length };
  })));

  server.registerTool('recommendations', { title: 'What to do now', description: 'What to do about the sessions of this machine, the most urgent first, each with its reason, number and command.', inputSchema: {}, annotations: reads }, () => answering(() => ask((backend) => backend.recommend())));

  server.registerTool('budget', { title: 'Budgets', description: 'What was spent of every budget in its running period, what is left, and the forecast. API-equivalent US dollars.', inputSchema: {}, annotations: reads }, () => answering(() => ask(async (backend) => accountsOf(await backend.budgets()).map(budgetData))));
};

/** Whether its owner has switched search on: only then does anything that was said in other sessions go to an assistant. */
export const isSearchOn = async (backend: Backend): Promise<boolean> => {
  const search = await backend.search();
  try {
    return search.isOn;
  } finally {
    search.close();
  }
};
