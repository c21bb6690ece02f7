import type { Report, UseRow, WireSession } from 'watchroom/wire';
import type { Client, TestHub } from '../support/hub.ts';

/** An agent of a person that reports to a hub, as the wire has it. */
export const aReporter = ({ clock }: TestHub, token: Client, hostName: string) => {
  const startedAt = clock.now - 3_600_000;
  let since = startedAt;
  return async (sessions: readonly WireSession[], use: readonly UseRow[] = [], more: Partial<Report> = {}): Promise<void> => {
    const report: Report = {
      v: 1, agent: { id: `agent-${hostName}`, hostName, platform: 'linux', version: '0.0.0', ledgerId: 'one', startedAt }, sentAt: clock.now, nextReportMs: 60_000, since,
      sessions: [...sessions], present: sessions.map(({ id }) => id), use: [...use], ...more,
    };
    const { status, text } = await token.ask('POST', '/api/v1/agents/report', report);
    if (status !== 200) throw new Error(`the report was answered ${status}: ${text}`);
    since = clock.now;
  };
};
