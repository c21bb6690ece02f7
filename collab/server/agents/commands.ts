import type { Command, CommandKind, CommandResult } from 'watchroom/wire';
import type { Base } from '../base.ts';
import { conflict, notFound } from '../routes/errors.ts';
import { audit } from '../store/audit.ts';
import type { AuditEntry } from '../store/audit.ts';
import { newId } from '../store/ids.ts';
import type { SessionTable } from '../store/schema.ts';
import { agentStateOf } from './live.ts';

/** A command that nobody took within this time is not run any more. */
const lifeMs = 60_000;

/**
 * Asks the agent of a session to do something. The caller has checked the permission (agent:ask); whether it is obeyed is for the session's owner to say,
 * on their command line. Refuses when no agent is there to ask.
 */
export const askAgent = async ({ store, now, events }: Base, { session, kind, actor }: { readonly session: SessionTable; readonly kind: CommandKind; readonly actor: AuditEntry['actor'] & { readonly id: string } }): Promise<{ readonly id: string; readonly expiresAt: number }> => {
  const at = now();
  const agent = session.agent_id === null ? undefined : await store.selectFrom('agents').selectAll().where('id', '=', session.agent_id).executeTakeFirst();
  if (!agent || agentStateOf(agent, at) !== 'up') throw conflict(`The agent of ${session.session_key} is not there now, so nobody can ${kind === 'stop' ? 'stop' : 'export'} it. Try again when its machine is back.`, 'agent_away');
  const command = { id: newId(), agent_id: agent.id, session_id: session.id, kind, asked_by: actor.id, created_at: at, expires_at: at + lifeMs };
  await store.transaction().execute(async (work) => {
    await work.insertInto('commands').values(command).execute();
    await audit(work, { at, teamId: session.team_id, actor, action: `command:${kind}`, target: session.session_key, after: { command: command.id, agent: agent.id } });
  });
  events.emit('agent:wanted', { agentId: agent.id });
  return { id: command.id, expiresAt: command.expires_at };
};

/** Commands that an agent has neither answered nor let pass, with times by its own clock. */
export const openCommands = async ({ store, now }: Base, agent: { readonly id: string; readonly skewMs: number }): Promise<Command[]> => {
  const rows = await store.selectFrom('commands').innerJoin('sessions', 'sessions.id', 'commands.session_id').innerJoin('users', 'users.id', 'commands.asked_by')
    .select(['commands.id', 'commands.kind', 'commands.expires_at', 'commands.delivered_at', 'sessions.session_key', 'users.id as userId', 'users.username'])
    .where('commands.agent_id', '=', agent.id).where('commands.ended_at', 'is', null).where('commands.expires_at', '>', now()).orderBy('commands.created_at').limit(100).execute();
  const fresh = rows.filter(({ delivered_at }) => delivered_at === null).map(({ id }) => id);
  if (fresh.length > 0) await store.updateTable('commands').set({ delivered_at: now() }).where('id', 'in', fresh).execute();
  return rows.map((row) => ({ id: row.id, kind: row.kind, sessionId: row.session_key, by: { id: row.userId, name: row.username }, expiresAt: Math.max(0, row.expires_at - agent.skewMs) }));
};

/** An agent says how a command went. The first word counts: a second one (its answer was lost on the way) changes nothing. */
export const answerCommand = async ({ store, now, events }: Base, { id, teamId, userId, actor, result }: { readonly id: string; readonly teamId: string; readonly userId: string; readonly actor: AuditEntry['actor']; readonly result: CommandResult }): Promise<void> => {
  const at = now();
  const answered = await store.transaction().execute(async (work) => {
    const row = await work.selectFrom('commands').innerJoin('agents', 'agents.id', 'commands.agent_id').innerJoin('sessions', 'sessions.id', 'commands.session_id')
      .select(['commands.kind', 'commands.ended_at', 'commands.session_id', 'commands.asked_by', 'sessions.session_key'])
      .where('commands.id', '=', id).where('agents.team_id', '=', teamId).where('agents.user_id', '=', userId).executeTakeFirst();
    if (!row) throw notFound('There is no such command for an agent of yours.');
    if (row.ended_at !== null) return undefined;
    await work.updateTable('commands').set({ outcome: result.outcome, detail: result.detail, ended_at: at }).where('id', '=', id).execute();
    await audit(work, { at, teamId, actor, action: `command:${result.outcome}`, target: row.session_key, after: { command: id, kind: row.kind }, result: result.outcome === 'done' ? 'done' : result.outcome === 'failed' ? 'failed' : 'refused' });
    return row;
  });
  if (answered) events.emit('agent:answered', { commandId: id, sessionId: answered.session_id, kind: answered.kind, askedBy: answered.asked_by, ...result });
};

/** What nobody answered in time has expired. */
export const expireCommands = async ({ store, now, events }: Base): Promise<void> => {
  const at = now();
  // An agent that took it may still be at it, and its answer counts for a while.
  const rows = await store.selectFrom('commands').innerJoin('sessions', 'sessions.id', 'commands.session_id')
    .select(['commands.id', 'commands.kind', 'commands.session_id', 'commands.asked_by', 'sessions.session_key', 'sessions.team_id']).where('commands.ended_at', 'is', null).where('commands.expires_at', '<', at - graceMs).execute();
  for (const row of rows) {
    await store.transaction().execute(async (work) => {
      await work.updateTable('commands').set({ outcome: 'expired', detail: unanswered, ended_at: at }).where('id', '=', row.id).where('ended_at', 'is', null).execute();
      await audit(work, { at, teamId: row.team_id, actor: { name: 'hub', address: 'hub' }, action: 'command:expired', target: row.session_key, after: { command: row.id, kind: row.kind }, result: 'refused' });
    });
    events.emit('agent:answered', { commandId: row.id, sessionId: row.session_id, kind: row.kind, askedBy: row.asked_by, outcome: 'expired', detail: unanswered });
  }
};

const graceMs = 30_000;
const unanswered = 'The agent did not answer in time.';
