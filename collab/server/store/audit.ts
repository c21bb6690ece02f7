import type { Store, Work } from './open.ts';

/** One line of the audit log: who, from where, what, on what, and how it went. Never any content. */
export interface AuditEntry {
  readonly at: number;
  readonly teamId?: string;
  readonly actor: { readonly id?: string; readonly name: string; readonly address: string };
  readonly action: AuditAction;
  readonly target: string;
  readonly before?: unknown;
  readonly after?: unknown;
  /** @default 'done' */
  readonly result?: 'done' | 'refused' | 'failed';
}

/** Everything that is audited; one word for one act. */
export type AuditAction = `${'login' | 'device' | 'account' | 'invite' | 'token' | 'team' | 'member' | 'key' | 'session' | 'share' | 'command' | 'agent' | 'export' | 'alert'}:${string}`;

/** Writes a line in the transaction of the act: when it cannot be written, the act fails with it. */
export const audit = async (work: Store | Work, { at, teamId, actor, action, target, before, after, result = 'done' }: AuditEntry): Promise<void> => {
  await work.insertInto('audit').values({
    at, action, target, result, team_id: teamId ?? null, actor_id: actor.id ?? null, actor: actor.name, address: actor.address,
    before: before === undefined ? null : JSON.stringify(before), after: after === undefined ? null : JSON.stringify(after),
  }).execute();
};
