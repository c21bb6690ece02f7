import type { Watcher } from '../files/watch.ts';
import type { Ledger } from '../ledger/ledger.ts';
import type { Reader } from '../readers/reader.ts';
import { observe } from '../session/draft.ts';
import type { EpochMs, Histogram } from '../session/part.ts';
import type { SourceStatus } from '../session/snapshot.ts';
import type { Tool } from '../session/tool.ts';
import type { SeenRoot } from './listing.ts';

/** How it stands with the sources of each tool: which could be read, when they were listed, how many files and watched folders there are. */
export class SourceStates {
  readonly #readers: readonly Reader[];
  readonly #health = new Map<Tool, Health>();
  /** Counted when the roots are listed: a change of one file is told often. */
  readonly #places = new Map<Tool, Places>();

  constructor(readers: readonly Reader[]) {
    this.#readers = readers;
    for (const { tool } of readers) this.#health.set(tool, { problem: undefined, scannedAt: undefined, durations: undefined });
  }

  countPlaces(roots: readonly SeenRoot[], watcher: Watcher | undefined): void {
    for (const { tool } of this.#readers) {
      const own = roots.filter((root) => root.tool === tool);
      const folders = own.flatMap((root) => root.folders);
      const watched = watcher ? folders.filter((folder) => watcher.isWatched(folder)).length : 0;
      this.#places.set(tool, { files: own.reduce((sum, root) => sum + root.fileCount, 0), watched, polled: folders.length - watched });
    }
  }

  noteListing(roots: readonly SeenRoot[], { seconds, at }: { readonly seconds: number; readonly at: EpochMs }): void {
    for (const [tool, health] of this.#health) {
      const blocked = roots.filter((root) => root.tool === tool).flatMap((root) => root.problems.filter(({ problem }) => problem !== 'symlink' && problem !== 'not_a_file'));
      health.problem = blocked[0] && `${blocked[0].path} could not be read (${blocked[0].problem})`;
      health.scannedAt = at;
      health.durations = observe(health.durations, seconds);
    }
  }

  noteProblem(tool: Tool, problem: string): void {
    this.#health.get(tool)!.problem = problem;
  }

  /** @param backlogOf bytes of a tool's sources that are still to be read */
  statuses(ledger: Ledger, backlogOf: (tool: Tool) => number): readonly SourceStatus[] {
    const [records, bytes, unknown, late, bad] = (['records', 'bytes', 'unknown', 'late_tokens', 'bad'] as const).map((name) => ledger.tallies(name)) as [Tally, Tally, Tally, Tally, Tally];
    return this.#readers.map(({ tool }) => {
      const { problem, scannedAt, durations } = this.#health.get(tool)!;
      const { files, watched, polled } = this.#places.get(tool) ?? nowhere;
      return {
        source: tool,
        up: problem === undefined,
        ...(problem === undefined ? {} : { problem }),
        ...(scannedAt === undefined ? {} : { lastScanAt: scannedAt }),
        ...(durations ? { scanDurations: durations } : {}),
        filesTracked: files,
        readBytes: bytes.get(tool) ?? 0,
        records: records.get(tool) ?? 0,
        unknownRecords: unknown.get(tool) ?? 0,
        parseErrors: Object.fromEntries([...bad].filter(([label]) => label.startsWith(`${tool} `)).map(([label, count]) => [label.slice(tool.length + 1), count])),
        backlogBytes: backlogOf(tool),
        lateTokens: late.get(tool) ?? 0,
        watchedDirectories: watched,
        polledDirectories: polled,
      };
    });
  }
}

type Tally = ReadonlyMap<string, number>;
interface Health { problem: string | undefined; scannedAt: EpochMs | undefined; durations: Histogram | undefined }

/** Files and folders of a tool, as they were listed. */
interface Places { readonly files: number; readonly watched: number; readonly polled: number }
const nowhere: Places = { files: 0, watched: 0, polled: 0 };
