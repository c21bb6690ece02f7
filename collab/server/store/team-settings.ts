import { z } from 'zod';
import { isTimeZone } from 'watchroom/session/period';
import { weekDays } from 'watchroom/session/week-day';

// What a team's admins may set. Only what was set is stored (teams.settings, JSON); the rest follows the defaults of the version that runs.

const members = z.int().min(1).max(10_000).describe('Most people in the team, guests included.');
const agentTokensPerMember = z.int().min(1).max(1000).describe('Most agent tokens one person may have in the team at a time.');
const openInvites = z.int().min(1).max(1000).describe('Most invites that can be open at a time.');
const contextRatio = z.number().min(0.1).max(1).describe('Warn when a session has used this part of its context window (0–1).');
const sessionTokens = z.int().min(1).max(Number.MAX_SAFE_INTEGER).describe('Warn when a session has used so many tokens. Absent: never.');
const sessionCostUsd = z.number().positive().max(1_000_000).describe('Warn when a session has cost so many US dollars. Absent: never.');
const healthLevel = z.enum(['warning', 'critical']).describe('Tell of a session whose health falls to this level or below it.');
const healthAlerts = z.boolean().describe('Tell the team of sessions whose health falls (thresholds.healthLevel).');
const tokenWarnings = z.boolean().describe('Tell the team of sessions that pass a threshold of context, tokens or cost.');
const sessionEnds = z.boolean().describe('Tell the team when a session ends.');
const publicLinks = z.boolean().describe('Whether owners may give a read-only link to their session to anybody (visibility "public").');
const retentionDays = z.int().min(1).max(36_500).describe('Delete ended sessions with their rooms after so many days without activity. Absent: never.');
const period = z.enum(['day', 'week', 'month']);
const amounts = { period, usd: z.number().positive().max(1e9).exactOptional().describe('US dollars, by API prices.'), tokens: z.int().min(1).max(Number.MAX_SAFE_INTEGER).exactOptional() };
const label = z.string().trim().min(1).max(200);
const budget = z.discriminatedUnion('scope', [
  z.strictObject({ scope: z.literal('team'), ...amounts }),
  z.strictObject({ scope: z.literal('user'), name: label.exactOptional().describe('A member. Absent: each member has it.'), ...amounts }),
  z.strictObject({ scope: z.enum(['project', 'tool']), name: label, ...amounts }),
]).refine(({ usd, tokens }) => usd !== undefined || tokens !== undefined, 'a budget has usd, tokens or both').meta({ id: 'Budget', description: 'What may be used in a period. It stops nothing: it is shown, exported as ai_budget_* and warned of.' });
export type TeamBudget = z.output<typeof budget>;
const budgets = z.array(budget).max(100)
  .refine((all) => new Set(all.map((one) => [one.scope, 'name' in one ? one.name : '', one.period].join('\n'))).size === all.length, 'each scope, name and period once (usd and tokens may stand in one)')
  .describe('Replaced as a whole.');
const timeZone = z.string().max(64).refine(isTimeZone, 'a time zone such as Europe/Berlin or UTC').describe('Where the days of budgets begin.');
const weekStart = z.enum(weekDays).describe('Day with which the weeks of budgets begin.');

/** Every setting of a team; what has a default is always there. */
export const teamSettings = z.strictObject({
  limits: z.strictObject({ members: members.default(200), agentTokensPerMember: agentTokensPerMember.default(20), openInvites: openInvites.default(50) }).prefault({}),
  thresholds: z.strictObject({ contextRatio: contextRatio.default(0.9), sessionTokens: sessionTokens.exactOptional(), sessionCostUsd: sessionCostUsd.exactOptional(), healthLevel: healthLevel.default('critical') }).prefault({}),
  notifications: z.strictObject({ healthAlerts: healthAlerts.default(true), tokenWarnings: tokenWarnings.default(true), sessionEnds: sessionEnds.default(false) }).prefault({}),
  publicLinks: publicLinks.default(false),
  retentionDays: retentionDays.exactOptional(),
  budgets: budgets.default([]),
  calendar: z.strictObject({ timeZone: timeZone.default('UTC'), weekStart: weekStart.default('monday') }).prefault({}),
}).meta({ id: 'TeamSettings', description: 'How a team wants the hub to behave.' });
export type TeamSettings = z.output<typeof teamSettings>;

const changed = <Value extends z.ZodType>(value: Value) => value.nullable().exactOptional();

/** A change of settings: what is named is set, null goes back to the default. */
export const teamSettingsChange = z.strictObject({
  limits: changed(z.strictObject({ members: changed(members), agentTokensPerMember: changed(agentTokensPerMember), openInvites: changed(openInvites) })),
  thresholds: changed(z.strictObject({ contextRatio: changed(contextRatio), sessionTokens: changed(sessionTokens), sessionCostUsd: changed(sessionCostUsd), healthLevel: changed(healthLevel) })),
  notifications: changed(z.strictObject({ healthAlerts: changed(healthAlerts), tokenWarnings: changed(tokenWarnings), sessionEnds: changed(sessionEnds) })),
  publicLinks: changed(publicLinks),
  retentionDays: changed(retentionDays),
  budgets: changed(budgets),
  calendar: changed(z.strictObject({ timeZone: changed(timeZone), weekStart: changed(weekStart) })),
}).refine((change) => Object.keys(change).length > 0, 'name at least one setting').meta({ id: 'TeamSettingsChange', description: 'What is named is set; null goes back to the default; the rest stays.' });
export type TeamSettingsChange = z.output<typeof teamSettingsChange>;

/** The settings of a team, as its row has them. */
export const teamSettingsOf = (stored: string): TeamSettings => teamSettings.parse(JSON.parse(stored));
