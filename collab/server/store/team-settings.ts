import { z } from 'zod';

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

/** Every setting of a team; what has a default is always there. */
export const teamSettings = z.strictObject({
  limits: z.strictObject({ members: members.default(200), agentTokensPerMember: agentTokensPerMember.default(20), openInvites: openInvites.default(50) }).prefault({}),
  thresholds: z.strictObject({ contextRatio: contextRatio.default(0.9), sessionTokens: sessionTokens.exactOptional(), sessionCostUsd: sessionCostUsd.exactOptional(), healthLevel: healthLevel.default('critical') }).prefault({}),
  notifications: z.strictObject({ healthAlerts: healthAlerts.default(true), tokenWarnings: tokenWarnings.default(true), sessionEnds: sessionEnds.default(false) }).prefault({}),
  publicLinks: publicLinks.default(false),
  retentionDays: retentionDays.exactOptional(),
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
}).refine((change) => Object.keys(change).length > 0, 'name at least one setting').meta({ id: 'TeamSettingsChange', description: 'What is named is set; null goes back to the default; the rest stays.' });
export type TeamSettingsChange = z.output<typeof teamSettingsChange>;

/** The settings of a team, as its row has them. */
export const teamSettingsOf = (stored: string): TeamSettings => teamSettings.parse(JSON.parse(stored));
