import { gzipSync } from 'node:zlib';
import { agentPaths, wireVersion } from 'watchroom/wire';
import type { Report, ReportAnswer, UseRow, WireSession } from 'watchroom/wire';
import type { Answer, Client, TestHub } from '../support/hub.ts';

/** A session as an agent tells it. */
export const aWire = (facts: Partial<WireSession> & { readonly id: string }): WireSession => ({
  tool: facts.id.split('/')[0] as WireSession['tool'], nativeId: facts.id.slice(facts.id.indexOf('/') + 1),
  models: {}, messages: {}, toolCalls: {}, toolErrors: {}, errors: {}, errorTimes: [], files: {}, present: { turnOpen: true, pendingTools: [] }, rot: {},
  state: 'working', processes: [], hasTranscript: true, health: { factors: {}, missing: [] }, edits: [],
  ...facts,
});

/** The hour of a time, as use rows count them. */
export const hourOf = (at: number): number => Math.floor(at / 3_600_000);

/** An agent that says what the test has it say. */
export interface TestAgent {
  readonly client: Client;
  readonly card: Report['agent'];
  /** Reports; what is left out is nothing new. */
  readonly report: (facts?: Partial<Report>) => Promise<Answer>;
  /** The same, and the answer is a good one. */
  readonly tells: (facts?: Partial<Report>) => Promise<ReportAnswer>;
}

export const anAgent = async (hub: TestHub, { userId, teamId, hostName = 'desk', id = `${hostName}-1`, url }: { readonly userId: string; readonly teamId: string; readonly hostName?: string; readonly id?: string; readonly url?: string }): Promise<TestAgent> => {
  const client = await hub.token('agent', userId, teamId);
  const card: Report['agent'] = { id, hostName, platform: 'linux', version: '0.1.0', ledgerId: 'ledger-1', startedAt: hub.clock.now - 1000, ...(url === undefined ? {} : { url }) };
  let present: readonly string[] = [];
  const report = async (facts: Partial<Report> = {}): Promise<Answer> => {
    const sessions = facts.sessions ?? [];
    present = facts.present ?? [...new Set([...present, ...sessions.map((session) => session.id)])];
    const body: Report = { v: wireVersion, agent: card, sentAt: hub.clock.now, nextReportMs: 30_000, use: [], ...facts, sessions, present: [...present] };
    return post(hub, client, body);
  };
  return {
    client, card, report,
    tells: async (facts) => {
      const answer = await report(facts);
      if (answer.status !== 200) throw new Error(`the hub says ${answer.status}: ${answer.text}`);
      return answer.body as ReportAnswer;
    },
  };
};

/** As agents send it: with gzip. */
const post = async (hub: TestHub, { secret }: Client, body: Report): Promise<Answer> => {
  const response = await fetch(hub.url + agentPaths.report, { method: 'POST', headers: { 'content-type': 'application/json', 'content-encoding': 'gzip', authorization: `Bearer ${secret}` }, body: gzipSync(JSON.stringify(body)) });
  const text = await response.text();
  return { status: response.status, headers: response.headers, text, body: text === '' ? undefined : JSON.parse(text) };
};

/** All fleet counters of the store: "metric label=value …" → value, over all hosts and users. */
export const fleetTotals = async (hub: TestHub, teamId?: string): Promise<Record<string, number>> => {
  const totals: Record<string, number> = {};
  for (const { metric, labels, value, team_id } of await hub.base.store.selectFrom('fleet').selectAll().execute()) {
    if (teamId !== undefined && team_id !== teamId) continue;
    const key = `${metric} ${Object.values(JSON.parse(labels) as Record<string, string>).join(' ')}`;
    totals[key] = (totals[key] ?? 0) + value;
  }
  return Object.fromEntries(Object.entries(totals).filter(([, value]) => value > 0).sort());
};

export const tokensRow = (id: string, value: number, { hour, kind = 'input', model = 'claude-sonnet-4-5' }: { readonly hour: number; readonly kind?: UseRow[2]; readonly model?: string }): UseRow => [id, model, kind, hour, value];
