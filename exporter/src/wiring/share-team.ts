import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { createHubClient } from '../agent/hub-client.ts';
import type { Outcome } from '../agent/hub-client.ts';
import { noSuchSession } from '../agent/wire.ts';
import type { VisibilityAnswer } from '../agent/wire.ts';
import { CommandError } from '../cli/exit-codes.ts';
import type { ShareAsk, Sharing } from '../cli/share-backend.ts';
import { openInBrowser } from './browser.ts';
import { keepRenewing, leaseMs } from './lease.ts';
import { askReport, askReportNoMore } from './owner-answers.ts';
import { reportingOf, reportingWarnings } from './reporting.ts';
import { notTold } from './share-here.ts';
import type { Sharer } from './share-here.ts';
import { theService } from './share-service.ts';
import type { Service } from './share-service.ts';

/** Opens a session to the team at its hub. Where no agent tells of it, the exporter of this machine does: of this one session. */
export const shareWithTeam = async ({ world, about, tell }: Sharer, ask: ShareAsk): Promise<Sharing> => {
  const { session, once, show } = ask;
  if ((ask.token ?? ask.variable ?? world.config.agentTokenFile) === undefined) throw new CommandError(`the hub ${world.config.hubUrl} is configured, and sharing there needs the token that it made for this machine's agent: --token-file FILE, or the variable WATCHROOM_TOKEN. For guests nearby, without that hub: --lan`, 'usage');
  const reporting = reportingOf(world, { token: ask.token, variable: ask.variable, askOwner: () => Promise.resolve(undefined) });
  for (const said of reportingWarnings(reporting, world)) tell({ said });
  const { hubUrl, token } = reporting;
  const client = createHubClient(hubUrl, token);
  const wish = (visibility: 'team' | 'private'): Promise<Outcome<VisibilityAnswer>> => client.show(session, { visibility }, AbortSignal.timeout(patienceMs));
  const first = await wish('team');
  if (first.kind !== 'ok' && !isUnknown(first)) throw new CommandError(first.sentence);
  // A hub takes what an agent reports as open to the team, so one that it did not know was not open.
  const wasOpen = first.kind === 'ok' && first.answer.before !== 'private';
  const told = first.kind === 'ok' && first.answer.told;
  let report: Report | undefined;
  try {
    if (!told) report = await startReport();
    const { room } = report ? await knownAtLast(report) : (first as { readonly answer: VisibilityAnswer }).answer;
    return {
      to: { kind: 'team', hub: hubUrl }, room, link: room, wasOpen,
      syncedBy: told ? 'agent' : report!.service.own ? 'this command' : 'exporter',
      shown: show && openInBrowser(room, world.machine.platform, about.env),
      over: report ? report.over : new Promise<never>(() => undefined),
      end: async () => {
        const closed = once || wasOpen ? undefined : await wish('private');
        await report?.stop();
        if (closed !== undefined && closed.kind !== 'ok') throw new CommandError(`the session is still open to the team, for the hub could not be told: ${closed.sentence}. Close it in its room: ${room}`);
        if (closed) return 'It is private again: only you and those with a role in its room see it. What was reported stays at the hub.';
        return wasOpen ? `It was open to the team before, and stays so: ${room}` : `It stays open to the team; who shared it closes it in its room: ${room}`;
      },
    };
  } catch (error) {
    if (!wasOpen) await wish('private'); // it may be open by now
    await report?.stop().catch(() => undefined);
    throw error;
  }

  async function startReport(): Promise<Report> {
    const service = await theService({ world, about, lastActivityAt: session.lastActivityAt, hub: false });
    const question = { session: session.id, hubUrl, token, shareTitles: reporting.shareTitles ?? false, leaseMs, ...(reporting.hostName === undefined ? {} : { hostName: reporting.hostName }), ...(ask.intervalMs === undefined ? {} : { everyMs: ask.intervalMs }) };
    return keptUp(service, { question, tell });
  }

  /** Until the report has arrived. */
  async function knownAtLast({ over, said, seen }: Report): Promise<VisibilityAnswer> {
    const stopped = about.ending.then((): never => { throw new CommandError('stopped: nothing is shared'); });
    stopped.catch(() => undefined);
    for (let waited = 0; waited < patienceMs; await Promise.race([sleep(againMs), over, stopped])) {
      const refusal = said().find((sentence) => sentence.startsWith('the hub does not take'));
      if (refusal !== undefined) throw new CommandError(refusal);
      const last = await wish('team');
      if (last.kind === 'ok' && last.answer.told) return last.answer;
      if (last.kind !== 'ok' && !isUnknown(last)) throw new CommandError(last.sentence);
      if (seen() === false) throw notTold(session);
      if (seen()) waited += againMs; // a first look at everything may take its time
    }
    throw new CommandError(`the report of ${session.id} did not arrive at ${hubUrl} in time${said().map((sentence) => `: ${sentence}`).at(-1) ?? ''}`);
  }
};

const patienceMs = 30_000;
const againMs = 200;

const isUnknown = (outcome: Outcome<VisibilityAnswer>): boolean => outcome.kind === 'bad' && outcome.id === noSuchSession;

/** The exporter, reporting one session for as long as we renew it. */
interface Report {
  readonly service: Service;
  readonly over: Promise<never>;
  /** Whether the exporter tells of the session; undefined: it has not looked at everything yet. */
  readonly seen: () => boolean | undefined;
  readonly said: () => readonly string[];
  readonly stop: () => Promise<void>;
}

const toldReport = z.object({ seen: z.boolean().optional(), said: z.array(z.string()) });

const keptUp = async (service: Service, { question, tell }: { readonly question: { readonly session: string; readonly hubUrl: string }; readonly tell: Sharer['tell'] }): Promise<Report> => {
  let now = toldReport.parse(await service.ask(askReport, question));
  const lease = keepRenewing(renew);
  return {
    service, over: Promise.race([service.over, lease.over]), seen: () => now.seen, said: () => now.said,
    stop: async () => {
      await lease.stop();
      await service.ask(askReportNoMore, { session: question.session, hubUrl: question.hubUrl }).catch(() => undefined); // it ends by itself
      await service.stop();
    },
  };

  async function renew(): Promise<void> {
    const next = toldReport.parse(await service.ask(askReport, question));
    for (const said of next.said.slice(now.said.length)) if (!/takes the reports/.test(said)) tell({ said });
    now = next;
  }
};
