import type { WireSession } from 'watchroom/wire';
import { newId } from '../../server/store/ids.ts';
import type { SessionTable } from '../../server/store/schema.ts';
import type { TestHub } from '../support/hub.ts';

/** A session as an agent tells it; whatever is not given is plain. */
export const aWire = ({ id = 'claude/one', ...given }: Partial<WireSession> = {}): WireSession => ({
  id, tool: id.split('/')[0] as WireSession['tool'], nativeId: id.slice(id.indexOf('/') + 1), project: 'shop', models: {}, messages: {}, toolCalls: {}, toolErrors: {}, errors: {}, errorTimes: [], files: {},
  present: { turnOpen: false, pendingTools: [] }, rot: {}, state: 'working', processes: [], hasTranscript: true, health: { factors: {}, missing: [] }, edits: [], ...given,
});

/** What a row needs besides. */
export type RowGiven = Partial<SessionTable> & Pick<SessionTable, 'team_id' | 'owner_id'>;

/** Puts a session straight into the store. */
export const aSession = async ({ base: { store }, clock }: TestHub, given: RowGiven, wire: WireSession = aWire()): Promise<SessionTable> => {
  const row: SessionTable = {
    id: newId(), agent_id: null, session_key: wire.id, tool: wire.tool, native_id: wire.nativeId, host_name: 'desk', visibility: 'team', state: wire.state, project: wire.project ?? null, branch: wire.gitBranch ?? null, title: wire.title ?? null,
    model: wire.model ?? null, tags: JSON.stringify(wire.tags ?? []), project_name: wire.projectName ?? null, description: wire.description ?? null, tokens: 0, micro_usd: 0, errors: 0, last_error: 0, health: wire.health.score ?? null, health_level: wire.health.level ?? null,
    started_at: wire.startedAt ?? null, last_activity_at: wire.lastActivityAt ?? clock.now, ended_at: wire.endedAt ?? null, told: JSON.stringify(wire), link_hash: null, created_at: clock.now, updated_at: clock.now, ...given,
  };
  await store.insertInto('sessions').values(row).execute();
  return row;
};

/** An agent that has just reported; the id for `agent_id`. */
export const anAgent = async ({ base: { store }, clock }: TestHub, { teamId, userId, hostName = 'desk', silent = false }: { readonly teamId: string; readonly userId: string; readonly hostName?: string; readonly silent?: boolean }): Promise<string> => {
  const id = newId();
  const lastReportAt = silent ? clock.now - 3_600_000 : clock.now;
  await store.insertInto('agents').values({ id, team_id: teamId, user_id: userId, token_id: 'none', instance: id, host_name: hostName, platform: 'linux', version: '0', ledger_id: 'one', created_at: clock.now, last_report_at: lastReportAt, next_due_at: lastReportAt + 60_000, skew_ms: 0 }).execute();
  return id;
};
