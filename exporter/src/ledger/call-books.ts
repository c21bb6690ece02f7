import type Database from 'better-sqlite3';
import { callFlags, unpackCalls } from '../session/packed-calls.ts';
import type { PackedCall, PackedCalls } from '../session/packed-calls.ts';
import type { EpochMs } from '../session/part.ts';
import { totalTokens } from '../session/usage.ts';
import type { Usage } from '../session/usage.ts';
import { callColumns } from './call-row.ts';
import type { CallRow } from './call-row.ts';
import type { Fleet } from './fleet.ts';
import type { Names } from './names.ts';
import { PendingCalls } from './pending-calls.ts';
import { Seen } from './seen.ts';

/** A record found later than this after its time is history: it fills the roll-ups, not the fleet counters. */
export const lateAfterMs = 3_600_000;
const quarterMs = 900_000;

/** Calls written by one statement: what a statement costs beside its values is then little. */
const callsAtOnce = 8;
const putting = (calls: number): string => `INSERT OR REPLACE INTO calls (${callColumns.join(', ')}) VALUES ${new Array(calls).fill(`(${callColumns.map(() => '?').join(', ')})`).join(', ')}`;

/** Who claims the calls of a report. */
export interface Claimant {
  readonly tool: string;
  readonly source: number;
  readonly born: EpochMs;
  /** Ledger id, start of the claiming part and project of each session the calls name. */
  readonly sessions: readonly { readonly id: number; readonly key: string; readonly started: EpochMs; readonly project: string | undefined }[];
}

/** A session's use of a model since the last save, by the columns of session_use. NaN: no call said anything of this kind, and SQLite keeps it as NULL. */
interface Use { readonly session: number; readonly model: number; readonly amounts: number[] }
/** What was used in a quarter of an hour since the last save, by the columns of rollups. */
interface Rollup { readonly quarter: number; readonly tool: string; readonly model: number; readonly project: number; readonly amounts: number[] }

/**
 * Books every call of the machine once (TRAPS.md 3): for the session whose transcript began first, with the report that says most,
 * into the session's use, the quarter-hour roll-ups and, when it is news, the fleet counters.
 */
export class CallBooks {
  readonly #db: Database.Database;
  readonly #names: Names;
  readonly #fleet: Fleet;
  readonly #createdAt: EpochMs;
  readonly #bornOf: (source: number) => EpochMs;
  readonly #keyOf: (session: number) => string;
  readonly #toolOf: (session: number) => string;
  readonly #find: Database.Statement;
  readonly #sameMessage: Database.Statement;
  readonly #put: Database.Statement;
  readonly #putMany: Database.Statement;
  /** Messages booked so far, when the table was empty before: of a new ledger's calls almost all are first ones, and a look into the table for each takes as long as writing it. */
  readonly #seen: Seen | undefined;
  /** Calls booked since the last save: written in the order of the table, each page of it is touched once. */
  readonly #pending = new PendingCalls();
  #saveUse: Database.Statement | undefined;
  #saveRollup: Database.Statement | undefined;
  readonly #use = new Map<string, Use>();
  readonly #rollups = new Map<string, Rollup>();
  /** What the call before was counted in: the next one most often is, too. */
  #lastUse: Use | undefined;
  #lastRollup: Rollup | undefined;
  readonly touched = new Set<number>();
  lateTokens = 0;
  readonly corrections = new Map<string, number>();

  constructor(options: { db: Database.Database; names: Names; fleet: Fleet; createdAt: EpochMs; bornOf: (source: number) => EpochMs; keyOf: (session: number) => string; toolOf: (session: number) => string }) {
    this.#db = options.db;
    this.#names = options.names;
    this.#fleet = options.fleet;
    this.#createdAt = options.createdAt;
    this.#bornOf = options.bornOf;
    this.#keyOf = options.keyOf;
    this.#toolOf = options.toolOf;
    this.#find = this.#db.prepare('SELECT * FROM calls WHERE message = ? AND request = ?');
    this.#sameMessage = this.#db.prepare('SELECT * FROM calls WHERE message = ?');
    this.#put = this.#db.prepare(putting(1));
    this.#putMany = this.#db.prepare(putting(callsAtOnce));
    this.#seen = this.#db.prepare('SELECT 1 FROM calls LIMIT 1').get() === undefined ? new Seen() : undefined;
  }

  /** Returns how many of the calls stood already for another session: the transcript repeats that one's history. */
  book(calls: PackedCalls, claimant: Claimant, now: EpochMs): number {
    let repeated = 0;
    const models = calls.models.map((model) => this.#names.id(model));
    const projects = claimant.sessions.map(({ project }) => this.#names.id(project));
    for (const call of unpackCalls(calls)) {
      const row = rowOf(call, { model: call.model < 0 ? 0 : models[call.model]!, project: projects[call.session]! }, claimant);
      const isFirst = this.#seen?.add(row.message) === false;
      const before = isFirst ? undefined : this.#findCall(row);
      if (before && before.session !== row.session) repeated += 1;
      if (before) this.#rebook(before, row, claimant, now);
      else this.#bookNew(row, { isFirst, claimant, now });
    }
    return repeated;
  }

  /** Writes what was booked since the last save, and its sums; inside the caller's transaction. */
  save(): void {
    this.#pending.takeAll(callsAtOnce, (values) => (values.length > callColumns.length ? this.#putMany : this.#put).run(values));
    const use = (this.#saveUse ??= this.#db.prepare(`INSERT INTO session_use (session, model, input, output, cache_read, cache_creation_5m, cache_creation_1h, reasoning, requests, micro_usd, priced, unpriced_tokens, lower_bound)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET
      input = ifnull(input + excluded.input, ifnull(input, excluded.input)), output = ifnull(output + excluded.output, ifnull(output, excluded.output)),
      cache_read = ifnull(cache_read + excluded.cache_read, ifnull(cache_read, excluded.cache_read)),
      cache_creation_5m = ifnull(cache_creation_5m + excluded.cache_creation_5m, ifnull(cache_creation_5m, excluded.cache_creation_5m)),
      cache_creation_1h = ifnull(cache_creation_1h + excluded.cache_creation_1h, ifnull(cache_creation_1h, excluded.cache_creation_1h)),
      reasoning = ifnull(reasoning + excluded.reasoning, ifnull(reasoning, excluded.reasoning)),
      requests = requests + excluded.requests, micro_usd = micro_usd + excluded.micro_usd, priced = priced + excluded.priced,
      unpriced_tokens = unpriced_tokens + excluded.unpriced_tokens, lower_bound = lower_bound + excluded.lower_bound`));
    for (const { session, model, amounts } of this.#use.values()) use.run(session, model, ...amounts);
    this.#use.clear();
    this.#lastUse = undefined;
    const rollup = (this.#saveRollup ??= this.#db.prepare(`INSERT INTO rollups (quarter, tool, model, project, input, output, cache_read, cache_creation_5m, cache_creation_1h, requests, micro_usd, unpriced_tokens)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET input = input + excluded.input, output = output + excluded.output, cache_read = cache_read + excluded.cache_read,
      cache_creation_5m = cache_creation_5m + excluded.cache_creation_5m, cache_creation_1h = cache_creation_1h + excluded.cache_creation_1h,
      requests = requests + excluded.requests, micro_usd = micro_usd + excluded.micro_usd, unpriced_tokens = unpriced_tokens + excluded.unpriced_tokens`));
    for (const { quarter, tool, model, project, amounts } of this.#rollups.values()) rollup.run(quarter, tool, model, project, ...amounts);
    this.#rollups.clear();
    this.#lastRollup = undefined;
  }

  /** @param isFirst no call of the same message was booked before */
  #bookNew(row: CallRow, { isFirst, claimant, now }: { readonly isFirst: boolean; readonly claimant: Claimant; readonly now: EpochMs }): void {
    if (row.request !== 0 && !isFirst && this.#isReplay(row)) row.flags |= callFlags.dropped;
    else if (row.at >= this.#createdAt) this.#toFleet(row, usageOf(row), row.micro_usd ?? undefined, claimant.tool, now);
    this.#store(row, claimant.tool);
  }

  /**
   * Another report of a call that is booked already: the better claim owns it, the fuller report stands, the earliest time dates it.
   * The fleet grows by what is more than before; what is less is a correction that was clamped.
   */
  #rebook(before: CallRow, report: CallRow, claimant: Claimant, now: EpochMs): void {
    const owner = report.session !== before.session && this.#outranks(report, before, claimant.born) ? report : before;
    const fuller = (report.flags & callFlags.newestWins) !== 0 || (report.output ?? 0) >= (before.output ?? 0) ? report : before;
    const row: CallRow = {
      ...fuller,
      session: owner.session, source: owner.source, owner_started: owner.owner_started, project: owner.project, position: owner === report || fuller === report ? report.position : before.position,
      at: Math.min(before.at, report.at), web_searches: Math.max(before.web_searches, report.web_searches), requests: Math.max(before.requests, report.requests),
      flags: (fuller.flags & ~(callFlags.dropped | callFlags.inFleet | callFlags.sidechain)) | (before.flags & (callFlags.dropped | callFlags.inFleet)) | (before.flags & report.flags & callFlags.sidechain),
    };
    if (fuller.source !== row.source && owner !== report) { row.source = before.source; row.position = before.position; }
    if (sameBooking(row, before)) return;
    const tool = this.#toolOf(before.session);
    if ((before.flags & callFlags.dropped) === 0) this.#count(before, tool, -1);
    if ((before.flags & callFlags.inFleet) !== 0) this.#fleetGrowth(before, row, claimant.tool, now);
    if (owner === report) this.#correct('moved_to_earlier_session');
    this.#store(row, claimant.tool);
  }

  #outranks(report: CallRow, before: CallRow, born: EpochMs): boolean {
    if (report.owner_started !== before.owner_started) return report.owner_started < before.owner_started;
    const bornBefore = this.#bornOf(before.source);
    return born !== bornBefore ? born < bornBefore : this.#keyOf(report.session) < this.#keyOf(before.session);
  }

  /** A side conversation repeats messages of the main one under other request ids (TRAPS.md 4): only the main one counts. */
  #isReplay(row: CallRow): boolean {
    const others = this.#callsOf(row.message);
    if (others.length === 0) return false;
    const side = (row.flags & callFlags.sidechain) !== 0;
    if (side) return others.some((other) => (other.flags & callFlags.sidechain) === 0);
    for (const other of others) if ((other.flags & callFlags.sidechain) !== 0 && (other.flags & callFlags.dropped) === 0) this.#drop(other);
    return false;
  }

  #drop(row: CallRow): void {
    this.#count(row, this.#toolOf(row.session), -1);
    if ((row.flags & callFlags.inFleet) !== 0) this.#correct('replayed_sidechain');
    this.#pending.put({ ...row, flags: row.flags | callFlags.dropped });
  }

  #toFleet(row: CallRow, usage: Usage, microUsd: number | undefined, tool: string, now: EpochMs): void {
    if (row.at < this.#createdAt || row.at - now > lateAfterMs) return; // history, or a time that cannot be
    if (now - row.at > lateAfterMs) {
      this.lateTokens += totalTokens(usage);
      return;
    }
    row.flags |= callFlags.inFleet;
    this.#fleet.addUse({ tool, model: this.#names.name(row.model), project: this.#fleet.projectLabel(this.#names.name(row.project)), usage, microUsd, requests: row.requests, now });
  }

  #fleetGrowth(before: CallRow, after: CallRow, tool: string, now: EpochMs): void {
    const usage: { -readonly [Kind in keyof Usage]: number } = {};
    let lowered = false;
    for (const kind of ['input', 'output', 'cache_read', 'cache_creation_5m', 'cache_creation_1h'] as const) {
      const more = (after[kind] ?? 0) - (before[kind] ?? 0);
      if (more > 0) usage[kind] = more;
      if (more < 0) lowered = true;
    }
    const moreUsd = (after.micro_usd ?? 0) - (before.micro_usd ?? 0);
    if (lowered || moreUsd < 0) this.#correct('usage_lowered');
    if (Object.keys(usage).length === 0 && moreUsd <= 0) return;
    this.#fleet.addUse({ tool, model: this.#names.name(after.model), project: this.#fleet.projectLabel(this.#names.name(after.project)), usage, microUsd: after.micro_usd === null ? undefined : Math.max(0, moreUsd), requests: 0, now });
  }

  #store(row: CallRow, tool: string): void {
    if ((row.flags & callFlags.dropped) === 0) this.#count(row, tool, 1);
    this.#pending.put(row);
  }

  #findCall({ message, request }: CallRow): CallRow | undefined {
    return this.#pending.find(message, request) ?? (this.#find.get(message, request) as CallRow | undefined);
  }

  #callsOf(message: number): CallRow[] {
    const pending = this.#pending.of(message);
    const written = this.#sameMessage.all(message) as CallRow[];
    return [...written.filter(({ request }) => !pending.some((row) => row.request === request)), ...pending];
  }

  /** Adds (or takes back) a call in the session's use and the roll-up of its quarter of an hour. */
  #count(row: CallRow, tool: string, sign: 1 | -1): void {
    this.touched.add(row.session);
    const tokens = (row.input ?? 0) + (row.output ?? 0) + (row.cache_read ?? 0) + (row.cache_creation_5m ?? 0) + (row.cache_creation_1h ?? 0);
    const unpriced = row.micro_usd === null ? tokens : 0;
    const use = (this.#lastUse = this.#useOf(row)).amounts;
    add(use, 0, row.input, sign);
    add(use, 1, row.output, sign);
    add(use, 2, row.cache_read, sign);
    add(use, 3, row.cache_creation_5m, sign);
    add(use, 4, row.cache_creation_1h, sign);
    add(use, 5, row.reasoning, sign);
    use[6]! += sign * row.requests;
    use[7]! += sign * (row.micro_usd ?? 0);
    use[8]! += row.micro_usd === null ? 0 : sign;
    use[9]! += sign * unpriced;
    use[10]! += (row.flags & callFlags.outputLowerBound) === 0 ? 0 : sign;

    const { amounts } = (this.#lastRollup = this.#rollupOf(row, tool));
    amounts[0]! += sign * (row.input ?? 0);
    amounts[1]! += sign * (row.output ?? 0);
    amounts[2]! += sign * (row.cache_read ?? 0);
    amounts[3]! += sign * (row.cache_creation_5m ?? 0);
    amounts[4]! += sign * (row.cache_creation_1h ?? 0);
    amounts[5]! += sign * row.requests;
    amounts[6]! += sign * (row.micro_usd ?? 0);
    amounts[7]! += sign * unpriced;
  }

  #useOf({ session, model }: CallRow): Use {
    const last = this.#lastUse;
    if (last && last.session === session && last.model === model) return last;
    const key = `${session} ${model}`;
    let use = this.#use.get(key);
    if (!use) this.#use.set(key, (use = { session, model, amounts: [NaN, NaN, NaN, NaN, NaN, NaN, 0, 0, 0, 0, 0] }));
    return use;
  }

  #rollupOf({ at, model, project }: CallRow, tool: string): Rollup {
    const quarter = Math.floor(at / quarterMs);
    const last = this.#lastRollup;
    if (last && last.quarter === quarter && last.model === model && last.project === project && last.tool === tool) return last;
    const key = `${quarter} ${model} ${project} ${tool}`;
    let rollup = this.#rollups.get(key);
    if (!rollup) this.#rollups.set(key, (rollup = { quarter, tool, model, project, amounts: [0, 0, 0, 0, 0, 0, 0, 0] }));
    return rollup;
  }

  #correct(reason: string): void {
    this.corrections.set(reason, (this.corrections.get(reason) ?? 0) + 1);
  }
}

const rowOf = (call: PackedCall, { model, project }: { readonly model: number; readonly project: number }, { sessions, source }: Claimant): CallRow => {
  const owner = sessions[call.session]!;
  const { usage } = call;
  return {
    message: call.message, request: call.request, session: owner.id, source, position: call.position, owner_started: owner.started, at: call.at, model,
    input: usage.input ?? null, output: usage.output ?? null, cache_read: usage.cache_read ?? null, cache_creation_5m: usage.cache_creation_5m ?? null,
    cache_creation_1h: usage.cache_creation_1h ?? null, reasoning: usage.reasoning ?? null,
    requests: call.requests, web_searches: call.webSearches, flags: call.flags, micro_usd: call.microUsd ?? null, project,
  };
};

const add = (sums: number[], index: number, amount: number | null, sign: 1 | -1): void => {
  if (amount !== null) sums[index] = (Number.isNaN(sums[index]) ? 0 : sums[index]!) + sign * amount;
};

const usageOf = (row: CallRow): Usage => {
  const usage: { -readonly [Kind in keyof Usage]: number } = {};
  for (const kind of ['input', 'output', 'cache_read', 'cache_creation_5m', 'cache_creation_1h', 'reasoning'] as const) if (row[kind] !== null) usage[kind] = row[kind];
  return usage;
};

const sameBooking = (a: CallRow, b: CallRow): boolean =>
  a.session === b.session && a.at === b.at && a.model === b.model && a.input === b.input && a.output === b.output && a.cache_read === b.cache_read &&
  a.cache_creation_5m === b.cache_creation_5m && a.cache_creation_1h === b.cache_creation_1h && a.reasoning === b.reasoning && a.requests === b.requests &&
  a.web_searches === b.web_searches && a.flags === b.flags && a.micro_usd === b.micro_usd;
