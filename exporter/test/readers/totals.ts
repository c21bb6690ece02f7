import { mergeCalls } from '../../src/readers/book.ts';
import type { Findings } from '../../src/readers/book.ts';
import type { Call } from '../../src/session/call.ts';
import { addUsage } from '../../src/session/usage.ts';
import type { Usage } from '../../src/session/usage.ts';

/** The calls of some findings, each once, as the ledger counts them inside one source. */
export const callsOf = (findings: Findings): Call[] => {
  const calls = new Map<string, Call>();
  for (const { call } of findings.calls) {
    const key = `${call.message}\n${call.request}`;
    const before = calls.get(key);
    calls.set(key, before ? mergeCalls(before, call) : call);
  }
  const mainChain = new Set([...calls.values()].filter((call) => !call.sidechain).map((call) => call.message));
  return [...calls.values()].filter((call) => !(call.sidechain && call.request !== '' && mainChain.has(call.message)));
};

export const usageOf = (findings: Findings): Usage => callsOf(findings).reduce((sum, call) => addUsage(sum, call.usage), {} as Usage);

export const requestsOf = (findings: Findings): number => callsOf(findings).reduce((sum, call) => sum + (call.requests ?? 1), 0);
