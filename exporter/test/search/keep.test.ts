import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { appendFileSync, cpSync, globSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readers } from '../../src/readers/registry.ts';
import { coverageText, placeVariables } from '../../src/search/coverage.ts';
import { IndexKeeper } from '../../src/search/keep.ts';
import { Search } from '../../src/search/search.ts';
import { repository } from '../end-to-end/a-world.ts';
import { run, startExporter } from '../end-to-end/an-exporter.ts';
import { until } from '../servers.ts';

let folder: string;
let home: string;
let state: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'watchroom-keep-test-'));
  [home, state] = [join(folder, 'home'), join(folder, 'state')];
  cpSync(join(repository, 'examples/home'), home, { recursive: true });
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

// Without --home: that is how people call it, and how it is answered without the program.
const search = (...args: readonly string[]) => run(['search', ...args, '--state', state], { HOME: home });
const log = (): string => join(home, '.claude/projects/-home-mira-teashop/c51b9e07-2a6d-4f18-b3d4-90e7a6c8f221.jsonl');
const say = (text: string): void => appendFileSync(log(), `${JSON.stringify({ type: 'user', sessionId: 'c51b9e07-2a6d-4f18-b3d4-90e7a6c8f221', cwd: '/home/mira/teashop', timestamp: new Date().toISOString(), message: { role: 'user', content: text } })}\n`);
const settings = () => ({ machine: { platform: 'linux' as const, home, env: {} }, disabledTools: [], extraRoots: [], excluded: [] });
const index = (): Search => new Search({ ...settings(), path: join(state, 'search.db'), coverage: coverageText(settings()), readers, now: Date.now });
const aKeeper = (isAlive: (pid: number) => boolean = () => false): IndexKeeper => new IndexKeeper({ open: index, coverage: coverageText(settings()), pid: process.pid, now: Date.now, isAlive });

describe('watchroom search, answered at once', () => {
  it('[L6] says the same as the whole program', async () => {
    await search('--yes');
    const quick = await search('tea', '--limit', '3');
    const whole = await search('tea', '--limit', '3', '--until', '2099-01-01');
    expect(quick.stdout).toBe(whole.stdout);
    expect(quick).toMatchObject({ code: 0, stderr: '' });
  });

  it('[L6] then shows what was written since, and nothing twice', async () => {
    await search('--yes');
    say('a samovar for tea');
    const { stdout } = await search('tea', '--by', 'user');
    const [before, after] = stdout.split('Written since the last search:');
    expect(after).toContain('a samovar for tea');
    expect(before).not.toContain('samovar');
    expect(stdout.match(/Which colours/g)).toHaveLength(1);
  });

  it.each([['a mistake', ['tea', '--by', 'nobody']], ['an unknown tool', ['tea', '--tool', 'cluade']], ['no word', ['...']]])('leaves %s to the program', async (_what, args) => {
    await search('--yes');
    expect((await search(...args)).code).toBe(2);
  });
});

describe('the index beside an exporter', () => {
  it('[L6] is kept current in the background once somebody has said yes, and never before', async () => {
    const exporter = await startExporter(['--state', state], { HOME: home });
    try {
      expect((await search('tea')).stderr).toContain('search is off until you say yes');
      await search('--yes');
      await until(async () => (await search('--status')).stdout.includes('keeps it current'), 40_000);
      say('a samovar for tea');
      const reader = index();
      await until(async () => (reader.find({ words: 'samovar', limit: 1 }) ?? []).length === 1, 40_000); // nobody searched: the exporter read it
      reader.close();
      expect((await search('samovar')).stdout).toContain('a samovar for tea');
      await exporter.stop();
      expect((await search('--status')).stdout).not.toContain('keeps it current');
      await search('--forget');
      expect((await search('--status')).stdout).toContain('Search is off');
    } finally {
      await exporter.stop();
    }
  }, 120_000);

  it('[L6] says how far it is while it is still being built', async () => {
    await search('--yes');
    const exporter = await startExporter(['--state', state], { HOME: home, WATCHROOM_SEARCH_BACKGROUND: 'false' });
    try {
      const told = index();
      told.tellKeeper({ pid: exporter.process.pid!, coverage: keptCoverage(), at: Date.now(), reading: { files: 1200, ofFiles: 5898, bytes: 20 << 20, ofBytes: 100 << 20 } });
      told.close();
      const { stdout, stderr } = await search('tea');
      expect(stdout).toContain('claude/');
      expect(stderr).toContain('is still reading transcripts into the index: 1,200 of 5,898, 20.0 MiB of 100 MiB (20 %), the newest first');
      expect((await search('--status')).stdout).toContain('1,200 of 5,898');
    } finally {
      await exporter.stop();
    }
    // Its word counts no longer once it is gone.
    expect((await search('tea')).stderr).toBe('');
    expect((await search('--status')).stdout).not.toContain('1,200');
  }, 60_000);

  /** As the program's own: with the variables of the environment it runs in. */
  const keptCoverage = (): string => coverageText({ ...settings(), machine: { platform: process.platform as 'linux', home, env: { ...nothingOfTools(), HOME: home } } });
  const nothingOfTools = (): Record<string, string | undefined> => Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^(OTEL|WATCHROOM|NODE_OPTIONS|JEST|CLAUDE|CODEX|XDG)/.test(name)));
});

describe('IndexKeeper', () => {
  it('[L6] reads nothing before somebody has said yes, and waits for a command that reads', async () => {
    expect(await aKeeper().round('all')).toBe('off');
    const one = index();
    one.turnOn();
    one.tellReader({ pid: 42, at: Date.now() });
    expect(await aKeeper((pid) => pid === 42).round('all')).toBe('busy');
    expect(one.status().texts).toBe(0);
    expect(await aKeeper().round('all')).toBe('current'); // that command has died
    expect(one.status().texts).toBeGreaterThan(50);
    expect(one.keeper()).toMatchObject({ pid: process.pid });
    one.close();
  });

  it('[L6] reads of the transcripts it is told of what is new, and nothing else', async () => {
    const one = index();
    one.turnOn();
    const keeper = aKeeper();
    await keeper.round('all');
    say('a samovar');
    expect(await keeper.round([join(home, 'elsewhere.jsonl')])).toBe('current');
    expect(one.find({ words: 'samovar', limit: 1 })).toEqual([]);
    expect(await keeper.round([log()])).toBe('current');
    expect(one.find({ words: 'samovar', limit: 1 })).toHaveLength(1);
    one.close();
  });

  it('[L6] stops between two transcripts when it is told to', async () => {
    const one = index();
    one.turnOn();
    const keeper = aKeeper();
    keeper.stop();
    expect(await keeper.round('all')).toBe('stopped');
    expect(one.status().texts).toBe(0);
    one.close();
  });
});

describe('what an index covers', () => {
  it('names every variable by which a reader finds its folders', () => {
    const used = globSync('exporter/src/readers/**/*.ts', { cwd: repository }).flatMap((path) => [...readFileSync(join(repository, path), 'utf8').matchAll(/env(?:\.([A-Z_]+)|\['([A-Z_]+)'\])/g)].map(([, plain, quoted]) => plain ?? quoted!));
    expect(placeVariables).toEqual([...new Set(used)].sort());
  });
});
