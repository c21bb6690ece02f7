import { afterEach, describe, expect, it } from '@jest/globals';
import { appendFileSync, mkdirSync, mkdtempSync, realpathSync, renameSync, rmSync, symlinkSync, unlinkSync, watch as watchWithNode, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { createWatcher } from '../../src/files/watch.ts';
import type { Watcher, WatcherOptions } from '../../src/files/watch.ts';

interface Seen { readonly watcher: Watcher; readonly changes: string[]; readonly directories: string[]; readonly at: (...names: string[]) => string }

const open: (() => void)[] = [];
afterEach(() => {
  for (const close of open.splice(0)) close();
});

/** A watcher on a folder of its own; what it tells is kept, relative to that folder. */
const aWatcher = (options: Partial<WatcherOptions> = {}): Seen => {
  const root = realpathSync(mkdtempSync(join(tmpdir(), 'watchroom-watch-')));
  const [changes, directories]: string[][] = [[], []];
  const below = (path: string): string => path.slice(root.length + 1) || '.';
  const watcher = createWatcher({ pollIntervalMs: 30, isRemote: async () => false, onChange: (path) => changes!.push(below(path)), onDirectory: (path) => directories!.push(below(path)), ...options });
  open.push(() => {
    watcher.close();
    rmSync(root, { recursive: true, force: true });
  });
  return { watcher, changes: changes!, directories: directories!, at: (...names) => join(root, ...names) };
};

/** Real events come when they come: looks again and again instead of sleeping. */
const until = async (what: () => boolean): Promise<void> => {
  for (let tries = 0; !what(); tries += 1) {
    if (tries > 1000) throw new Error(`never came true: ${what}`);
    await pause(5);
  }
};

/** Everything said so far has arrived once a later change in the same folder has. */
const settled = async ({ changes, at }: Seen, ...folder: string[]): Promise<void> => {
  const name = `settled-${Math.random()}`;
  writeFileSync(at(...folder, name), '');
  await until(() => changes.includes(join(...folder, name)));
};

const manners: readonly (readonly [string, Partial<WatcherOptions>])[] = [
  ['by events', {}],
  ['by polling beyond the cap', { maxDirectories: 0 }],
  ['by polling where the system refuses', { watchFolder: () => { throw Object.assign(new Error('no space left'), { code: 'ENOSPC' }); } }],
  ['by polling on a network mount', { isRemote: async () => true }],
];

describe.each(manners)('watcher, %s', (manner, options) => {
  const polled = manner !== 'by events';

  it('counts how folders are seen', async () => {
    const { watcher, at } = aWatcher(options);
    await watcher.watch(at());
    expect(watcher.counts).toEqual({ watched: polled ? 0 : 1, polled: polled ? 1 : 0, awaited: 0 });
    expect(watcher.isWatched(at())).toBe(!polled);
    watcher.unwatch(at());
    expect(watcher.counts).toEqual({ watched: 0, polled: 0, awaited: 0 });
  });

  it('tells of files that are made, written, moved and removed', async () => {
    const { watcher, changes, at } = aWatcher(options);
    writeFileSync(at('old.jsonl'), 'one\n');
    await watcher.watch(at());
    for (const change of [
      () => writeFileSync(at('new.jsonl'), 'one\n'),
      () => appendFileSync(at('new.jsonl'), 'two\n'),
      () => appendFileSync(at('old.jsonl'), 'two\n'),
      () => unlinkSync(at('old.jsonl')),
      () => renameSync(at('new.jsonl'), at('newer.jsonl')),
    ]) {
      changes.length = 0;
      change();
      await until(() => changes.length > 0);
    }
    await until(() => changes.includes('new.jsonl') && changes.includes('newer.jsonl'));
  });

  it('[T23] tells of a database by the name of its -wal', async () => {
    const { watcher, changes, at } = aWatcher(options);
    await watcher.watch(at());
    writeFileSync(at('opencode.db-wal'), 'x');
    await until(() => changes.includes('opencode.db-wal'));
  });

  it('tells of new folders, so that they can be walked and watched', async () => {
    const { watcher, changes, directories, at } = aWatcher(options);
    await watcher.watch(at());
    mkdirSync(at('project'));
    await until(() => directories.includes('project'));
    await watcher.watch(at('project'));
    writeFileSync(at('project', '1.jsonl'), 'x');
    await until(() => changes.includes('project/1.jsonl'));
    expect(changes).not.toContain('project');
  });

  it('looks into no folder below and through no link', async () => {
    const seen = aWatcher(options);
    mkdirSync(seen.at('sub'));
    await seen.watcher.watch(seen.at());
    writeFileSync(seen.at('sub', 'deep.jsonl'), 'x');
    symlinkSync('/etc', seen.at('link'));
    await settled(seen);
    expect([...seen.changes, ...seen.directories].filter((path) => !path.startsWith('settled'))).toEqual([]);
  });

  it('waits for a folder that does not exist yet, however deep', async () => {
    const { watcher, changes, directories, at } = aWatcher(options);
    await watcher.watch(at('.codex', 'sessions', '2026'));
    expect(watcher.counts.awaited).toBe(1);
    mkdirSync(at('.codex'));
    await pause(60);
    mkdirSync(at('.codex', 'sessions', '2026'), { recursive: true });
    await until(() => directories.includes('.codex/sessions/2026'));
    writeFileSync(at('.codex', 'sessions', '2026', 'a.jsonl'), 'x');
    await until(() => changes.includes('.codex/sessions/2026/a.jsonl'));
    expect(watcher.counts).toEqual({ watched: polled ? 0 : 1, polled: polled ? 1 : 0, awaited: 0 });
    expect(new Set([...changes, ...directories])).toEqual(new Set(['.codex/sessions/2026', '.codex/sessions/2026/a.jsonl'])); // nothing of the parents
  });

  it('waits for several folders at one parent', async () => {
    const { watcher, directories, at } = aWatcher(options);
    await Promise.all(['a', 'b/c', 'd'].map((name) => watcher.watch(at(name))));
    expect(watcher.counts).toEqual({ watched: polled ? 0 : 1, polled: polled ? 1 : 0, awaited: 3 });
    for (const name of ['a', 'b/c', 'd']) mkdirSync(at(name), { recursive: true });
    await until(() => directories.length >= 3);
    expect([...new Set(directories)].sort()).toEqual(['a', 'b/c', 'd']);
    expect(watcher.counts.awaited).toBe(0);
  });

  it('sees a folder again that was removed or moved away and made anew', async () => {
    const { watcher, changes, directories, at } = aWatcher(options);
    mkdirSync(at('sessions'));
    await watcher.watch(at('sessions'));
    for (const goes of [() => rmSync(at('sessions'), { recursive: true }), () => renameSync(at('sessions'), at('archived'))]) {
      directories.length = 0;
      goes();
      await until(() => directories.includes('sessions'));
      await until(() => watcher.counts.awaited === 1);
      directories.length = changes.length = 0;
      mkdirSync(at('sessions'));
      await until(() => directories.includes('sessions'));
      writeFileSync(at('sessions', 'x.jsonl'), 'x');
      await until(() => changes.includes('sessions/x.jsonl'));
    }
  });

  it('tells nothing of what is not watched any more', async () => {
    const seen = aWatcher(options);
    mkdirSync(seen.at('sub'));
    await Promise.all([seen.watcher.watch(seen.at()), seen.watcher.watch(seen.at('sub')), seen.watcher.watch(seen.at('none'))]);
    seen.watcher.unwatch(seen.at('sub'));
    seen.watcher.unwatch(seen.at('none'));
    writeFileSync(seen.at('sub', '1.jsonl'), 'x');
    await settled(seen);
    expect(seen.changes).not.toContain('sub/1.jsonl');
    expect(seen.watcher.counts.awaited).toBe(0);
    seen.watcher.close();
    writeFileSync(seen.at('2.jsonl'), 'x');
    await pause(80);
    expect(seen.changes).not.toContain('2.jsonl');
  });
});

describe('watcher', () => {
  it('tells the first change of a burst at once and the rest once in 20 ms', async () => {
    const { watcher, changes, at } = aWatcher();
    writeFileSync(at('busy.jsonl'), '');
    await watcher.watch(at());
    const began = performance.now();
    while (performance.now() - began < 200) {
      appendFileSync(at('busy.jsonl'), 'x\n');
      await pause(1);
    }
    const told = changes.length;
    expect(told).toBeGreaterThan(1);
    expect(told).toBeLessThanOrEqual((performance.now() - began) / 20 + 2);
    appendFileSync(at('busy.jsonl'), 'last\n');
    await until(() => changes.length > told); // the last one is never lost
  });

  it('watches as many folders as it may, polls the others, and moves up when there is room again', async () => {
    const { watcher, at } = aWatcher({ maxDirectories: 2 });
    const folders = ['a', 'b', 'c'].map((name) => at(name));
    for (const folder of folders) mkdirSync(folder);
    for (const folder of folders) await watcher.watch(folder);
    expect(watcher.counts).toEqual({ watched: 2, polled: 1, awaited: 0 });
    watcher.unwatch(folders[0]!);
    await watcher.watch(folders[2]!);
    expect(watcher.counts).toEqual({ watched: 2, polled: 0, awaited: 0 });
  });

  it('repairs, when asked again, a watch whose parent was moved away and made anew', async () => {
    const { watcher, changes, at } = aWatcher();
    mkdirSync(at('parent', 'sessions'), { recursive: true });
    await watcher.watch(at('parent', 'sessions'));
    renameSync(at('parent'), at('moved')); // the system tells nothing of this to the watch below
    mkdirSync(at('parent', 'sessions'), { recursive: true });
    await watcher.watch(at('parent', 'sessions'));
    writeFileSync(at('parent', 'sessions', 'x.jsonl'), 'x');
    await until(() => changes.includes('parent/sessions/x.jsonl'));
    expect(watcher.counts.watched).toBe(1);
  });

  it('watches a folder once however often and however concurrently it is asked to', async () => {
    let handles = 0;
    const { watcher, at } = aWatcher({ watchFolder: (path, listener) => (handles += 1, watchWithNode(path, { persistent: false }, listener)) });
    await Promise.all(Array.from({ length: 20 }, () => watcher.watch(at())));
    expect(handles).toBe(1);
  });

  it('takes back a watch that is called off while it is being made', async () => {
    const { watcher, at } = aWatcher();
    const watching = [watcher.watch(at()), watcher.watch(at('none'))];
    watcher.unwatch(at());
    watcher.unwatch(at('none'));
    await Promise.all(watching);
    expect(watcher.counts).toEqual({ watched: 0, polled: 0, awaited: 0 });
  });

  it('does not mistake a file that bears the name of its folder for the folder', async () => {
    const { watcher, changes, directories, at } = aWatcher();
    mkdirSync(at('same'));
    await watcher.watch(at('same'));
    writeFileSync(at('same', 'same'), 'x');
    await until(() => changes.includes('same/same'));
    expect(directories).toEqual([]);
  });
});
