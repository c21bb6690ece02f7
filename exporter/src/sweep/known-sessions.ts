import type { EpochMs } from '../session/part.ts';
import type { StoredSession } from '../session/session.ts';
import type { Tool } from '../session/tool.ts';

/** The sessions that were told of, by id and by last activity: a change of one of thousands costs next to nothing. */
export class KnownSessions {
  readonly #byId = new Map<string, StoredSession>();
  readonly #newestFirst: StoredSession[] = [];
  readonly #counts = new Map<Tool, number>();
  #changed = new Set<string>();

  static of(sessions: Iterable<StoredSession>): KnownSessions {
    const known = new KnownSessions();
    for (const session of sessions) known.put(session);
    return known;
  }

  get size(): number {
    return this.#byId.size;
  }

  get(id: string): StoredSession | undefined {
    return this.#byId.get(id);
  }

  has(id: string): boolean {
    return this.#byId.has(id);
  }

  /** The most recently active first. */
  get newestFirst(): readonly StoredSession[] {
    return this.#newestFirst;
  }

  /** Those active at or after a moment, the most recently active first. */
  since(at: EpochMs): readonly StoredSession[] {
    return this.#newestFirst.slice(0, this.#firstNot((session) => activityOf(session) >= at));
  }

  /** How many there are of each tool. */
  get counts(): ReadonlyMap<Tool, number> {
    return this.#counts;
  }

  /** Takes in what is told of a session now. */
  put(session: StoredSession): void {
    this.#takeOut(session.id);
    this.#byId.set(session.id, session);
    this.#newestFirst.splice(this.#placeOf(session), 0, session);
    this.#counts.set(session.tool, (this.#counts.get(session.tool) ?? 0) + 1);
    this.#changed.add(session.id);
  }

  /** Forgets all but the most recently active ones. Returns those that went. */
  keep(most: number): readonly StoredSession[] {
    const gone = this.#newestFirst.slice(most);
    for (const { id } of gone) this.#takeOut(id);
    return gone;
  }

  /** The ids of all that were put or went since the last time. */
  takeChanges(): ReadonlySet<string> {
    const changed = this.#changed;
    this.#changed = new Set();
    return changed;
  }

  #takeOut(id: string): void {
    const session = this.#byId.get(id);
    if (!session) return;
    this.#byId.delete(id);
    this.#newestFirst.splice(this.#placeOf(session), 1);
    this.#counts.set(session.tool, this.#counts.get(session.tool)! - 1);
    this.#changed.add(id);
  }

  #placeOf(session: StoredSession): number {
    return this.#firstNot((other) => byActivity(other, session) < 0);
  }

  /** The first place of which a thing is not true that is true of all before it. */
  #firstNot(isTrue: (session: StoredSession) => boolean): number {
    let [from, to] = [0, this.#newestFirst.length];
    while (from < to) {
      const middle = (from + to) >>> 1;
      if (isTrue(this.#newestFirst[middle]!)) from = middle + 1;
      else to = middle;
    }
    return from;
  }
}

/** The most recently active first; of two of the same moment always the same one. */
export const byActivity = (one: StoredSession, other: StoredSession): number => activityOf(other) - activityOf(one) || (one.id < other.id ? -1 : one.id > other.id ? 1 : 0);

const activityOf = ({ lastActivityAt }: StoredSession): EpochMs => lastActivityAt ?? 0;
