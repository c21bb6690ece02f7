import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { textWidth } from '../../src/cli/text-width.ts';
import type { ToolDiagnosis } from '../../src/cli/backend.ts';
import { parseConfig } from '../../src/config/file.ts';
import { aBackend, aDiagnosis, run } from './a-command-line.ts';

const diagnosed = async (tool: Partial<ToolDiagnosis>): Promise<string> => {
  const bare = aDiagnosis();
  return (await run('doctor', aBackend([], { doctor: async () => ({ ...bare, tools: bare.tools.map((each) => (each.tool === 'claude' ? { ...each, ...tool } : each)) }) }))).out;
};

describe('doctor', () => {
  it('[D7] on a bare machine says where it looked, and how to begin', async () => {
    const { out, exitCode } = await run('doctor');
    expect(exitCode).toBe(0);
    expect(out).toMatch(/Claude Code +not there: \/home\/ada\/\.claude/);
    expect(out).toMatch(/Aider +no process of it runs; it is known by its processes alone/);
    expect(out).toContain('200 seen, 0 of them of these tools');
    expect(out).toContain('No session was found.');
    expect(out).toContain('npm start -- --home examples/home');
  });

  it('[D7] names roots, files, sessions and tokens of what it found', async () => {
    const out = await diagnosed({ roots: [{ path: '/home/ada/.claude/projects', exists: true, files: 41 }, { path: '/home/ada/.config/claude', exists: false, files: 0 }], files: 41, sessions: 38, processes: 2, tokens: 1_234_567 });
    expect(out).toContain('Claude Code  38 sessions · 41 files · 2 processes · 1.2M tokens\n  ✓ /home/ada/.claude/projects  41 files\n  – /home/ada/.config/claude  not there');
    expect(out).toContain('Next: watchroom list');
  });

  it.each<[string, Partial<ToolDiagnosis>, string]>([
    ['an unreadable file', { unreadable: [{ path: '/x/a.jsonl', reason: 'EACCES' }] }, '✗ /x/a.jsonl: EACCES. Run as the user who owns it, or give read access.'],
    ['an unreadable folder', { roots: [{ path: '/x', exists: true, files: 0, problem: 'EPERM' }] }, '✗ /x: EPERM. Run as the user'],
    ['broken records', { files: 1, sessions: 1, parseErrors: { not_json: 3 } }, '! records left out: 3 not json'],
    ['unknown records', { files: 1, sessions: 1, unknownRecords: 1 }, '! 1 record of a kind this version does not know'],
    ['no sessions in its files', { files: 2 }, '0 sessions: the files hold no conversation yet'],
    ['no tokens', { files: 1, sessions: 1 }, 'no tokens: the tool records none'],
    ['zero tokens', { files: 1, sessions: 1, tokens: 0 }, '0 tokens: no call in these sessions reports its use'],
    ['tokens without a price', { files: 1, sessions: 1, tokens: 9, unpricedTokens: 5000 }, '5.0k tokens have no price'],
    ['processes without transcripts', { processes: 1 }, '0 files: it runs, but keeps its transcripts in none of these folders'],
    ['a tool that is switched off', { enabled: false }, 'Claude Code           switched off'],
  ])('[D7] [D8] explains %s', async (_, tool, sentence) => {
    expect(await diagnosed(tool)).toContain(sentence);
  });

  it('says when the process table cannot be read or counters will not survive', async () => {
    const bare = aDiagnosis();
    const { out } = await run('doctor', aBackend([], { doctor: async () => ({ ...bare, processes: { seen: 0, problem: 'ps is not installed' }, ledger: { ...bare.ledger, durable: false, problem: 'no space left' } }) }));
    expect(out).toContain('ps is not installed: sessions are shown, but not which of them run');
    expect(out).toContain('not durable: no space left');
  });

  it('[M13] --series counts the series of a scrape by metric', async () => {
    expect((await run('doctor --series')).out).toBe('SERIES  METRIC\n     2  a\n     1  b\n\n3 series of 2 metrics in one scrape. Fewer: export.window, export.limit, top.projects, top.tools\n');
    expect(JSON.parse((await run('doctor --series --format json')).out)).toEqual([{ metric: 'a', series: 2 }, { metric: 'b', series: 1 }]);
  });
});

describe('exporter', () => {
  it('runs with the settings of its flags', async () => {
    let ran = false;
    const { world, exitCode } = await run('exporter --web.listen-address :9 --export.window 7d --log.format json --no-open --expose-sessions --web.config.file web.yml', aBackend([], { runExporter: async () => { ran = true; } }));
    expect([exitCode, ran]).toEqual([0, true]);
    expect(world?.config).toMatchObject({ listen: { port: 9 }, exportWindowMs: 604_800_000, logFormat: 'json', openBrowser: false, exposeSessions: true, webConfigFile: '/work/web.yml' });
    expect(world?.origins.listen).toEqual({ from: 'flag', name: '--web.listen-address' });
    expect((await run('exporter')).world).toMatchObject({ config: { openBrowser: true }, origins: { openBrowser: { from: 'default' } } });
  });

  it('--once prints one scrape and ends', async () => {
    const { out } = await run('exporter --once', aBackend([], { runExporter: async () => { throw new Error('must not run'); } }));
    expect(out).toBe('# TYPE a gauge\na{x="1"} 1\na{x="2"} 1\nb 1\n');
  });

  it('a failure is one sentence on stderr and exit code 1, and what was opened is closed', async () => {
    let closed = false;
    const failing = aBackend([], { runExporter: async () => { throw new Error('cannot listen on :9', { cause: new Error('the port is taken') }); }, close: async () => { closed = true; } });
    expect(await run('exporter', failing)).toMatchObject({ exitCode: 1, out: '', err: 'watchroom: cannot listen on :9: the port is taken\n' });
    expect(closed).toBe(true);
  });

  it('a wrong setting is exit code 4 with all mistakes', async () => {
    expect(await run('exporter --web.listen-address 9000', undefined, { variables: { WATCHROOM_LOG_LEVEL: 'loud' } })).toMatchObject({
      exitCode: 4, world: undefined,
      err: expect.stringMatching(/^the configuration is wrong\n--web\.listen-address: .* Did you mean 127\.0\.0\.1:9000\?.*\nWATCHROOM_LOG_LEVEL: .*\n$/),
    });
  });
});

describe('info', () => {
  it('shows version, places and counts', async () => {
    const { out } = await run('info');
    for (const fact of ['1.2.3', 'v24.0.0 on linux', 'ledger.db', 'id l-1, 40.0 KiB', 'not running. Start it: watchroom exporter', '3: 1 working, 0 waiting, 0 idle, 2 ended']) expect(out).toContain(fact);
  });

  it('names the exporter that runs', async () => {
    const info = await aBackend().info();
    expect((await run('info', aBackend([], { info: async () => ({ ...info, exporter: { pid: 77, url: 'http://127.0.0.1:10877' } }) }))).out).toContain('running, pid 77, http://127.0.0.1:10877');
  });
});

describe('ledger', () => {
  it.each([
    ['verify', 'The ledger is sound'], ['compact', 'Compacted from 2.0 MiB to 1.0 MiB.'], ['backup copy.db', 'Copied 4.0 KiB to /work/copy.db.'], ['reset --yes', 'A new ledger begins: new.\nThe old one was old, kept at /state/old.db.'],
  ])('[P7] %s', async (line, sentence) => {
    const { out, exitCode } = await run(`ledger ${line}`);
    expect(exitCode).toBe(0);
    expect(out).toContain(sentence);
  });

  it('[P7] reset does nothing without --yes', async () => {
    const untouched = aBackend([], { ledger: { ...aBackend().ledger, reset: async () => { throw new Error('must not reset'); } } });
    const { exitCode, err } = await run('ledger reset', untouched);
    expect(exitCode).toBe(2);
    expect(err).toContain('Nothing was done. If you mean it: watchroom ledger reset --yes');
  });

  it('[P7] verify fails with every problem it found', async () => {
    const broken = aBackend([], { ledger: { ...aBackend().ledger, verify: async () => ['the sums of session x differ from its calls'] } });
    const { exitCode, err } = await run('ledger verify', broken);
    expect(exitCode).toBe(1);
    expect(err).toContain('  the sums of session x differ from its calls\n');
  });
});

describe('config', () => {
  let home: string;
  beforeEach(() => { home = mkdtempSync(join(tmpdir(), 'watchroom-config-command-')); });
  afterEach(() => rmSync(home, { recursive: true }));
  const config = (line: string) => run(`config ${line}`, undefined, { home });
  const file = (): string => readFileSync(join(home, '.config/watchroom/config.yaml'), 'utf8');

  it('[L5] init writes a file once and leaves an existing one alone', async () => {
    expect((await config('init')).out).toContain(`Wrote ${home}/.config/watchroom/config.yaml.`);
    expect(parseConfig('x', file()).problems).toEqual([]);
    expect(await config('init')).toMatchObject({ exitCode: 1, err: expect.stringContaining('is there already and was left as it is') });
    expect((await config('init --print')).out).toBe(file());
  });

  it('[L5] set and unset change one setting and keep the comments', async () => {
    await config('init');
    const before = file();
    expect((await config('set export.window 7d')).out).toContain('export.window is 7d.');
    expect(file()).toContain('\n  window: 7d\n');
    expect(file().split('\n').filter((line) => line.includes('#'))).toEqual(before.split('\n').filter((line) => line.includes('#')));
    expect((await config('show')).out).toMatch(/export\.window +7d +.*config\.yaml:\d+/);
    expect((await config('unset export.window')).out).toContain('has its default again');
    expect((await config('show')).out).toMatch(/export\.window +24h +default/);
  });

  it('[L5] set writes nothing that is wrong', async () => {
    expect(await config('set export.limit many')).toMatchObject({ exitCode: 4, err: expect.stringContaining('export.limit must be a whole number from 1, got "many". Nothing was written. Try: watchroom config set export.limit 1000') });
    expect(await config('set export.limt 3')).toMatchObject({ exitCode: 2, err: expect.stringContaining('Did you mean export.limit?') });
    expect(() => file()).toThrow('ENOENT');
  });

  it('[L5] show says where each value comes from', async () => {
    await config('set export.limit 7');
    const { out } = await run('config show --top.tools 3', undefined, { home, variables: { WATCHROOM_EXPORT_WINDOW: '90m' } });
    expect(out).toMatch(/top\.tools +3 +flag --top\.tools\n/);
    expect(out).toMatch(/export\.window +90m +variable WATCHROOM_EXPORT_WINDOW\n/);
    expect(out).toMatch(/export\.limit +7 +.*config\.yaml:2\n/);
    expect(out).toMatch(/web\.listen_address +127\.0\.0\.1:10877 +default\n/);
    expect(JSON.parse((await config('show --format json')).out).settings['export.limit']).toMatchObject({ value: 7 });
  });

  it('[L5] check names mistakes with their line, and variables that mean nothing', async () => {
    expect((await config('check')).out).toContain('all settings have their defaults');
    expect((await run('config check', undefined, { home, variables: { WATCHROOM_EXPORT_LIMITS: '3' } })).out).toContain('The variable WATCHROOM_EXPORT_LIMITS means nothing to Watchroom. Did you mean WATCHROOM_EXPORT_LIMIT?');
    await config('set log.level warn');
    expect((await config('check')).out).toContain('config.yaml is right.');
  });
});

describe('the command line itself', () => {
  it('without a command prints help and succeeds', async () => {
    const { exitCode, out } = await run('');
    expect(exitCode).toBe(0);
    for (const command of ['exporter', 'list', 'show', 'health', 'explain', 'doctor', 'info', 'ledger', 'config']) expect(out).toMatch(new RegExp(`^  ${command}\\b`, 'm'));
    expect(out).toContain('Exit codes:');
  });

  it('knows its version', async () => {
    expect(await run('--version')).toMatchObject({ exitCode: 0, out: '1.2.3\n' });
  });

  it.each(['lst', 'show', 'list --frmat json', 'ledger verfy', 'show a b'])('"%s" is a usage error', async (line) => {
    const { exitCode, out, err } = await run(line);
    expect([exitCode, out]).toEqual([2, '']);
    expect(err).toMatch(/^watchroom: /);
  });

  it('help fits the terminal', async () => {
    for (const line of stripVTControlCharacters((await run('--help', undefined, { columns: 80 })).out).split('\n')) expect(textWidth(line)).toBeLessThanOrEqual(80);
  });
});
