import { Draft } from '../../src/session/draft.ts';
import type { SourceReport } from '../../src/ledger/report.ts';
import type { Call } from '../../src/session/call.ts';
import { packCalls } from '../../src/session/packed-calls.ts';
import { sessionId } from '../../src/session/session.ts';

export interface ReportFacts {
  readonly path?: string;
  readonly session?: string;
  readonly role?: 'main' | 'subagent';
  readonly parentId?: string;
  readonly project?: string;
  readonly startedAt?: number;
  readonly born?: number;
  readonly restarted?: boolean;
  readonly freshAfter?: number;
  readonly calls?: readonly Partial<Call>[];
  /** Tells the draft what happened. */
  readonly tell?: (draft: Draft) => void;
  /** Micro-dollars per output token; undefined: the model has no price. */
  readonly price?: number;
}

/** A source's report as the sweep would make it: one session, some calls, what `tell` says. */
export const aReport = (facts: ReportFacts = {}): SourceReport => {
  const { path = '/home/ada/.claude/projects/p/s1.jsonl', session = 's1', role = 'main', startedAt = 1_000_000, born = startedAt } = facts;
  const draft = new Draft('claude', session, role, { freshAfter: facts.freshAfter ?? Infinity });
  draft.seen(startedAt);
  if (facts.parentId !== undefined) draft.set({ parentId: facts.parentId });
  facts.tell?.(draft);
  const growth = draft.takeGrowth();
  const part = draft.toPart();
  const id = sessionId('claude', session);
  const calls = (facts.calls ?? []).map((call) => ({ session: id, call: aCall({ at: startedAt, ...call }) }));
  return {
    tool: 'claude', path, fingerprint: 'f1', memo: {}, born, restarted: facts.restarted ?? false,
    parts: [{ session: id, nativeId: session, role, json: JSON.stringify(part), project: facts.project ?? 'shop', ...(facts.parentId === undefined ? {} : { parentId: facts.parentId }), startedAt: part.startedAt!, lastActivityAt: part.lastActivityAt! }],
    calls: packCalls(calls, (call) => (facts.price === undefined ? undefined : Math.round((call.usage.output ?? 0) * facts.price))),
    growth: growth ? [{ session: id, role, growth }] : [],
    records: 1, unknownRecords: 0, bytes: 100, parseErrors: {},
  };
};

export const aCall = (call: Partial<Call> = {}): Call => ({ message: 'm1', request: 'r1', at: 1_000_000, model: 'claude-opus-4-6', usage: { input: 1, output: 10 }, position: 0, ...call });
