import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { spawn } from 'node:child_process';
import { appendFileSync, cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'yaml';
import { repository } from '../end-to-end/a-world.ts';
import { run } from '../end-to-end/an-exporter.ts';

// Put together here, so that no scanner takes this file for a leak.
const secret = `ghp_${'b1C'.repeat(12)}`;
const basket = '7d0c2e84-51f3-4b9a-8c36-e2a1f04b7d15';
let folder: string;
let where: string[];
const file = (name: string): string => join(folder, name);
const told = async (...args: string[]) => run([...args, ...where]);

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'watchroom-exchange-'));
  cpSync(join(repository, 'examples/home'), file('home'), { recursive: true });
  const line = JSON.parse(readFileSync(file(`home/.claude/projects/-home-mira-teashop/${basket}.jsonl`), 'utf8').split('\n')[0]!) as { message: object };
  appendFileSync(file(`home/.claude/projects/-home-mira-teashop/${basket}.jsonl`), `${JSON.stringify({ ...line, uuid: 'with-a-secret', timestamp: '2026-11-16T09:30:00.000Z', message: { ...line.message, content: `Push with ${secret} please` } })}\n`);
  mkdirSync(file('proc'));
  where = ['--home', file('home'), '--proc', file('proc'), '--state', file('state')];
});
afterAll(() => rmSync(folder, { recursive: true }));

describe('export and import, by the real program', () => {
  it('[L4] JSON with what was said, to another machine and out again: the same', async () => {
    const { code, stderr } = await told('export', '7d0c', '--with-content', '--output', file('basket.json'));
    expect({ code, stderr }).toEqual({ code: 0, stderr: expect.stringMatching(/^1 session, with what was said: .* 1 secret taken out\.\n$/) });
    const text = readFileSync(file('basket.json'), 'utf8');
    expect(text).not.toContain(secret);
    expect(statSync(file('basket.json')).mode & 0o777).toBe(0o600);
    const document = JSON.parse(text);
    expect(document.sessions[0]).toMatchObject({ session: { id: `claude/${basket}` }, redacted: 1 });
    expect(document.sessions[0].conversation.at(-1)).toMatchObject({ kind: 'prompt', text: 'Push with [redacted: github] please' });

    const there = ['--home', file('proc'), '--proc', file('proc'), '--state', file('there')];
    expect(await run(['import', file('basket.json'), '--format', 'json', ...there])).toMatchObject({ code: 0, stdout: expect.stringContaining(`"claude/${basket}"`) });
    await run(['export', '7d0c', '--with-content', '-o', file('again.yaml'), ...there]);
    const again = parse(readFileSync(file('again.yaml'), 'utf8'));
    const { sources: _, ...session } = document.sessions[0].session;
    const { sources: __, ...sessionAgain } = again.sessions[0].session;
    expect(sessionAgain).toEqual(session);
    expect(again.sessions[0].conversation).toEqual(document.sessions[0].conversation);
    expect((await run(['replay', '7d0c', ...there])).stdout).toContain('call Grep');
    expect((await run(['explain', '7d0c', ...there])).code).toBe(0);
    expect(await run(['tag', '7d0c', 'theirs', ...there])).toMatchObject({ code: 0 });
    expect(JSON.parse((await run(['list', '--all', '--tag', 'theirs', '--format', 'json', ...there])).stdout)).toMatchObject([{ id: `claude/${basket}`, state: 'ended', costUsd: expect.any(Number) }]);
    expect((await run(['list', ...there])).stdout).toContain('No session is live or recent');
    expect((await run(['import', '--remove', '7d0c', ...there])).stdout).toContain('is out again');
    expect(readdirSync(file('there/imports'))).toEqual([]);
  }, 120_000);

  it('[L4] all of them, by filters, numbers only; --session-id beside the original', async () => {
    expect((await told('export', '--all', '--tool', 'claude,codex', '-o', file('some.yml'))).stderr).toMatch(/^3 sessions, numbers only/);
    const text = readFileSync(file('some.yml'), 'utf8');
    expect(parse(text).sessions).toHaveLength(3);
    expect(text).not.toContain('forgets its teas when');
    expect(await told('import', file('some.yml'))).toMatchObject({ code: 1, stderr: expect.stringContaining('3 of them are sessions of this machine') });
    await told('export', '01a1', '-o', file('one.json'));
    expect(await told('import', file('one.json'))).toMatchObject({ code: 1, stderr: expect.stringContaining('Take it in under another id: --session-id codex/copy-of-01a1e99c') });
    expect(await told('import', file('one.json'), '--session-id', 'yesterday')).toMatchObject({ code: 0, stdout: expect.stringContaining('codex/yesterday') });
    expect((await told('import', file('one.json'), '--session-id', 'yesterday')).stdout).toContain('(1 anew)');
    expect((await told('replay', 'codex/yesterday')).stderr).toContain('was imported without what was said in it');
    writeFileSync(file('list.json'), (await told('list', '--all', '--tool', 'qwen', '--format', 'json')).stdout);
    expect(await told('import', file('list.json'), '--session-id', 'qwen/old')).toMatchObject({ code: 0 });
    expect(JSON.parse((await told('show', 'qwen/old', '--format', 'json')).stdout)).toMatchObject({ model: 'qwen3-coder-plus', requests: 2 });
  }, 120_000);

  it('[L4] Markdown is for people', async () => {
    const { stdout } = await told('export', '7d0c', '--with-content', '--format', 'markdown');
    expect(stdout).toMatch(/^# Basket survives a reload\n/);
    expect(stdout).toContain('### Human (2026-11-16');
    expect(stdout).toContain('Push with [redacted: github] please');
    writeFileSync(file('basket.md'), stdout);
    expect(await told('import', file('basket.md'), '--session-id', 'x')).toMatchObject({ code: 1, stderr: expect.stringContaining('Nothing was imported') });
  });

  it.each([
    [['export'], 2, 'export needs a session, or --all'],
    [['export', 'nobody'], 3, 'no session is called "nobody"'],
    [['export', '7d0c', '--all'], 2, 'either sessions or --all'],
    [['export', '--project', 'x'], 2, 'Try: watchroom export --all --project x'],
    [['export', '--all', '--project', 'nothing'], 1, 'passes the filters, so nothing was written'],
    [['export', '7d0c', '-o', '/nowhere/x.json'], 1, 'cannot write /nowhere/x.json (ENOENT: there is no such folder). Nothing was written'],
    [['export', '7d0c', '-o', '/'], 1, '/ is a folder'],
    [['import', '/nowhere/x.json'], 1, 'cannot read /nowhere/x.json (ENOENT)'],
    [['import'], 2, 'import needs a file'],
    [['import', '--remove', '7d0c'], 1, "it is this machine's own"],
    [['replay', 'nobody'], 3, 'no session is called'],
    [['replay', '7d0c', '--speed', 'fast'], 2, 'Try --speed 60'],
    [['recommend', '--kind', 'fun'], 2, 'Allowed choices are restart'],
  ])('%j ends with %d and says why', async (args, code, sentence) => {
    expect(await told(...args)).toMatchObject({ code, stderr: expect.stringContaining(sentence) });
  });

  it('[L4] a full disk leaves the old file as it was, and nothing beside it', async () => {
    if (!existsSync('/dev/full')) return;
    expect(await told('export', '7d0c', '-o', '/dev/full')).toMatchObject({ code: 1, stderr: expect.stringContaining('Nothing was written') });
  });

  it('[L4] Ctrl+C in the middle leaves nothing', async () => {
    writeFileSync(file('kept.json'), 'as it was');
    const child = spawn(process.execPath, [join(repository, 'exporter/bin/watchroom.js'), 'export', '--all', '--with-content', '-o', file('kept.json'), ...where], { stdio: ['ignore', 'pipe', 'pipe'] });
    let said = '';
    child.stderr.on('data', (piece) => (said += String(piece)));
    setTimeout(() => child.kill('SIGINT'), 700);
    const code = await new Promise((resolve) => child.once('close', resolve));
    const written = readFileSync(file('kept.json'), 'utf8');
    expect(code === 0 ? JSON.parse(written).complete : written).toEqual(code === 0 ? true : 'as it was');
    if (code !== 0 && code !== null) expect(said).toContain('stopped: nothing was written');
    expect(readdirSync(folder).filter((name) => name.endsWith('.part'))).toEqual([]);
  });
});

describe('replay and recommend, by the real program', () => {
  it('[C7] in a pipe the whole timeline comes at once, without what was said unless asked', async () => {
    const { stdout } = await told('replay', '7d0c', '--timezone', 'UTC');
    expect(stdout.split('\n')[0]).toMatch(/^2026-11-16 09:00:00 +❯ prompt \(80 characters\)$/);
    expect(stdout).toMatch(/09:00:06 +\$0\.\d\d +18\.0k {2}▸ call Grep \(33 characters\)/);
    expect(stdout).not.toContain('forgets its teas');
    expect(stdout).toMatch(/\d+ moments · 30m · \$0\.57 API-equivalent/);
    expect((await told('replay', '7d0c', '--with-content')).stdout).toContain('The basket forgets its teas');
    const { moments } = JSON.parse((await told('replay', '7d0c', '--format', 'json')).stdout);
    expect(moments[1]).toMatchObject({ kind: 'answer', at: '2026-11-16T09:00:06.000Z', characters: 36, sentTokens: 18_004 });
    expect(moments.at(-1).costUsd).toBeCloseTo(JSON.parse((await told('show', '7d0c', '--format', 'json')).stdout).costUsd, 6);
  }, 60_000);

  it('[C7] at a speed it takes its time, and Ctrl+C ends it', async () => {
    const started = performance.now();
    const child = spawn(process.execPath, [join(repository, 'exporter/bin/watchroom.js'), 'replay', '7d0c', '--speed', '1', ...where], { stdio: ['ignore', 'pipe', 'pipe'] });
    child.stdout.once('data', () => setTimeout(() => child.kill('SIGINT'), 300));
    const code = await new Promise((resolve) => child.once('close', resolve));
    expect([code, performance.now() - started < 20_000]).toEqual([0, true]);
  });

  it('recommend says what was looked at when there is nothing, and [] to a program', async () => {
    expect((await told('recommend')).stdout).toMatch(/^Nothing to recommend\. Looked at: 0 live sessions, 0 budgets and the limits the tools report\.\n/);
    expect(JSON.parse((await told('recommend', '--format', 'json')).stdout)).toEqual([]);
  });
});
