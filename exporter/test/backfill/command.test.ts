import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Backend, Past, PastAsk } from '../../src/cli/backend.ts';
import { now } from '../a-session.ts';
import { aBackend, run } from '../cli/a-command-line.ts';
import { run as runProgram } from '../end-to-end/an-exporter.ts';
import { freePort } from '../servers.ts';

const past: Past = { target: { instance: 'box:10877', job: 'watchroom' }, from: now - 86_400_000, to: now, joins: 'live', tokens: 1_234_567, usd: 12.5, text: () => ['a 1 1\n', '# EOF\n'] };
const variables = { WATCHROOM_TIMEZONE: 'UTC' };
let cwd: string;
beforeEach(() => { cwd = mkdtempSync(join(tmpdir(), 'watchroom-backfill-')); });
afterEach(() => rmSync(cwd, { recursive: true }));

/** A backend with this past, and what was asked of it. */
const asked = (told: Partial<Past> = {}): { readonly backend: Backend; readonly asks: PastAsk[] } => {
  const asks: PastAsk[] = [];
  return { asks, backend: aBackend([], { past: async (ask) => { asks.push(ask); return { ...past, ...told }; } }) };
};

describe('watchroom backfill', () => {
  it('writes the past to stdout and what it is to stderr', async () => {
    const { out, err, exitCode } = await run('backfill', asked().backend, { cwd, variables });
    expect(out).toBe('a 1 1\n# EOF\n');
    expect(err).toMatch(/^The past of instance="box:10877", job="watchroom": 1,234,567 tokens and \$12\.50 from \S+ \S+ to \S+ \S+, when Prometheus first scraped it\.\n12 B written\. .*:\n {2}promtool tsdb create-blocks-from --max-block-duration=744h openmetrics FILE DATA_FOLDER\n$/);
    expect(exitCode).toBe(0);
  });

  it('writes a file that appears when it is whole, over one that was there', async () => {
    writeFileSync(join(cwd, 'past.om'), 'old');
    const told = await run('backfill --output past.om', asked().backend, { cwd, variables });
    expect([told.out, readFileSync(join(cwd, 'past.om'), 'utf8'), readdirSync(cwd)]).toEqual(['', 'a 1 1\n# EOF\n', ['past.om']]);
    const broken = await run('backfill --output past.om', asked({ text: function* () { yield 'half'; throw new Error('the ledger is gone'); } }).backend, { cwd, variables });
    expect([broken.exitCode, broken.err]).toEqual([1, 'watchroom: the ledger is gone\n']);
    expect([readFileSync(join(cwd, 'past.om'), 'utf8'), readdirSync(cwd)]).toEqual(['a 1 1\n# EOF\n', ['past.om']]);
  });

  it.each([
    ['missing/past.om', (path: string) => `cannot write ${path} (ENOENT: there is no such folder). Nothing was written; try another place`],
    ['folder', (path: string) => `${path} is a folder. Name a file in it`],
  ])('a file that cannot be written (%s) is said', async (output, sentence) => {
    mkdirSync(join(cwd, 'folder'));
    const { err, exitCode } = await run(`backfill --output ${output}`, asked().backend, { cwd, variables });
    expect(err).toBe(`watchroom: ${sentence(join(cwd, output))}\n`);
    expect([exitCode, readdirSync(cwd)]).toEqual([1, ['folder']]);
  });

  it('writes into a device without replacing it', async () => {
    expect(await run('backfill --output /dev/null', asked().backend, { cwd, variables })).toMatchObject({ exitCode: 0 });
    expect(statSync('/dev/null').isCharacterDevice()).toBe(true);
  });

  it('says when there is no past; the page is empty then', async () => {
    const { out, err, exitCode } = await run('backfill', asked({ from: undefined, joins: 'ledger', text: () => ['# EOF\n'] }).backend, { cwd, variables });
    expect([out, exitCode]).toEqual(['# EOF\n', 0]);
    expect(err).toMatch(/^There is no past: nothing was used before .*, when its ledger began \(instance="box:10877", job="watchroom"\)\.\n$/);
  });

  it.each([
    ['', { prometheus: 'http://localhost:9090' }],
    ['--prometheus https://metrics.example/prometheus', { prometheus: 'https://metrics.example/prometheus' }],
    ['--job a', { prometheus: 'http://localhost:9090', job: 'a' }],
    ['--job a --instance b', { job: 'a', instance: 'b' }],
    ['--job a --instance b --prometheus http://p', { prometheus: 'http://p', job: 'a', instance: 'b' }],
    ['--since 90d', { prometheus: 'http://localhost:9090', since: now - 90 * 86_400_000 }],
    ['--since 2026-09-01', { prometheus: 'http://localhost:9090', since: Date.UTC(2026, 8, 1) }],
  ])('%s asks what was meant', async (flags, ask) => {
    const { backend, asks } = asked();
    await run(`backfill ${flags}`, backend, { cwd, variables });
    expect(asks).toEqual([ask]);
  });

  it.each([
    ['--prometheus localhost:9090', '--prometheus must be an http(s) URL, got "localhost:9090". Try --prometheus http://localhost:9090'],
    ['--prometheus ftp://a', '--prometheus must be an http(s) URL, got "ftp://a". Try --prometheus http://a'],
    ['--since yesterday', '--since must be a duration or a date, got "yesterday". Try --since 24h or --since 2026-09-01'],
  ])('%s is a mistake', async (flags, sentence) => {
    const { err, out, exitCode } = await run(`backfill ${flags}`, asked().backend, { cwd, variables });
    expect([err, out, exitCode]).toEqual([`watchroom: ${sentence}\n`, '', 2]);
  });

  it('the real program says what it could not ask, and what to do instead', async () => {
    const { code, stdout, stderr } = await runProgram(['backfill', '--home', cwd, '--prometheus', `http://127.0.0.1:${await freePort()}`]);
    expect([code, stdout]).toEqual([1, '']);
    expect(stderr).toMatch(/^watchroom: cannot ask Prometheus at http:\/\/127\.0\.0\.1:\d+\/: connect ECONNREFUSED .*\. Name yours: --prometheus URL; or say .*: --job watchroom --instance localhost:10877\n$/);
  });
});
