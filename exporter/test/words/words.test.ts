import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { existsSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AHub, token } from '../agent/a-hub.ts';
import { run, startExporter } from '../end-to-end/an-exporter.ts';
import type { RunningExporter } from '../end-to-end/an-exporter.ts';
import { until } from '../servers.ts';
import { aHome, claudeLine, claudePrompt } from '../sweep/a-home.ts';

let files: ReturnType<typeof aHome>;
let state: string;
let running: RunningExporter | undefined;

beforeEach(() => {
  files = aHome();
  state = mkdtempSync(join(tmpdir(), 'watchroom-words-'));
  for (const session of ['s1', 's2']) files.write(`.claude/projects/-home-ada-shop/${session}.jsonl`, claudePrompt({ session, at: Date.now() - 60_000 }) + claudeLine({ session, at: Date.now() - 59_000 }));
});
afterEach(async () => {
  await running?.stop('SIGKILL');
  running = undefined;
  rmSync(state, { recursive: true });
  rmSync(files.home, { recursive: true });
});

const where = (): string[] => ['--home', files.home, '--proc', files.home, '--state', state];
const told = async (...args: string[]) => {
  const { code, stdout, stderr } = await run([...args, '--format', 'json', ...where()]);
  return code === 0 ? JSON.parse(stdout) : { code, stderr };
};
const infoOf = (page: string, session: string): string => page.split('\n').find((line) => line.startsWith('ai_session_info{') && line.includes(`claude/${session}"`)) ?? '';

describe('tag, untag, set-project, describe', () => {
  it('[L3] without an exporter they are kept in the ledger, and list finds the session by its tag', async () => {
    expect(await told('tag', 's1', '#Release', 'urgent,release')).toEqual({ id: 'claude/s1', tags: ['Release', 'urgent'], project: 'shop' });
    expect(await told('set-project', 's1', 'The Shop')).toMatchObject({ project: 'The Shop' });
    expect(await told('describe', 's1', 'why', 'the', 'basket', 'forgets')).toMatchObject({ description: 'why the basket forgets' });
    expect(await told('list', '--all', '--tag', 'release')).toMatchObject([{ id: 'claude/s1', tags: ['Release', 'urgent'], project: 'The Shop', description: 'why the basket forgets' }]);
    expect(await told('list', '--all', '--project', 'the shop')).toHaveLength(1);
    expect(await told('untag', 's1', 'RELEASE')).toMatchObject({ tags: ['urgent'] });
    await told('untag', 's1', '--all');
    await told('set-project', 's1', '--clear');
    expect(await told('describe', 's1', '--clear')).toEqual({ id: 'claude/s1', tags: [], project: 'shop' });
    expect(existsSync(join(state, 'owner.sock'))).toBe(false);
  });

  it('[L3] with an exporter they go to it, and its next scrape has them', async () => {
    running = await startExporter(where());
    expect(statSync(join(state, 'owner.sock')).mode & 0o777).toBe(0o600);
    expect(infoOf(await running.until(/ai_session_info\{.*claude\/s1"/), 's1')).toContain('project="shop"');
    expect(await told('set-project', 's1', 'Orders')).toMatchObject({ project: 'Orders' });
    expect(infoOf(await running.scrape(), 's1')).toContain('project="Orders"');
    expect(infoOf(await running.scrape(), 's2')).toContain('project="shop"');
    expect(await running.scrape('')).toContain('Orders');
    await told('tag', 's2', 'kept');
    await running.stop();
    expect(existsSync(join(state, 'owner.sock'))).toBe(false);
    expect(await told('list', '--all', '--tag', 'kept')).toMatchObject([{ id: 'claude/s2' }]);
  });

  it('[L3] the exporter that died left a socket behind: the lock is taken, and the next exporter listens again', async () => {
    running = await startExporter(where());
    await running.stop('SIGKILL');
    expect(existsSync(join(state, 'owner.sock'))).toBe(true);
    expect(await told('tag', 's1', 'after')).toMatchObject({ tags: ['after'] });
    running = await startExporter(where());
    expect(await told('tag', 's1', 'again')).toMatchObject({ tags: ['after', 'again'] });
  });

  it('[L3] several at once are all kept', async () => {
    running = await startExporter(where());
    const tagged = await Promise.all(Array.from({ length: 6 }, (_, index) => told('tag', 's1', `t${index}`)));
    expect(tagged.map(({ code, stderr }) => ({ code, stderr }))).toEqual(new Array(6).fill({}));
    expect((await told('list', '--all', '--tag', 't0'))[0].tags).toHaveLength(6);
  }, 60_000);

  it('[L3] the agent tells them to the hub', async () => {
    const hub = await new AHub().open();
    try {
      running = await startExporter([...where(), '--hub', hub.url, '--token', token], {}, 'agent');
      await until(() => hub.reports.some(({ sessions }) => sessions.some(({ id }) => id === 'claude/s1')));
      hub.watched = ['claude/s1']; // others are told of once a minute
      hub.tell({});
      await told('tag', 's1', 'release');
      await told('describe', 's1', 'the basket');
      await until(() => hub.reports.some(({ sessions }) => sessions.some(({ id, tags, description }) => id === 'claude/s1' && tags?.[0] === 'release' && description === 'the basket')));
    } finally {
      await hub.close();
    }
  });

  it.each([
    [['tag', 'nobody', 'x'], 3, 'no session is called "nobody"'],
    [['tag', 's1'], 2, "missing required argument 'tags'"],
    [['tag', 's1', ','], 2, 'tag needs at least one tag'],
    [['tag', 's1', 'a\u001b[2Jb'], 2, 'cannot be a tag: no control characters'],
    [['tag', 's1', 'x'.repeat(101)], 2, 'cannot be a tag'],
    [['tag', 's1', ...Array.from({ length: 51 }, (_, index) => `t${index}`)], 1, 'Too big: expected array to have <=50 items'],
    [['untag', 's1', 'x'], 1, 'claude/s1 has no tag "x". It has none'],
    [['untag', 's1'], 2, 'untag needs the tags to take away, or --all'],
    [['set-project', 's1'], 2, 'set-project needs a project, or --clear'],
    [['set-project', 's1', 'x', '--clear'], 2, 'either a project or --clear, not both'],
    [['describe', 's1', '  '], 2, 'cannot be a description'],
  ])('%j ends with %d and says why', async (args, code, sentence) => {
    expect(await told(...args)).toEqual({ code, stderr: expect.stringContaining(sentence) });
  });

  it('what a throw-away ledger would forget is not taken', async () => {
    const { code, stderr } = await run(['tag', 's1', 'x', '--home', files.home, '--proc', files.home]);
    expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringContaining('nothing would be remembered: another home or process table is looked at without --state DIR') });
  });
});
