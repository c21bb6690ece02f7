/** online: somebody is there; away: they are connected and touch nothing; offline: they are not. */
export type Status = 'online' | 'away' | 'offline';

export const presenceLimits = {
  /** Without input in any tab for so long: away [R4]. */
  awayMs: 5 * 60_000,
  /** A connection that ends is missed only after so long: a reload is silent. */
  graceMs: 20_000,
} as const;

interface Person {
  readonly connections: Set<string>;
  lastInputAt: number;
  /** When they are missed: some time after the last connection ended. */
  missedAt?: number;
  told: Status;
}

/** Who is there: (status, last heard at) of each person, in memory alone [R4]. Several connections of one person are one presence. */
export class Presence {
  readonly #people = new Map<string, Person>();
  readonly #now: () => number;
  readonly #changed: (userId: string, status: Status) => void;

  /** @param changed told when somebody's status is another than was told last */
  constructor(now: () => number, changed: (userId: string, status: Status) => void = () => undefined) {
    this.#now = now;
    this.#changed = changed;
  }

  /** A connection began; that is a sign of life. */
  came(userId: string, connectionId: string): void {
    const person = this.#people.get(userId) ?? { connections: new Set<string>(), lastInputAt: 0, told: 'offline' as Status };
    person.connections.add(connectionId);
    person.lastInputAt = this.#now();
    delete person.missedAt;
    this.#people.set(userId, person);
    this.#tell(userId, person);
  }

  /** Somebody typed, moved, clicked in one of their tabs. */
  touched(userId: string): void {
    const person = this.#people.get(userId);
    if (person === undefined) return;
    person.lastInputAt = this.#now();
    this.#tell(userId, person);
  }

  /** A connection ended. @param graceMs how long they may take to come back unnoticed */
  left(userId: string, connectionId: string, graceMs: number = presenceLimits.graceMs): void {
    const person = this.#people.get(userId);
    if (person === undefined || !person.connections.delete(connectionId)) return;
    if (person.connections.size === 0) person.missedAt = this.#now() + graceMs;
  }

  /** Tells of those whom time alone changed; to be called every second or so. */
  tick(): void {
    for (const [userId, person] of this.#people) {
      this.#tell(userId, person);
      if (person.told === 'offline') this.#people.delete(userId);
    }
  }

  of(userId: string): Status {
    const person = this.#people.get(userId);
    return person === undefined ? 'offline' : this.#statusOf(person);
  }

  /** As Mattermost tells it. A bot is there as long as the hub is. */
  statusOf(userId: string, isBot = false): { readonly user_id: string; readonly status: Status; readonly manual: false; readonly last_activity_at: number } {
    return { user_id: userId, status: isBot ? 'online' : this.of(userId), manual: false, last_activity_at: this.#people.get(userId)?.lastInputAt ?? 0 };
  }

  #statusOf({ connections, lastInputAt, missedAt }: Person): Status {
    const now = this.#now();
    if (connections.size === 0 && now >= (missedAt ?? 0)) return 'offline';
    return now - lastInputAt >= presenceLimits.awayMs ? 'away' : 'online';
  }

  #tell(userId: string, person: Person): void {
    const status = this.#statusOf(person);
    if (status === person.told) return;
    person.told = status;
    this.#changed(userId, status);
  }
}
