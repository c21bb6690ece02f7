import { call } from './client.ts';
import type { Account, TeamRole } from './auth.ts';
import type { Budget, Calendar } from './budgets.ts';

const at = (team: string, rest: string): string => `/api/v1/teams/${encodeURIComponent(team)}/${rest}`;

export interface Device { readonly id: string; readonly userAgent: string; readonly address: string; readonly createdAt: string; readonly lastSeenAt: string; readonly current?: boolean }
export interface Member { readonly id: string; readonly username: string; readonly displayName: string; readonly role: TeamRole; readonly joinedAt: string }
export interface Invite { readonly id: string; readonly role: string; readonly room: boolean; readonly usesLeft: number; readonly createdBy: string; readonly expiresAt: string }
export interface Token { readonly id: string; readonly kind: 'personal' | 'agent' | 'scrape'; readonly name: string; readonly createdAt: string; readonly lastUsedAt?: string; readonly expiresAt?: string; readonly secret?: string; readonly command?: string }
export interface AuditLine { readonly seq: number; readonly at: string; readonly actor: string; readonly address: string; readonly action: string; readonly target: string; readonly result: 'done' | 'refused' | 'failed'; readonly before?: unknown; readonly after?: unknown }
export interface TeamSettings {
  readonly limits: { readonly members: number; readonly agentTokensPerMember: number; readonly openInvites: number };
  readonly thresholds: { readonly contextRatio: number; readonly sessionTokens?: number; readonly sessionCostUsd?: number; readonly healthLevel: 'warning' | 'critical' };
  readonly notifications: { readonly healthAlerts: boolean; readonly tokenWarnings: boolean; readonly sessionEnds: boolean };
  readonly publicLinks: boolean;
  readonly retentionDays?: number;
  readonly budgets: readonly Budget[];
  readonly calendar: Calendar;
}

export const changeMe = (change: { readonly displayName?: string; readonly email?: string | null; readonly preferences?: Account['preferences'] }): Promise<Account> => call('PATCH', '/api/v1/auth/me', { body: change });
export const changePassword = (current: string, next: string): Promise<unknown> => call('POST', '/api/v1/auth/password', { body: { current, next } });
export const devices = async (): Promise<readonly Device[]> => (await call<{ devices: readonly Device[] }>('GET', '/api/v1/auth/devices')).devices;
export const endDevice = (id: string): Promise<unknown> => call('DELETE', `/api/v1/auth/devices/${encodeURIComponent(id)}`);
export const endOtherDevices = (): Promise<unknown> => call('DELETE', '/api/v1/auth/devices');

export const members = async (team: string): Promise<readonly Member[]> => (await call<{ members: readonly Member[] }>('GET', at(team, 'members'))).members;
export const setRole = (team: string, user: string, role: string): Promise<unknown> => call('PATCH', at(team, `members/${encodeURIComponent(user)}`), { body: { role } });
export const removeMember = (team: string, user: string): Promise<unknown> => call('DELETE', at(team, `members/${encodeURIComponent(user)}`));
export const resetLink = (team: string, user: string): Promise<{ readonly link: string }> => call('POST', at(team, `members/${encodeURIComponent(user)}/reset`), {});

export const invites = async (team: string): Promise<readonly Invite[]> => (await call<{ invites: readonly Invite[] }>('GET', at(team, 'invites'))).invites;
export const makeInvite = (team: string, role: string, uses: number): Promise<Invite & { readonly link: string }> => call('POST', at(team, 'invites'), { body: { role, uses } });
export const revokeInvite = (team: string, invite: string): Promise<unknown> => call('DELETE', at(team, `invites/${encodeURIComponent(invite)}`));

export const myTokens = async (): Promise<readonly Token[]> => (await call<{ tokens: readonly Token[] }>('GET', '/api/v1/tokens')).tokens;
export const makeAgentToken = (team: string, name: string): Promise<Token> => call('POST', at(team, 'tokens/agent'), { body: { name } });
export const makeScrapeToken = (team: string, name: string): Promise<Token> => call('POST', at(team, 'tokens/scrape'), { body: { name } });
export const makePersonalToken = (name: string, scopes: readonly string[]): Promise<Token> => call('POST', '/api/v1/tokens', { body: { name, scopes } });
export const revokeToken = (id: string): Promise<unknown> => call('DELETE', `/api/v1/tokens/${encodeURIComponent(id)}`);

export const teamSettings = (team: string): Promise<TeamSettings> => call('GET', at(team, 'settings'));
export const changeSettings = (team: string, change: object): Promise<TeamSettings> => call('PATCH', at(team, 'settings'), { body: change });
export const renameTeam = (team: string, displayName: string): Promise<unknown> => call('PATCH', `/api/v1/teams/${encodeURIComponent(team)}`, { body: { displayName } });
export const auditLog = (team: string, before?: number): Promise<{ readonly lines: readonly AuditLine[]; readonly next?: number }> => call('GET', at(team, 'audit'), { query: { limit: '50', before: before === undefined ? undefined : String(before) } });
