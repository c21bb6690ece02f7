import type { CommandKind } from 'watchroom/wire';
import type { Base } from '../base.ts';
import type { AuditEntry } from '../store/audit.ts';
import type { SessionTable } from '../store/schema.ts';

/** Asks the agent of a session to do something (agents/commands.ts); this folder only says for whom. */
export type AskAgent = (base: Base, command: { readonly session: SessionTable; readonly kind: CommandKind; readonly actor: AuditEntry['actor'] & { readonly id: string } }) => Promise<{ readonly id: string; readonly expiresAt: number }>;
