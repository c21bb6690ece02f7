import { z } from 'zod';
import type { AnalyticName } from './question.ts';

const count = z.int();

export const figures = z.object({
  tokens: count.describe('All billed tokens; the four kinds below add up to it.'), inputTokens: count, outputTokens: count, cacheReadTokens: count, cacheCreationTokens: count,
  costUsd: z.number(), unpricedTokens: count.describe('Tokens of models without a price: above 0 the true cost is higher.'), requests: count,
  turns: count, errors: count, toolCalls: count, linesAdded: count, linesRemoved: count, sessionsStarted: count,
}).meta({ id: 'Figures' });

const sums = {
  counted: figures.describe('What moved the fleet counters of /metrics: the sums over all rows are equal to them.'),
  history: figures.describe('What was used before an agent watched, found in older files. It moved no counter.'),
};
const of = z.enum(['name', 'none', 'private', 'deleted']).describe('private: sessions you may not see, all in this row. deleted: sessions that are gone. none: nobody gave a name.');
const rows = <Shape extends z.ZodRawShape>(shape: Shape, more: z.ZodRawShape = {}) => z.object({ rows: z.array(z.object({ ...shape, ...sums })), ...more });

/** What each analytic answers. */
export const shapes: Readonly<Record<AnalyticName, z.ZodObject>> = {
  summary: z.object({
    ...sums, sessions: count.describe('That used anything in the range.'), users: count, states: z.record(z.string(), count).describe('Sessions by state, now.'), health: z.record(z.string(), count).describe('Sessions that have not ended by level of health, now.'),
    tokensPerSession: z.number().optional(), costUsdPerSession: z.number().optional(), sessionsPerUser: z.number().optional(), cacheReadRatio: z.number().optional().describe('Part of the input that came from the cache, 0–1.'),
    reported: z.object({ sessions: count, tokens: count, costUsd: z.number() }).describe('Sessions that only a webhook told of, besides the sums above.'),
  }).meta({ id: 'AnalyticsSummary' }),
  users: rows({ user: z.object({ id: z.string(), name: z.string() }), sessions: count }).meta({ id: 'AnalyticsUsers' }),
  sessions: z.object({
    rows: z.array(z.object({ id: z.string(), tool: z.string(), owner: z.string(), state: z.string(), project: z.string().optional(), tags: z.array(z.string()).optional(), startedAt: z.string().optional(), lastActivityAt: z.string(), ...sums })),
    rest: z.object(sums).describe('All other sessions: further down, private, deleted.'),
  }).meta({ id: 'AnalyticsSessions' }),
  trends: rows({ at: z.string().describe('The hour in UTC, or the first date of the day, week or month in the time zone.'), sessions: count.describe('That used anything.'), health: z.number().optional().describe('Mean score of the sessions you may see.') }).meta({ id: 'AnalyticsTrends' }),
  tools: rows({ tool: z.string() }, {
    models: z.array(z.object({ model: z.string().optional(), of, ...sums })),
    calls: z.array(z.object({ name: z.string().optional(), of, counted: count, history: count })).describe('Calls of the agents\' own tools, at most 200 names.'),
  }).meta({ id: 'AnalyticsTools' }),
  projects: rows({ project: z.string().optional(), of }).meta({ id: 'AnalyticsProjects' }),
  tags: rows({ tag: z.string().optional(), of }).meta({ id: 'AnalyticsTags', description: 'A session with several tags counts under each of them.' }),
  errors: z.object({
    rows: z.array(z.object({ error: z.string(), tool: z.string(), counted: count, history: count })),
    sessions: z.array(z.object({ id: z.string(), owner: z.string(), errors: count })).describe('Those with most errors, of the ones you may see.'),
  }).meta({ id: 'AnalyticsErrors' }),
  hours: rows({ weekday: z.int().min(1).max(7).describe('1 is Monday.'), hour: z.int().min(0).max(23) }).meta({ id: 'AnalyticsHours' }),
};

const figureNames = Object.keys(figures.shape);
const figureColumns = ['counted', 'history'].flatMap((part) => figureNames.map((name) => `${part}.${name}`));

/** The columns of each analytic as CSV. */
export const csvColumns: Readonly<Record<AnalyticName, readonly string[]>> = {
  summary: ['sessions', 'users', 'tokensPerSession', 'costUsdPerSession', 'sessionsPerUser', 'cacheReadRatio', 'reported.sessions', 'reported.tokens', 'reported.costUsd', ...figureColumns],
  users: ['user.name', 'sessions', ...figureColumns],
  sessions: ['id', 'tool', 'owner', 'state', 'project', 'tags', 'startedAt', 'lastActivityAt', ...figureColumns],
  trends: ['at', 'sessions', 'health', ...figureColumns],
  tools: ['tool', ...figureColumns],
  projects: ['project', 'of', ...figureColumns],
  tags: ['tag', 'of', ...figureColumns],
  errors: ['error', 'tool', 'counted', 'history'],
  hours: ['weekday', 'hour', ...figureColumns],
};
