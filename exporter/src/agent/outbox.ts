import type { Health } from '../session/health-type.ts';
import type { SessionHours } from '../session/hour-use.ts';
import type { EpochMs } from '../session/part.ts';
import type { Session } from '../session/session.ts';
import { paceOf } from './pacing.ts';
import type { Pace } from './pacing.ts';
import { useRows } from './use-rows.ts';
import type { ToolCounts } from './use-rows.ts';
import { reportLimits } from './wire.ts';
import type { UseRow, WireSession } from './wire.ts';

/** What the hub has acknowledged of a session. */
interface Told {
  readonly session: Session;
  readonly text: string;
  readonly health: Health;
  readonly counts: string;
  /** By `performance.now()`. */
  readonly at: number;
  /** Values of its rows; kept while it lives, an ended one hardly ever changes again. */
  readonly rows: ReadonlyMap<string, number> | undefined;
}

/** One session on its way. */
interface Parcel {
  readonly session: Session;
  readonly wire: WireSession;
  readonly text: string;
  readonly counts: string;
  readonly rows: readonly UseRow[];
  /** The rows of a session of many months may not fit into one report. */
  readonly isWhole: boolean;
}

export interface Batch {
  readonly parcels: readonly Parcel[];
  /** More is due than fitted in. */
  readonly more: boolean;
}

export interface OutboxOptions {
  readonly pace: Pace;
  readonly healthOf: (session: Session, now: EpochMs) => Health;
  readonly toWire: (session: Session, health: Health) => WireSession | { readonly problem: string };
  readonly toolCounts: ToolCounts;
  readonly hoursOf: (ids: readonly string[]) => Promise<readonly SessionHours[]>;
  /** By `performance.now()`. */
  readonly clock: () => number;
  readonly onProblem: (problem: string) => void;
}

/** Knows what the hub was told, and makes reports of what has changed since. */
export class Outbox {
  readonly #options: OutboxOptions;
  readonly #told = new Map<string, Told>();
  /** Cannot be told, or the hub does not take it; left alone until it changes. */
  readonly #skipped = new Map<string, Session>();

  constructor(options: OutboxOptions) {
    this.#options = options;
  }

  /** Forgets what was told: everything is due again. */
  forgetAll(): void {
    this.#told.clear();
    this.#skipped.clear();
  }

  /** A single session is due again, with all of its use. */
  forget(id: string): void {
    this.#told.delete(id);
    this.#skipped.delete(id);
  }

  /** The changed sessions whose time has come, watched ones first, and when the next one's comes (ms from now; Infinity: nothing has changed). */
  due(sessions: readonly Session[], { watched, now }: { readonly watched: ReadonlySet<string>; readonly now: EpochMs }): { readonly sessions: readonly Session[]; readonly nextMs: number } {
    const clock = this.#options.clock();
    const due: Session[] = [];
    let nextMs = Infinity;
    for (const session of sessions) {
      const waitMs = this.#waitOf(session, { isWatched: watched.has(session.id), now, clock });
      if (waitMs <= 0) due.push(session);
      else nextMs = Math.min(nextMs, waitMs);
    }
    return { sessions: due.sort((a, b) => Number(watched.has(b.id)) - Number(watched.has(a.id))), nextMs };
  }

  /** Those that have changed by no more than what nobody was told yet; for the last report. */
  changed(sessions: readonly Session[], now: EpochMs): readonly Session[] {
    return sessions.filter((session) => this.#waitOf(session, { isWatched: true, now, clock: Infinity }) <= 0);
  }

  /** Makes a batch of what is due that fits into one report. */
  async pack(due: readonly Session[], now: EpochMs): Promise<Batch> {
    const written = due.flatMap((session) => this.#write(session, now));
    const fitting = withinBytes(written.slice(0, reportLimits.sessions));
    const asked = fitting.filter(({ session, counts }) => session.sources.length > 0 && this.#told.get(session.id)?.counts !== counts);
    const hours = new Map((asked.length === 0 ? [] : await this.#options.hoursOf(asked.map(({ session }) => session.id))).map((one) => [one.id, one.hours]));
    const parcels: Parcel[] = [];
    let room = reportLimits.use / 2; // together with the sessions within the bytes of a report
    for (const one of fitting) {
      if (room <= 0) break;
      const known = hours.get(one.session.id);
      const rows = known ? this.#newRows(one.session, useRows(one.session, known, this.#options.toolCounts)) : [];
      // A session is not torn where it fits into the next report.
      if (rows.length > room && parcels.length > 0) break;
      parcels.push({ ...one, rows: rows.slice(0, room), isWhole: rows.length <= room });
      room -= rows.length;
    }
    return { parcels, more: parcels.length < written.length || parcels.some(({ isWhole }) => !isWhole) };
  }

  /** The hub has booked a batch, apart from what it refused. */
  acknowledge({ parcels }: Batch, refused: ReadonlySet<string>): void {
    const at = this.#options.clock();
    for (const { session, wire, text, counts, rows, isWhole } of parcels) {
      if (refused.has(session.id)) {
        this.#skipped.set(session.id, session);
        this.#told.delete(session.id);
        continue;
      }
      const before = this.#told.get(session.id);
      const kept = session.state === 'ended' ? undefined : withRows(before?.rows, rows);
      this.#told.set(session.id, {
        session: isWhole ? session : { ...session }, text: isWhole ? text : '', health: wire.health, counts: isWhole ? counts : '',
        at: isWhole ? at : -Infinity, rows: isWhole ? kept : withRows(before?.rows, rows),
      });
    }
  }

  /** The hub cannot take a batch, as it is, ever. */
  skip({ parcels }: Batch): void {
    for (const { session } of parcels) this.#skipped.set(session.id, session);
  }

  /** Memory is bounded by what is present. */
  forgetBut(present: ReadonlySet<string>): void {
    for (const known of [this.#told, this.#skipped]) for (const id of known.keys()) if (!present.has(id)) known.delete(id);
  }

  #waitOf(session: Session, { isWatched, now, clock }: { readonly isWatched: boolean; readonly now: EpochMs; readonly clock: number }): number {
    const { pace, healthOf } = this.#options;
    if (this.#skipped.get(session.id) === session) return Infinity;
    const told = this.#told.get(session.id);
    if (!told) return 0;
    if (told.session === session && !hasDrifted(told.health, healthOf(session, now))) return Infinity;
    const ms = told.session.state === session.state ? paceOf(session, { isWatched, now, pace }) : Math.min(pace.activeMs, paceOf(session, { isWatched, now, pace }));
    return told.at + ms - clock;
  }

  #write(session: Session, now: EpochMs): Omit<Parcel, 'rows' | 'isWhole'>[] {
    const { healthOf, toWire, clock, onProblem } = this.#options;
    const wire = toWire(session, healthOf(session, now));
    if ('problem' in wire) {
      onProblem(wire.problem);
      this.#skipped.set(session.id, session);
      return [];
    }
    const text = JSON.stringify(wire);
    const told = this.#told.get(session.id);
    if (told?.text === text) {
      this.#told.set(session.id, { ...told, session, at: clock() }); // another object, the same words
      return [];
    }
    return [{ session, wire, text, counts: countsOf(session) }];
  }

  #newRows({ id }: Session, rows: readonly UseRow[]): readonly UseRow[] {
    const before = this.#told.get(id)?.rows;
    return before ? rows.filter((row) => row[4] > (before.get(keyOf(row)) ?? 0)) : rows;
  }
}

/** What moves the rows of a session. */
const countsOf = ({ models, turns, errors, toolCalls, linesAdded, linesRemoved }: Session): string => JSON.stringify([models, turns, errors, toolCalls, linesAdded, linesRemoved]);

/** The score sinks a little all the time; only a whole point of it is worth a report. */
const hasDrifted = (told: Health, now: Health): boolean => told.level !== now.level || Math.abs((told.score ?? 0) - (now.score ?? 0)) >= 1;

const keyOf = ([, model, kind, hour]: UseRow): string => `${hour} ${kind} ${model}`;

const withRows = (before: ReadonlyMap<string, number> | undefined, rows: readonly UseRow[]): ReadonlyMap<string, number> => {
  const all = new Map(before);
  for (const row of rows) all.set(keyOf(row), row[4]);
  return all;
};

/** Half of the bound is left to rows of use and ids. */
const withinBytes = <Written extends { readonly text: string }>(written: readonly Written[]): readonly Written[] => {
  let bytes = 0;
  const end = written.findIndex(({ text }, index) => (bytes += text.length * 1.1) > reportLimits.bytes / 2 && index > 0);
  return end === -1 ? written : written.slice(0, end);
};
