import { reportLimits } from 'watchroom/wire';
import type { Report, ReportAnswer, WireSession } from 'watchroom/wire';
import type { Identity } from '../access/identity.ts';
import { mayOnTeam } from '../access/permissions.ts';
import type { Base } from '../base.ts';
import { Refusal, forbidden, unavailable } from '../routes/errors.ts';
import { tellKept } from '../sessions/keep-events.ts';
import { addTotals, isKnownByUse, keepSessions } from '../sessions/keep.ts';
import type { Kept, Refused } from '../sessions/keep.ts';
import { audit } from '../store/audit.ts';
import { newId } from '../store/ids.ts';
import type { AgentTable } from '../store/schema.ts';
import type { Work } from '../store/open.ts';
import { teamSettingsOf } from '../store/team-settings.ts';
import { inHubTime, skewOf } from './clock.ts';
import type { Fleet } from './fleet.ts';
import { liveSession } from './live.ts';
import type { Live } from './live.ts';
import { keepSamples } from './report-samples.ts';
import { keepUse } from './use-growth.ts';
import type { UseGrowth } from './use-growth.ts';
import type { Watched } from './watched.ts';

export interface ReportParts {
  readonly base: Base;
  readonly hubId: string;
  readonly live: Live;
  readonly fleet: Fleet;
  readonly watched: Watched;
}

export type AgentIdentity = Extract<Identity, { kind: 'agent' }>;

/**
 * Takes the reports of agents, one after the other; memory follows when they are committed. Those that wait together share a transaction:
 * making it durable costs about as much as a report (R1), and then no report waits longer for many others.
 */
export const createReportDesk = (parts: ReportParts): ((agent: AgentIdentity, report: Report) => Promise<ReportAnswer>) => {
  const memory: Memory = { audited: new Recently(3_600_000), askedAll: new Map() };
  let waiting: Waiting[] = [];
  let working = false;
  const work = async (): Promise<void> => {
    working = true;
    while (waiting.length > 0) {
      const batch = waiting.slice(0, mostTogether);
      waiting = waiting.slice(mostTogether);
      await takeTogether(parts, memory, batch);
      await new Promise(setImmediate); // SQLite answers at once: without this everybody else would wait until all reports are stored
    }
    working = false;
  };
  return (agent, report) => new Promise((resolve, reject) => {
    if (waiting.length >= mostWaiting) return reject(unavailable('More reports wait than the hub can take now. Send it again a little later.', 10));
    waiting.push({ agent, report, resolve, reject });
    if (!working) void work();
  });
};

const mostTogether = 16;
const mostWaiting = 500;

interface Waiting {
  readonly agent: AgentIdentity;
  readonly report: Report;
  readonly resolve: (answer: ReportAnswer) => void;
  readonly reject: (problem: unknown) => void;
}

/** When one of them cannot be stored, each is tried alone, so that only that one fails. */
const takeTogether = async (parts: ReportParts, memory: Memory, batch: readonly Waiting[]): Promise<void> => {
  const now = parts.base.now();
  let stored: readonly (Stored | Refusal)[];
  try {
    stored = await parts.base.store.transaction().execute((work) => inTurn(batch, ({ agent, report }) => orRefusal(store(work, { parts, audited: memory.audited, identity: agent, report, now }))));
  } catch (problem) {
    if (batch.length === 1) return batch[0]!.reject(problem);
    await inTurn(batch, (one) => takeTogether(parts, memory, [one]));
    return;
  }
  batch.forEach(({ report, resolve, reject }, index) => {
    const one = stored[index]!;
    if (one instanceof Refusal) return reject(one);
    try {
      resolve(apply(parts, memory, { report, stored: one, now }));
    } catch (problem) {
      reject(problem);
    }
  });
};

const inTurn = async <Item, Result>(items: readonly Item[], work: (item: Item) => Promise<Result>): Promise<Result[]> => {
  const results: Result[] = [];
  for (const item of items) results.push(await work(item));
  return results;
};

/** Who is refused has written nothing. */
const orRefusal = async (work: Promise<Stored>): Promise<Stored | Refusal> => {
  try {
    return await work;
  } catch (problem) {
    if (problem instanceof Refusal) return problem;
    throw problem;
  }
};

interface Memory {
  readonly audited: Recently;
  /** Agents that were asked to send everything again, and by the answer to which report (its sentAt). */
  readonly askedAll: Map<string, number>;
}

/** What was committed is shown, told and answered. */
const apply = ({ base, live, fleet, watched, hubId }: ReportParts, memory: Memory, { report, stored, now }: { readonly report: Report; readonly stored: Stored; readonly now: number }): ReportAnswer => {
  const { row, kept, refused, team } = stored;
  const resend = asksAll(memory, { agentId: row.id, report, hasForgotten: stored.hasForgotten });
  fleet.apply(stored.increments);
  if (report.goodbye) live.left(row.id);
  else {
    const told = live.told(row.id);
    const sessions = stored.sessions.flatMap((wire) => (kept.has(wire.id) ? [liveSession(kept.get(wire.id)!.row, wire, told?.get(wire.id))] : []));
    live.reported({ row, sessions, present: new Set(report.present), now });
  }
  tellKept(base.events, kept.values(), thresholdsOf(team.settings));
  return {
    hub: { id: hubId }, radarKey: team.radar_key, watched: watched.of(row.id),
    ...(resend ? { resend } : {}),
    ...(refused.length === 0 ? {} : { refused: refused.slice(0, reportLimits.sessions).map(({ id, why }) => ({ id, reason: reasons[why] })) }),
  };
};

const reasons: Readonly<Record<Refused['why'], string>> = {
  deleted: 'It was deleted on the hub.',
  "another's": 'Another person of the team reports this session.',
};

interface StoreInput {
  readonly parts: ReportParts;
  readonly audited: Recently;
  readonly identity: AgentIdentity;
  readonly report: Report;
  readonly now: number;
}

type Stored = Awaited<ReturnType<typeof store>>;

/** Everything durable of one report. */
const store = async (work: Work, { parts: { live, fleet, base }, audited, identity, report, now }: StoreInput) => {
  const team = await teamOf(work, identity);
  const { row, before, skew } = await keepAgent(work, { identity, report, now });
  const sessions = uniqueById(report.sessions).map((session) => inHubTime(session, { skew, now }));
  const reporter = { agentId: row.id, teamId: row.team_id, userId: row.user_id, hostName: row.host_name };
  const { kept, refused } = await keepSessions(work, { reporter, sessions, past: pastOf(report, { skew, now }), visibility: 'team', isFreshest: (wire) => live.isFreshest(reporter, wire), now });
  const grown = await keepUse(work, { rows: report.use, idOf: (key) => kept.get(key)?.row.id, since: report.since ?? report.sentAt });
  const increments = fleet.begin(reporter, now);
  for (const growth of grown) increments.add(growth, creditedOf(kept.get(growth.sessionKey)!));
  await increments.save(work);
  await keepSamples(work, { kept, grown, now });
  await addPastTotals(work, kept, grown);
  for (const { id, why, owner } of refused)
    if (why === "another's" && audited.isNew(`${identity.userId} ${id}`, now))
      await audit(work, { at: now, teamId: identity.teamId, actor: { id: identity.userId, name: identity.name, address: identity.address }, action: 'agent:foreign-session', target: id, before: { owner }, result: 'refused' });
  if (before === undefined) base.log.info({ agent: row.id, host: row.host_name }, 'a new agent reports');
  return { row, team, sessions, kept, refused, increments, hasForgotten: hasForgotten({ before, told: live.told(row.id) !== undefined, report }) };
};

/** The team as it is now: a token opens nothing that its person has lost [R8]. */
const teamOf = async (work: Work, { userId, teamId }: AgentIdentity): Promise<{ readonly radar_key: string; readonly settings: string }> => {
  const found = await work.selectFrom('members').innerJoin('teams', 'teams.id', 'members.team_id').select(['members.role', 'teams.radar_key', 'teams.settings'])
    .where('members.user_id', '=', userId).where('members.team_id', '=', teamId).where('teams.deleted_at', 'is', null).executeTakeFirst();
  if (!found || !mayOnTeam('agent:connect', found.role)) throw forbidden('Whoever made this token may not report to this team any more. Ask an admin of the team.', 'not_a_member');
  return found;
};

const keepAgent = async (work: Work, { identity, report, now }: Pick<StoreInput, 'identity' | 'report' | 'now'>): Promise<{ readonly row: AgentTable; readonly before: AgentTable | undefined; readonly skew: number }> => {
  const { agent } = report;
  const before = await work.selectFrom('agents').selectAll().where('team_id', '=', identity.teamId).where('user_id', '=', identity.userId).where('instance', '=', agent.id).executeTakeFirst();
  const facts = {
    token_id: identity.tokenId, host_name: agent.hostName, platform: agent.platform, version: agent.version, ledger_id: agent.ledgerId, url: agent.url ?? null,
    last_report_at: now, next_due_at: now + report.nextReportMs, left_at: report.goodbye ? now : null, skew_ms: skewOf({ sentAt: report.sentAt, receivedAt: now, ...(before ? { before: before.skew_ms } : {}) }),
  };
  const row: AgentTable = { ...(before ?? { id: newId(), team_id: identity.teamId, user_id: identity.userId, instance: agent.id, created_at: now }), ...facts };
  if (before) await work.updateTable('agents').set(facts).where('id', '=', row.id).execute();
  else await work.insertInto('agents').values(row).execute();
  return { row, before, skew: row.skew_ms };
};

/** Asks until the agent shows by its `since` that it heard: an answer may be lost on the way. */
const asksAll = ({ askedAll }: Memory, { agentId, report: { agent, since, sentAt }, hasForgotten: forgotten }: { readonly agentId: string; readonly report: Report; readonly hasForgotten: boolean }): boolean => {
  const asked = askedAll.get(agentId);
  if (asked !== undefined && since !== undefined && (since >= asked || since <= agent.startedAt)) askedAll.delete(agentId);
  if (!forgotten && !askedAll.has(agentId)) return false;
  askedAll.set(agentId, sentAt);
  return true;
};

/** Whether the agent speaks as to somebody who knows more than this hub does: after a restart, or with an older store. */
const hasForgotten = ({ before, told, report: { agent, since, sentAt } }: { readonly before: AgentTable | undefined; readonly told: boolean; readonly report: Report }): boolean => {
  const wasHeard = since !== undefined && since > agent.startedAt && since < sentAt;
  if (!wasHeard) return false;
  return !told || before === undefined || since > before.last_report_at - before.skew_ms + toleratedMs;
};
/** A report's way through the network, which the skew does not know. */
const toleratedMs = 10_000;

const pastOf = (report: Report, clock: { readonly skew: number; readonly now: number }) => {
  const named = new Map((report.past ?? []).map((one) => [one.id, one]));
  for (const [id] of report.use) if (!named.has(id)) named.set(id, { id });
  return [...named.values()].map(({ startedAt, lastActivityAt, ...rest }) => ({
    ...rest,
    ...(startedAt === undefined ? {} : { startedAt: Math.min(startedAt + clock.skew, clock.now) }),
    ...(lastActivityAt === undefined ? {} : { lastActivityAt: Math.min(lastActivityAt + clock.skew, clock.now) }),
  }));
};

const uniqueById = (sessions: readonly WireSession[]): readonly WireSession[] => [...new Map(sessions.map((session) => [session.id, session])).values()];

const creditedOf = ({ row }: Kept) => ({ tool: row.tool, project: row.project_name ?? row.project ?? undefined, isPrivate: row.visibility === 'private' });

const addPastTotals = async (work: Work, kept: ReadonlyMap<string, Kept>, grown: readonly UseGrowth[]): Promise<void> => {
  const sums = new Map<string, { tokens: number; microUsd: number; errors: number }>();
  for (const { sessionKey, kind, grown: amount } of grown) {
    const one = kept.get(sessionKey)!;
    if (one.wire !== undefined || !isKnownByUse(one.row)) continue;
    const sum = sums.get(one.row.id) ?? { tokens: 0, microUsd: 0, errors: 0 };
    sums.set(one.row.id, sum);
    if (kind === 'micro_usd') sum.microUsd += amount;
    else if (kind.startsWith('error:')) sum.errors += amount;
    else if (isTokens(kind)) sum.tokens += amount;
  }
  for (const [id, sum] of sums) await addTotals(work, id, sum);
};

const isTokens = (kind: string): boolean => kind === 'input' || kind === 'output' || kind.startsWith('cache_');

const thresholdsOf = (settings: string) => {
  try {
    return teamSettingsOf(settings).thresholds;
  } catch {
    return teamSettingsOf('{}').thresholds; // settings of a newer version must not keep reports out
  }
};

/** Remembers for a while what was said already. */
class Recently {
  readonly #forMs: number;
  readonly #said = new Map<string, number>();

  constructor(forMs: number) {
    this.#forMs = forMs;
  }

  isNew(key: string, now: number): boolean {
    const before = this.#said.get(key);
    if (before !== undefined && now - before < this.#forMs) return false;
    this.#said.delete(key);
    this.#said.set(key, now);
    if (this.#said.size > 10_000) this.#said.delete(this.#said.keys().next().value!);
    return true;
  }
}
