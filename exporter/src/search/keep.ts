import type { EpochMs } from '../session/part.ts';
import type { ListedRoot } from '../sweep/listing.ts';
import type { Keeper } from './keeper.ts';
import type { Ahead, Search } from './search.ts';

export interface Keeping {
  /** A search of its own for each round: between them nothing is open, so that an index can be deleted. */
  readonly open: () => Search;
  readonly coverage: string;
  readonly pid: number;
  readonly now: () => EpochMs;
  readonly isAlive: (pid: number) => boolean;
  /** @default none */
  readonly restMs?: (tookMs: number) => number;
}

export type Kept = 'current' | 'off' | 'busy' | 'stopped';

/** Keeps an index current that a person has said yes to. One round at a time. */
export class IndexKeeper {
  readonly #keeping: Keeping;
  #roots: readonly ListedRoot[] | undefined;
  #stopped = false;

  constructor(keeping: Keeping) {
    this.#keeping = keeping;
  }

  /**
   * Reads what is new of these paths, or of all that there is.
   * @returns 'off': nobody has said yes, or not any more; 'busy': a command reads now, ask again later
   */
  async round(paths: readonly string[] | 'all'): Promise<Kept> {
    const search = this.#keeping.open();
    try {
      if (!search.isOn) return 'off';
      if (this.#isBusy(search)) return 'busy';
      return await this.#read(search, await this.#ahead(search, paths));
    } finally {
      search.close();
    }
  }

  /** The round in progress ends after the transcript it reads. */
  stop(): void {
    this.#stopped = true;
  }

  #isBusy(search: Search): boolean {
    const reader = search.reader();
    return reader !== undefined && this.#keeping.now() - reader.at < longestSilenceMs && this.#keeping.isAlive(reader.pid);
  }

  async #ahead(search: Search, paths: readonly string[] | 'all'): Promise<Ahead> {
    if (paths !== 'all' && this.#roots) return search.aheadOf(paths, this.#roots);
    const { roots, ...ahead } = await search.ahead();
    this.#roots = roots.map((root) => ({ ...root, files: [], folders: [], problems: [] }));
    return ahead;
  }

  async #read(search: Search, ahead: Ahead): Promise<Kept> {
    const { now, restMs } = this.#keeping;
    const total = { ofFiles: ahead.changed.length, ofBytes: ahead.bytes };
    // A few transcripts that grew are no news; a search that comes meanwhile finds them a moment later.
    const tells = total.ofFiles > 50 || total.ofBytes > 16 << 20;
    let [toldAt, isOver] = [now(), false];
    if (tells) this.#tell(search, { files: 0, bytes: 0, ...total });
    const { stopped } = await search.catchUp(ahead, {
      ...(restMs ? { restMs } : {}),
      isStopped: () => this.#stopped || isOver,
      onProgress: (done) => {
        if (now() - toldAt < tellEveryMs) return;
        toldAt = now();
        isOver = !search.isStill || this.#isBusy(search);
        if (tells && !isOver) this.#tell(search, { ...done, ...total });
      },
    });
    if (stopped) return this.#stopped ? 'stopped' : search.isStill ? 'busy' : 'off';
    this.#tell(search, undefined);
    return 'current';
  }

  #tell(search: Search, reading: Keeper['reading']): void {
    const { pid, coverage, now } = this.#keeping;
    search.tellKeeper({ pid, coverage, at: now(), ...(reading ? { reading } : {}) });
  }
}

const tellEveryMs = 1000;
/** A command that reads says so again and again. */
const longestSilenceMs = 60_000;
