import type { PastCursor, UseBook } from '../session/hour-use.ts';
import type { EpochMs } from '../session/part.ts';
import type { AgentMemory } from './memory.ts';
import { useRows } from './use-rows.ts';
import type { ToolCounts } from './use-rows.ts';
import { reportLimits } from './wire.ts';
import type { PastSession, UseRow } from './wire.ts';

/** Transcripts from elsewhere may be put into the home folder at any time, so the history is gone through again now and then; what the hub has counts once. */
const againAfterMs = 7 * 86_400_000;
const sessionsAtOnce = 50;

export interface BacklogOptions {
  readonly memory: AgentMemory;
  readonly book: UseBook;
  readonly toolCounts: ToolCounts;
  readonly now: () => EpochMs;
  readonly random: () => number;
}

/** Some history, ready to be sent. */
export interface PastPage {
  readonly use: readonly UseRow[];
  readonly past: readonly PastSession[];
}

/** Sends the history of the ledger to a hub, the newest first, and remembers how far it is. */
export class Backlog {
  readonly #options: BacklogOptions;
  /** Of the page that was read from the ledger: what of it is not acknowledged yet. */
  #pages: PastPage[] = [];
  #next: PastCursor | 'end' | undefined;

  constructor(options: BacklogOptions) {
    this.#options = options;
  }

  /** The next page for this hub; undefined: it has everything. */
  async page(hub: string, ledger: string): Promise<PastPage | undefined> {
    if (this.#pages.length === 0) await this.#read(hub, ledger);
    return this.#pages[0];
  }

  /** The hub has booked the page. */
  acknowledge(hub: string, ledger: string): void {
    const { memory, now } = this.#options;
    this.#pages.shift();
    if (this.#pages.length > 0 || this.#next === undefined) return;
    memory.keepBacklog({ hub, ledger }, this.#next === 'end' ? { doneAt: now() } : { after: this.#next });
  }

  /**
   * The hub may have lost some of it, or was only restarted, which it does not tell: history is gone through again within a day,
   * at a time of its own for each agent, so that many agents do not send all of theirs after every restart.
   */
  sendAgainSoon(hub: string, ledger: string): void {
    const { memory, now, random } = this.#options;
    const doneAt = memory.backlogOf(hub, ledger)?.doneAt;
    if (doneAt !== undefined) memory.keepBacklog({ hub, ledger }, { doneAt: Math.min(doneAt, now() - againAfterMs + random() * 86_400_000) });
  }

  /** What was read is for another hub. */
  forget(): void {
    this.#pages = [];
  }

  async #read(hub: string, ledger: string): Promise<void> {
    const { memory, book, toolCounts, now } = this.#options;
    const place = memory.backlogOf(hub, ledger);
    const age = place?.doneAt === undefined ? undefined : now() - place.doneAt;
    if (age !== undefined && age >= 0 && age < againAfterMs) return;
    const { sessions, next } = await book.past(place?.after, sessionsAtOnce);
    this.#next = next ?? 'end';
    this.#pages = pagesOf(sessions.map(({ totals, hours }) => ({ facts: factsOf(totals), rows: useRows(totals, hours, toolCounts) })));
    if (this.#pages.length === 0) this.#pages = [{ use: [], past: [] }];
  }
}

const factsOf = ({ id, project, startedAt, lastActivityAt }: PastSession): PastSession => ({
  id,
  ...(project === undefined ? {} : { project: project.slice(0, 200) }),
  ...(startedAt === undefined ? {} : { startedAt }),
  ...(lastActivityAt === undefined ? {} : { lastActivityAt }),
});

const pagesOf = (sessions: readonly { readonly facts: PastSession; readonly rows: readonly UseRow[] }[]): PastPage[] => {
  const pages: { use: UseRow[]; past: PastSession[] }[] = [];
  const most = reportLimits.use / 2;
  for (const { facts, rows } of sessions)
    for (let from = 0; from < rows.length; from += most) {
      const some = rows.slice(from, from + most);
      let page = pages.at(-1);
      if (!page || page.use.length + some.length > most) pages.push((page = { use: [], past: [] }));
      page.use.push(...some);
      page.past.push(facts);
    }
  return pages;
};
