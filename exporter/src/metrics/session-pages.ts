import type { Health } from '../session/health-type.ts';
import type { EpochMs } from '../session/part.ts';
import type { Session } from '../session/session.ts';
import type { LabelSettings, Reading, SessionMetric } from './metric.ts';
import { joined, labelsText, readingLabels, sampleLine } from './text.ts';

/** Health moves with time alone; it is computed anew each minute, or when the session changes. */
const minuteMs = 60_000;
/** Sessions per page on average. A change of one session costs the text of its page. */
const pageSize = 16;

export type HealthOf = (session: Session, now: EpochMs) => Health;

/** What the pages are made with. */
export interface PageSettings {
  readonly metrics: readonly SessionMetric[];
  readonly healthOf: HealthOf;
  readonly labels: LabelSettings;
  /** Labels that every series has, as text: whose sessions these are, on a page of many machines. */
  readonly common?: string;
}

/**
 * The sessions of a snapshot, sorted by id and cut into small pages that keep their text.
 * Session objects are immutable, so a page whose objects are the same needs no work: a scrape copies bytes (PERFORMANCE.md, G6).
 */
export class SessionPages {
  readonly #settings: PageSettings;
  #from: readonly Session[] = [];
  #minute = -1;
  #pages: readonly SessionPage[] = [];

  constructor(settings: PageSettings) {
    this.#settings = settings;
  }

  /** Pages of these sessions, the unchanged ones taken over. */
  of(sessions: readonly Session[], now: EpochMs): readonly SessionPage[] {
    const minute = Math.floor(now / minuteMs);
    if (sessions === this.#from && minute === this.#minute) return this.#pages;
    this.#from = sessions;
    this.#minute = minute;
    const byId = new Map(sessions.map((session) => [session.id, session]));
    this.#pages = this.#sameIds(byId) ? this.#pages.map((page) => page.renewed(page.ids.map((id) => byId.get(id)!), minute)) : this.#cut(byId, minute);
    return this.#pages;
  }

  #sameIds(byId: ReadonlyMap<string, Session>): boolean {
    const known = this.#pages.reduce((sum, page) => sum + page.ids.length, 0);
    return known === byId.size && this.#pages.every((page) => page.ids.every((id) => byId.has(id)));
  }

  /** Where a page ends depends on the ids alone, so that a session that comes or goes moves no other page. */
  #cut(byId: ReadonlyMap<string, Session>, minute: number): SessionPage[] {
    const before = new Map(this.#pages.map((page) => [page.ids[0], page]));
    const pages: SessionPage[] = [];
    let ids: string[] = [];
    const finish = (): void => {
      if (ids.length === 0) return;
      const sessions = ids.map((id) => byId.get(id)!);
      pages.push(before.get(ids[0])?.renewed(sessions, minute) ?? new SessionPage(this.#settings, sessions, minute));
      ids = [];
    };
    for (const id of [...byId.keys()].sort()) {
      if (endsPage(id)) finish();
      ids.push(id);
    }
    finish();
    return pages;
  }
}

const endsPage = (id: string): boolean => {
  let hash = 0;
  for (let index = 0; index < id.length; index += 1) hash = Math.imul(hash ^ id.charCodeAt(index), 0x01000193);
  return (hash >>> 8) % pageSize === 0;
};

/** Some sessions and the text of their series, made when it is first wanted. Immutable. */
export class SessionPage {
  readonly ids: readonly string[];
  readonly #settings: PageSettings;
  readonly #sessions: readonly Session[];
  readonly #minute: number;
  /** Text of the metrics that follow from the sessions alone, and of those that move with time. */
  #steady: Block | undefined;
  #timed: Block | undefined;

  constructor(settings: PageSettings, sessions: readonly Session[], minute: number) {
    this.ids = sessions.map(({ id }) => id);
    this.#settings = settings;
    this.#sessions = sessions;
    this.#minute = minute;
  }

  /** This page, or a new one that takes over what is still true. */
  renewed(sessions: readonly Session[], minute: number): SessionPage {
    const same = sessions.length === this.#sessions.length && sessions.every((session, index) => session === this.#sessions[index]);
    if (same && minute === this.#minute) return this;
    const page = new SessionPage(this.#settings, sessions, minute);
    if (same) page.#steady = this.#steady;
    return page;
  }

  /** The series of one metric. */
  *series(metric: SessionMetric): Generator<{ readonly session: Session; readonly reading: Reading }> {
    for (const session of this.#sessions) for (const reading of this.#read(metric, session)) yield { session, reading };
  }

  /** The same as sample lines, and how many. */
  lines(metric: SessionMetric): { readonly bytes: Uint8Array; readonly series: number } {
    const block = metric.timed ? (this.#timed ??= this.#write(true)) : (this.#steady ??= this.#write(false));
    return block.get(metric.name)!;
  }

  #read(metric: SessionMetric, session: Session): readonly Reading[] {
    return metric.read(session, { health: metric.timed ? this.#settings.healthOf(session, this.#minute * minuteMs) : notAsked, labels: this.#settings.labels });
  }

  #write(timed: boolean): Block {
    const metrics = this.#settings.metrics.filter((metric) => (metric.timed ?? false) === timed);
    const texts = metrics.map(() => '');
    const counts = metrics.map(() => 0);
    for (const session of this.#sessions) {
      const see = { health: timed ? this.#settings.healthOf(session, this.#minute * minuteMs) : notAsked, labels: this.#settings.labels };
      const base = joined(labelsText(['session_id', 'tool'], [session.id, session.tool]), this.#settings.common ?? '');
      metrics.forEach((metric, index) => {
        for (const reading of metric.read(session, see)) {
          texts[index] += sampleLine(metric.name, joined(base, readingLabels(metric.labels, reading)), reading[0]);
          counts[index]! += 1;
        }
      });
    }
    return blockOf(metrics, texts, counts);
  }
}

const notAsked: Health = { factors: {}, missing: [] };

type Block = ReadonlyMap<string, { readonly bytes: Uint8Array; readonly series: number }>;

/** One buffer for the whole page; the metrics are views of it. */
const blockOf = (metrics: readonly SessionMetric[], texts: readonly string[], counts: readonly number[]): Block => {
  const sizes = texts.map((text) => Buffer.byteLength(text));
  const all = Buffer.allocUnsafeSlow(sizes.reduce((sum, size) => sum + size, 0));
  const block = new Map<string, { bytes: Uint8Array; series: number }>();
  let start = 0;
  metrics.forEach(({ name }, index) => {
    all.write(texts[index]!, start);
    block.set(name, { bytes: all.subarray(start, start + sizes[index]!), series: counts[index]! });
    start += sizes[index]!;
  });
  return block;
};
