import { lstatSync, statSync, watch as watchWithNode } from 'node:fs';
import type { FSWatcher } from 'node:fs';
import { stat } from 'node:fs/promises';
import { basename, dirname, join, relative, sep } from 'node:path';
import { coalesce } from './coalesce.ts';
import type { Coalescer } from './coalesce.ts';
import { differences, listFolder } from './folder-listing.ts';
import type { Listing } from './folder-listing.ts';
import { inBatches } from './in-batches.ts';
import { isRemote } from './mounts.ts';

export interface WatcherOptions {
  /** A file was made, written, moved or removed. At once at the first change, then at most every 20 ms per path. */
  readonly onChange: (path: string) => void;
  /** A folder appeared, or one that was watched is no longer what it was: walk it, and watch what is in it. */
  readonly onDirectory: (path: string) => void;
  /** Pause between two looks at the folders that the system does not watch for us. @default 2000 */
  readonly pollIntervalMs?: number;
  /** More folders than this are polled: the system has a limit for all programs of the user (fs.inotify.max_user_watches). @default 8192 */
  readonly maxDirectories?: number;
  /** How the system is asked to watch one folder; throws when it refuses. @default fs.watch */
  readonly watchFolder?: (path: string, listener: (event: string, name: string | null) => void) => FSWatcher;
  /** Whether a folder must be polled because the system would not see its changes. @default asks for its file system's type */
  readonly isRemote?: (path: string) => Promise<boolean>;
}

/** How many folders are seen in which way. */
export interface WatchCounts {
  readonly watched: number;
  readonly polled: number;
  /** Folders that do not exist yet; a parent of each is watched or polled. */
  readonly awaited: number;
}

/**
 * Sees changes in folders, one watch per folder: never recursive, since that costs a watch per file on Linux. Events can be lost
 * (a full queue of the system, a moved parent), so whoever watches also walks again from time to time and then repeats `watch` for every folder.
 */
export const createWatcher = (options: WatcherOptions): Watcher => new Watcher(options);

/** A folder in sight. */
interface Place {
  readonly path: string;
  readonly identity: Identity;
  /** Absent: it is polled. */
  handle?: FSWatcher;
  /** What the last poll saw. */
  listing?: Listing;
  readonly remote: boolean;
}

interface Identity { readonly dev: number; readonly ino: number }

export class Watcher {
  readonly #options: Required<WatcherOptions>;
  readonly #changes: Coalescer;
  readonly #wanted = new Set<string>();
  readonly #places = new Map<string, Place>();
  /** Existing parent → wanted folders below it that do not exist yet. */
  readonly #awaited = new Map<string, Set<string>>();
  readonly #settling = new Map<string, Promise<void>>();
  readonly #remoteDevices = new Map<number, Promise<boolean>>();
  #handles = 0;
  #pollTimer: NodeJS.Timeout | undefined;
  #closed = false;

  constructor(options: WatcherOptions) {
    this.#options = { ...defaults, ...options };
    this.#changes = coalesce(this.#options.onChange, coalesceMs);
  }

  /**
   * Sees to it that changes directly in a folder are told from the moment the promise is kept: watch first, then read.
   * A folder that does not exist is waited for. Repeating it is cheap and repairs what was lost.
   */
  async watch(directory: string): Promise<void> {
    this.#wanted.add(directory);
    await this.#settle(directory);
  }

  unwatch(directory: string): void {
    this.#wanted.delete(directory);
    this.#awaitAt(undefined, directory);
    this.#leaveIfIdle(directory);
  }

  /** Whether the system tells of changes in this folder; false: it is polled, awaited or not watched at all. */
  isWatched(directory: string): boolean {
    return this.#wanted.has(directory) && this.#places.get(directory)?.handle !== undefined;
  }

  get counts(): WatchCounts {
    const awaited = [...this.#awaited.values()].reduce((sum, { size }) => sum + size, 0);
    return { watched: this.#handles, polled: this.#places.size - this.#handles, awaited };
  }

  close(): void {
    this.#closed = true;
    this.#changes.close();
    clearTimeout(this.#pollTimer);
    this.#wanted.clear();
    this.#awaited.clear();
    for (const path of [...this.#places.keys()]) this.#leave(path);
  }

  /** One at a time per folder; what is asked for meanwhile is done afterwards, for the world may have changed. */
  #settle(directory: string): Promise<void> {
    const before = this.#settling.get(directory) ?? Promise.resolve();
    const settled = before.then(() => this.#seek(directory)).finally(() => {
      if (this.#settling.get(directory) === settled) this.#settling.delete(directory);
    });
    this.#settling.set(directory, settled);
    return settled;
  }

  /** Watches a folder, or its nearest existing parent until it appears. */
  async #seek(directory: string): Promise<void> {
    while (this.#wanted.has(directory)) {
      const identity = await identityOf(directory);
      if (identity) {
        await this.#place(directory, identity);
        this.#awaitAt(undefined, directory);
        break;
      }
      this.#leave(directory);
      const parent = await nearestParent(directory);
      if (!parent) break; // a drive that is not there
      await this.#place(parent.path, parent.identity);
      this.#awaitAt(parent.path, directory);
      if (!(await identityOf(join(parent.path, nextName(parent.path, directory))))) break;
    }
    if (!this.#wanted.has(directory)) this.unwatch(directory); // called off meanwhile
  }

  async #place(path: string, identity: Identity): Promise<void> {
    const before = this.#places.get(path);
    if (before && isSame(before.identity, identity)) return this.#openHandle(before);
    this.#leave(path);
    const remote = await this.#isRemote(path, identity);
    if (this.#closed || this.#places.has(path)) return;
    const place: Place = { path, identity, remote };
    this.#places.set(path, place);
    this.#openHandle(place);
    if (place.handle) return;
    const listing = await listFolder(path);
    if (listing !== 'gone' && listing) place.listing = listing;
    this.#startPolling();
  }

  /** Asks the system to watch a place, unless it is watched, cannot be, or there are too many. */
  #openHandle(place: Place): void {
    if (place.handle || place.remote || this.#handles >= this.#options.maxDirectories) return;
    try {
      const handle = this.#options.watchFolder(place.path, (event, name) => this.#onEvent(place, event, name));
      handle.on('error', () => this.#lost(place)); // Windows: the folder was removed
      place.handle = handle;
      this.#handles += 1;
    } catch {
      // ENOSPC, EMFILE: the system has no watches left. The folder is polled; repeating watch() asks again.
    }
  }

  #isRemote(path: string, { dev }: Identity): Promise<boolean> {
    let remote = this.#remoteDevices.get(dev);
    if (!remote) this.#remoteDevices.set(dev, (remote = this.#options.isRemote(path)));
    return remote;
  }

  #leave(path: string): void {
    const place = this.#places.get(path);
    if (!place) return;
    this.#places.delete(path);
    if (!place.handle) return;
    place.handle.close();
    this.#handles -= 1;
  }

  #leaveIfIdle(path: string): void {
    if (!this.#wanted.has(path) && !this.#awaited.has(path)) this.#leave(path);
  }

  /** Waits for a folder at one parent, and nowhere else. */
  #awaitAt(parent: string | undefined, directory: string): void {
    if (parent !== undefined && !this.#closed) this.#awaited.set(parent, (this.#awaited.get(parent) ?? new Set()).add(directory));
    for (const [other, directories] of this.#awaited) {
      if (other === parent || !directories.delete(directory) || directories.size > 0) continue;
      this.#awaited.delete(other);
      this.#leaveIfIdle(other);
    }
  }

  #onEvent(place: Place, event: string, name: string | null): void {
    if (this.#places.get(place.path) !== place) return;
    if (name === null) return this.#tellDirectory(place.path); // the system did not say what it was
    if (event === 'change') return this.#tellChange(place, name);
    // A folder that is removed or moved away tells so under its own name.
    if (name === basename(place.path) && !isStill(place)) return this.#lost(place);
    this.#entryChanged(place, name, kindOf(join(place.path, name)));
  }

  /** An entry of a folder was made, moved or removed. */
  #entryChanged(place: Place, name: string, kind: 'folder' | 'link' | 'other'): void {
    for (const directory of this.#awaited.get(place.path) ?? []) if (nextName(place.path, directory) === name) void this.#settleAndTell(directory);
    if (kind === 'folder' && this.#wanted.has(place.path)) this.#options.onDirectory(join(place.path, name));
    if (kind === 'other') this.#tellChange(place, name);
  }

  #tellChange(place: Place, name: string): void {
    if (this.#wanted.has(place.path)) this.#changes.mention(join(place.path, name));
  }

  #tellDirectory(path: string): void {
    if (this.#wanted.has(path)) this.#options.onDirectory(path);
  }

  /** A place is gone, or another folder has its name now. */
  #lost(place: Place): void {
    if (this.#places.get(place.path) !== place) return;
    this.#leave(place.path);
    for (const directory of this.#awaited.get(place.path) ?? []) void this.#settleAndTell(directory);
    if (this.#wanted.has(place.path)) void this.#settle(place.path).then(() => this.#tellDirectory(place.path));
  }

  async #settleAndTell(awaited: string): Promise<void> {
    await this.#settle(awaited);
    if (this.#places.has(awaited)) this.#tellDirectory(awaited);
  }

  #startPolling(): void {
    if (!this.#closed) this.#pollTimer ??= setTimeout(() => void this.#pollAll(), this.#options.pollIntervalMs).unref();
  }

  async #pollAll(): Promise<void> {
    await inBatches([...this.#places.values()].filter(({ handle }) => !handle), (place) => this.#poll(place));
    this.#pollTimer = undefined;
    if (this.#places.size > this.#handles) this.#startPolling();
  }

  async #poll(place: Place): Promise<void> {
    const listing = await listFolder(place.path);
    if (this.#places.get(place.path) !== place || place.handle || !listing) return;
    if (listing === 'gone') return this.#lost(place);
    const before = place.listing;
    place.listing = listing;
    if (!before) return this.#tellDirectory(place.path);
    for (const name of differences(before, listing)) this.#entryChanged(place, name, listing.get(name) === 'folder' ? 'folder' : 'other');
    // Made after it was looked for and before the first listing:
    for (const directory of this.#awaited.get(place.path) ?? []) if (before.get(nextName(place.path, directory)) === 'folder') void this.#settleAndTell(directory);
  }
}

const coalesceMs = 20;

const defaults = {
  pollIntervalMs: 2000,
  maxDirectories: 8192,
  watchFolder: (path: string, listener: (event: string, name: string | null) => void): FSWatcher => watchWithNode(path, { persistent: false }, listener),
  isRemote,
};

const identityOf = async (folder: string): Promise<Identity | undefined> => {
  try {
    const seen = await stat(folder);
    return seen.isDirectory() ? { dev: seen.dev, ino: seen.ino } : undefined;
  } catch {
    return undefined;
  }
};

const isSame = (one: Identity, other: Identity): boolean => one.dev === other.dev && one.ino === other.ino;

const isStill = ({ path, identity }: Place): boolean => {
  try {
    return isSame(identity, statSync(path));
  } catch {
    return false;
  }
};

const nearestParent = async (folder: string): Promise<{ readonly path: string; readonly identity: Identity } | undefined> => {
  for (let path = dirname(folder); ; path = dirname(path)) {
    const identity = await identityOf(path);
    if (identity) return { path, identity };
    if (path === dirname(path)) return undefined;
  }
};

/** The folder directly below a parent that leads to one further down. */
const nextName = (parent: string, folder: string): string => relative(parent, folder).split(sep)[0]!;

const kindOf = (path: string): 'folder' | 'link' | 'other' => {
  try {
    const seen = lstatSync(path);
    return seen.isDirectory() ? 'folder' : seen.isSymbolicLink() ? 'link' : 'other';
  } catch {
    return 'other'; // removed: that is a change too
  }
};
