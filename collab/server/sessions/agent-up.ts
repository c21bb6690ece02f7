import type { AgentTable } from '../store/schema.ts';

type AgentFacts = { readonly [Name in 'last_report_at' | 'next_due_at']: AgentTable[Name] | null } & { readonly left_at: number | null };

/** Whether the agent of a session is there: three times the announced interval of silence, at least 90 s, and it is not (DESIGN.md 8, as agents/live.ts has it). Undefined: no agent ever told of it. */
export const isAgentUp = ({ last_report_at: last, next_due_at: due, left_at: left }: AgentFacts, now: number): boolean | undefined =>
  last === null || due === null ? undefined : left === null && now < last + Math.max(3 * (due - last), 90_000);
