import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { appendFileSync, cpSync, existsSync, mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readers } from '../../src/readers/registry.ts';
import { Search } from '../../src/search/search.ts';
import { repository } from '../end-to-end/a-world.ts';
import { run } from '../end-to-end/an-exporter.ts';

let folder: string;
let home: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'watchroom-search-test-'));
  home = join(folder, 'home');
  cpSync(join(repository, 'examples/home'), home, { recursive: true });
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const watchroom = (...args: readonly string[]) => run([...args, '--home', home, '--state', join(folder, 'state')]);
const found = async (...args: readonly string[]): Promise<readonly { readonly session?: string; readonly text: string; readonly voice: string; readonly resume?: string; readonly note?: number }[]> => JSON.parse((await watchroom('search', ...args, '--format', 'json')).stdout);
const log = (): string => join(home, '.claude/projects/-home-mira-teashop/c51b9e07-2a6d-4f18-b3d4-90e7a6c8f221.jsonl');
const line = (text: string, at = '2026-11-20T09:00:00.000Z'): string => `${JSON.stringify({ type: 'user', sessionId: 'c51b9e07-2a6d-4f18-b3d4-90e7a6c8f221', cwd: '/home/mira/teashop', timestamp: at, message: { role: 'user', content: text } })}\n`;

describe('watchroom search', () => {
  it('[L6] reads nothing before somebody has said yes', async () => {
    const { code, stderr } = await watchroom('search', 'tea');
    expect(code).toBe(2);
    expect(stderr).toContain('search is off until you say yes');
    expect(existsSync(join(folder, 'state/search.db'))).toBe(false);
  });

  it('[L6] finds words of all tools, tells who said them and how to go on, and keeps the index to its owner', async () => {
    const hits = await found('tea', '--yes');
    expect(new Set(hits.map(({ session }) => session!.split('/')[0]))).toEqual(new Set(['claude', 'gemini']));
    expect(hits[0]).toMatchObject({ session: 'claude/c51b9e07-2a6d-4f18-b3d4-90e7a6c8f221', resume: 'cd /home/mira/teashop && claude --resume c51b9e07-2a6d-4f18-b3d4-90e7a6c8f221' });
    for (const [tool, word] of [['codex', 'teas'], ['copilot-cli', 'readme'], ['opencode', 'euros'], ['qwen', 'sencha']] as const) expect((await found(word, '--tool', tool)).length).toBeGreaterThan(0);
    if (process.platform !== 'win32') expect(statSync(join(folder, 'state/search.db')).mode & 0o077).toBe(0);
  });

  it('[L6] names sessions as every other command does', async () => {
    const known = new Set((JSON.parse((await watchroom('list', '--all', '--format', 'json', '--proc', home)).stdout) as { id: string }[]).map(({ id }) => id));
    const ids = [...(await found('t*', '--yes', '--limit', '500')), ...(await found('f*', '--limit', '500'))].map(({ session }) => session!);
    expect(new Set(ids)).toEqual(known);
  });

  it('[L6] narrows by tool, project, speaker and time', async () => {
    await watchroom('search', '--yes');
    expect(await found('tea', '--tool', 'codex')).toEqual([]);
    expect((await found('tea', '--project', 'shop', '--tool', 'claude')).length).toBeGreaterThan(0);
    expect(await found('tea', '--project', 'elsewhere')).toEqual([]);
    expect((await found('tea', '--by', 'user')).every(({ voice }) => voice === 'user')).toBe(true);
    expect(await found('tea', '--until', '2020-01-01')).toEqual([]);
    expect(await watchroom('search', 'tea', '--tool', 'cluade')).toMatchObject({ code: 2, stderr: expect.stringContaining('Did you mean claude?') });
  });

  it('[L6] reads only what is new, and shows it', async () => {
    await watchroom('search', '--yes');
    appendFileSync(log(), line('a samovar for the loginRedirect of 日本語 people'));
    for (const words of ['samovar', 'redirect', 'loginRedirect', '本語', '"login redirect"', 'SAMO*']) expect((await found(words)).map(({ text }) => text)).toEqual(['a samovar for the loginRedirect of 日本語 people']);
    expect(await found('samovar', '-people')).toEqual([]);
    const { stdout } = await watchroom('search', 'samovar');
    expect(stdout).toContain('open: watchroom show claude/c51b9e07');
  });

  it('[L6] what was cut off, rewritten or copied into a fork is found once', async () => {
    await watchroom('search', '--yes');
    writeFileSync(log(), line('a samovar'));
    expect((await found('samovar')).length).toBe(1);
    expect((await found('colours')).filter(({ session }) => session?.includes('c51b9e07'))).toEqual([]);
    appendFileSync(log(), line('a samovar'));
    expect((await found('samovar')).length).toBe(1);
  });

  it('[L6] excluded folders are not read, and what was read of them goes', async () => {
    expect((await found('tea', '--yes')).some(({ session }) => session!.startsWith('claude/'))).toBe(true);
    const config = join(folder, 'config.yaml');
    writeFileSync(config, 'search:\n  exclude: [/home/mira/teashop]\n');
    await watchroom('search', '--yes', '--config', config);
    expect((await found('tea', '--config', config)).filter(({ session }) => session!.startsWith('claude/'))).toEqual([]);
  });

  it('[L6] forgets all of it, and notes stay', async () => {
    await watchroom('search', '--yes');
    await watchroom('memory', 'add', 'the samovar is broken', '--project', 'teashop', '--tag', 'kitchen');
    expect((await watchroom('search', '--forget')).stdout).toContain('1 note stayed');
    expect((await watchroom('search', 'tea')).code).toBe(2);
    expect(JSON.parse((await watchroom('memory', 'search', 'samovar', '--format', 'json')).stdout)).toMatchObject([{ note: 1, project: 'teashop' }]);
    expect((await watchroom('memory', 'remove', '1')).code).toBe(0);
    expect((await watchroom('memory', 'remove', '1')).code).toBe(1);
    await watchroom('search', '--forget');
    expect(existsSync(join(folder, 'state/search.db'))).toBe(false);
  });

  it('[L6] signs of the query language are words like others', async () => {
    await watchroom('search', '--yes');
    for (const words of ['"', 'a AND', 'text:', 'NEAR(', "it's", '*']) expect([0, 2]).toContain((await watchroom('search', words)).code);
  });

  it('[L6] a transcript cannot colour the terminal', async () => {
    appendFileSync(log(), line('a samovar \u001b[31mred\u001b[0m'));
    expect((await watchroom('search', 'samovar', '--yes')).stdout).not.toContain('\u001b');
  });

  it('[L6] a damaged index, or a place that cannot be written, is said in a sentence', async () => {
    mkdirSync(join(folder, 'state'), { recursive: true });
    writeFileSync(join(folder, 'state/search.db'), 'no database '.repeat(100));
    expect(await watchroom('search', 'tea')).toMatchObject({ code: 1, stderr: expect.stringContaining('A damaged one can only go') });
    rmSync(join(folder, 'state'), { recursive: true });
    writeFileSync(join(folder, 'state'), '');
    expect(await watchroom('search', 'tea', '--yes')).toMatchObject({ code: 1, stderr: expect.stringContaining('cannot be opened') });
  });

  it('[L6] two that read at once put everything in once', async () => {
    const path = join(folder, 'state/search.db');
    mkdirSync(join(folder, 'state'), { recursive: true });
    const make = () => new Search({ path, machine: { platform: 'linux', home, env: {} }, readers, extraRoots: [], excluded: [], coverage: '', now: () => Date.parse('2026-11-21T00:00:00Z') });
    const [one, other] = [make(), make()];
    const [first, second] = [await one.ahead(), await other.ahead()];
    await Promise.all([one.catchUp(first), other.catchUp(second)]);
    const { texts } = one.status();
    one.empty();
    await one.catchUp(await one.ahead());
    expect(one.status().texts).toBe(texts);
    one.close();
    other.close();
  });
});
