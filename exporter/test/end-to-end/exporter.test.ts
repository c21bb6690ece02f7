import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { appendFileSync, chmodSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { aHome, claudeLine, claudePrompt } from '../sweep/a-home.ts';
import { aProcTree, bootedAt } from '../processes/a-proc-tree.ts';
import { freePort, until } from '../servers.ts';
import { run, startExporter, valueOf } from './an-exporter.ts';
import type { RunningExporter } from './an-exporter.ts';

const transcript = '.claude/projects/-home-ada-shop/5e551011-0000-4000-8000-000000000001.jsonl';
const session = '5e551011-0000-4000-8000-000000000001';
const id = `claude/${session}`;
const tokens = (type: string): string => `ai_session_tokens_total{session_id="${id}",tool="claude",model="claude-opus-4-6",token_type="${type}"}`;
const fleetOutput = 'ai_tokens_total{tool="claude",model="claude-opus-4-6",project="shop",token_type="output"}';

let place = aHome();
let proc = aProcTree();
let running: RunningExporter | undefined;

beforeEach(() => {
  place = aHome();
  proc = aProcTree([{ pid: 1, argv: ['/sbin/init'] }]);
});
afterEach(async () => {
  await running?.stop('SIGKILL');
  running = undefined;
  rmSync(place.home, { recursive: true });
  proc.delete();
});

const state = (): string => join(place.home, 'state');
const start = async (...more: string[]): Promise<RunningExporter> => (running = await startExporter(['--home', place.home, '--proc', proc.path, '--state', state(), ...more]));
const write = (minutesAgo: number, output: number, call: string): string => claudePrompt({ session, at: Date.now() - minutesAgo * 60_000 }) + claudeLine({ session, at: Date.now() - minutesAgo * 60_000 + 1000, output, id: call });

describe('the exporter as a process', () => {
  it('shows an appended line at once, without reading anything else again', async () => {
    place.write(transcript, write(30, 100, 'a'));
    const exporter = await start();
    await exporter.until(new RegExp(`token_type="output"} 100\n`));
    const before = valueOf(await exporter.scrape(), 'watchroom_read_bytes_total{source="claude"}')!;
    const line = claudeLine({ session, at: Date.now(), output: 23, id: 'b' });
    appendFileSync(join(place.home, transcript), line);
    const page = await exporter.until(new RegExp(`token_type="output"} 123\n`));
    expect(valueOf(page, 'watchroom_read_bytes_total{source="claude"}')).toBe(before + Buffer.byteLength(line));
    expect(valueOf(page, tokens('output'))).toBe(123);
  });

  it('begins again with a frugal C library, as the same process, unless somebody set that otherwise', async () => {
    const settingsOf = ({ process: { pid } }: RunningExporter): readonly string[] => readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0').filter((entry) => entry.startsWith('MALLOC_'));
    const exporter = await start();
    expect(settingsOf(exporter)).toContain('MALLOC_ARENA_MAX=2');
    await exporter.stop();
    running = await startExporter(['--home', place.home, '--proc', proc.path, '--state', state()], { MALLOC_ARENA_MAX: '4' });
    expect(settingsOf(running)).toEqual(['MALLOC_ARENA_MAX=4']);
  });

  it('[T41] moves no fleet counter by a scan of old transcripts, and only by news afterwards', async () => {
    place.write(transcript, write(300, 100, 'a'));
    const exporter = await start();
    const cold = await exporter.until(/ai_session_tokens_total\{.*token_type="output"\} 100\n/);
    expect(cold.split('\n').filter((line) => /^ai_(tokens|cost_usd|turns|sessions_started|errors|lines|tool_calls)_total/.test(line) && !line.endsWith(' 0'))).toEqual([]);
    appendFileSync(join(place.home, transcript), claudeLine({ session, at: Date.now(), output: 7, id: 'new' }));
    await exporter.until(/ai_session_tokens_total\{.*token_type="output"\} 107\n/);
    // A series that is born while the exporter runs is held at 0 until its viewers have seen the 0.
    expect(valueOf(await exporter.scrape(), fleetOutput)).toBe(0);
    expect(valueOf((await run(['exporter', '--once', '--home', place.home, '--proc', proc.path, '--state', state()])).stdout, fleetOutput)).toBe(7);
  });

  it('[T7] deleting every transcript changes no counter, and neither does a restart', async () => {
    place.write(transcript, write(2, 100, 'a'));
    let exporter = await start();
    await exporter.until(/token_type="output"\} 100\n/);
    appendFileSync(join(place.home, transcript), claudeLine({ session, at: Date.now(), output: 50, id: 'b' }));
    await exporter.until(/token_type="output"\} 150\n/);
    rmSync(join(place.home, '.claude'), { recursive: true });
    await new Promise((resolve) => setTimeout(resolve, 500));
    const after = await exporter.scrape();
    expect(valueOf(after, tokens('output'))).toBe(150);
    expect(await exporter.stop()).toBe(0);
    exporter = await start();
    const restarted = await exporter.until(/watchroom_sessions_exported 1\n/);
    expect(valueOf(restarted, tokens('output'))).toBe(150);
    expect(valueOf(restarted, fleetOutput)).toBe(50);
  });

  it('[P3] sends a span per request to where OTEL_* says, and nothing when it says nothing', async () => {
    place.write(transcript, write(5, 100, 'a'));
    const spans: string[] = [];
    const receiver = createServer((request, response) => {
      let body = '';
      request.on('data', (chunk) => (body += String(chunk)));
      request.on('end', () => {
        if (request.url === '/v1/traces') spans.push(...(JSON.parse(body) as { resourceSpans: { scopeSpans: { spans: { name: string }[] }[] }[] }).resourceSpans.flatMap((resource) => resource.scopeSpans.flatMap((scope) => scope.spans.map(({ name }) => name))));
        response.setHeader('Content-Type', 'application/json').end('{}');
      });
    });
    await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve));
    try {
      running = await startExporter(['--home', place.home, '--proc', proc.path, '--state', state()], {
        OTEL_TRACES_EXPORTER: 'otlp', OTEL_METRICS_EXPORTER: 'none', OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json', OTEL_BSP_SCHEDULE_DELAY: '100',
        OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${(receiver.address() as AddressInfo).port}`,
      });
      await running.scrape();
      await running.scrape('nothing/here?secret=1');
      await until(() => spans.includes('GET /metrics') && spans.includes('GET other'), 10_000);
      expect(spans.filter((name) => !name.startsWith('GET '))).toEqual([]);
    } finally {
      receiver.close();
    }
  });

  it('[M13] reads its configuration again at SIGHUP, and keeps the old one when the new one is wrong', async () => {
    place.write(transcript, write(5, 100, 'a'));
    const config = place.write('watchroom.yaml', 'metrics: {labels: {title: false}}\n');
    const port = await freePort();
    const exporter = await start('--config', config, '--web.listen-address', `127.0.0.1:${port}`);
    appendFileSync(join(place.home, transcript), `${JSON.stringify({ type: 'custom-title', customTitle: 'Fix the till', sessionId: session })}\n`);
    await exporter.until(/token_type="output"\} 100\n/);
    expect(await exporter.scrape()).not.toContain('Fix the till');
    writeFileSync(config, 'metrics: {labels: {title: true}}\n');
    exporter.process.kill('SIGHUP');
    await exporter.until(/ai_session_info\{.*title="Fix the till"/);
    writeFileSync(config, 'metrics: {labels: {title: perhaps}}\n');
    exporter.process.kill('SIGHUP');
    await until(() => exporter.said().includes('the old one stays in force'));
    await exporter.until(/ai_session_info\{.*title="Fix the till"/);
    expect(exporter.said()).toContain('title must be');
  });

  it('an ended session leaves the page when it leaves the export window; a live one stays', async () => {
    place.write(transcript, write(90, 100, 'a'));
    proc.add({ pid: 77, argv: ['/usr/bin/claude'], cwd: '/home/ada/shop', startTicks: Math.round((Date.now() - 3 * 3_600_000 - bootedAt) / 10) });
    const exporter = await start('--export.window', '1h', '--scan.process-interval', '1s');
    await exporter.until(new RegExp(`ai_session_processes\\{session_id="${id}",tool="claude"} 1\n`));
    proc.remove(77);
    const gone = await exporter.until(/watchroom_sessions_exported 0\n/);
    expect(gone).not.toContain(id);
    expect(valueOf(gone, 'watchroom_sessions_dropped{reason="window"}')).toBe(1);
  });

  it('a second exporter on one ledger ends with a sentence, and every other command works beside the first', async () => {
    place.write(transcript, write(5, 100, 'a'));
    const exporter = await start();
    await exporter.until(/token_type="output"\} 100\n/);
    const where = ['--home', place.home, '--proc', proc.path, '--state', state()];
    const second = await run(['exporter', '--no-open', '--web.listen-address', '127.0.0.1:0', ...where]);
    expect(second.code).toBe(1);
    expect(second.stderr).toMatch(/^watchroom: another Watchroom exporter \(pid \d+, http:\/\/localhost:\d+\/\) already keeps the ledger in .*--state DIR\n$/);
    for (const [command, told] of [[['list', '--all'], 'claude/5e551011'], [['show', '5e55'], id], [['health', '5e55'], 'token usage'], [['explain', '5e55'], '100'], [['doctor'], 'Claude Code'], [['info'], `pid ${exporter.process.pid}`], [['ledger', 'verify'], 'sound'], [['ledger', 'backup', join(place.home, 'copy.db')], 'copy.db']] as const) {
      const { code, stdout, stderr } = await run([...command, ...where]);
      expect({ command, code, stderr }).toEqual({ command, code: 0, stderr: '' });
      expect(stdout).toContain(told);
    }
    const reset = await run(['ledger', 'reset', '--yes', ...where]);
    expect(reset.code).not.toBe(0);
  }, 60_000);

  it('a state folder that cannot be written: it says so, counts in memory and says on the page that counters will not survive', async () => {
    place.write(transcript, write(5, 100, 'a'));
    writeFileSync(join(place.home, 'state'), 'a file where the folder should be');
    const exporter = await start();
    const page = await exporter.until(/token_type="output"\} 100\n/);
    expect(exporter.said()).toContain('cannot be written');
    expect(valueOf(page, 'watchroom_ledger_durable')).toBe(0);
    expect(await exporter.scrape('')).toContain('will not survive');
  });

  it('stops gently: the answer under way is finished, the ledger closed, the exit code 0', async () => {
    place.write(transcript, write(5, 100, 'a'));
    const exporter = await start();
    await exporter.until(/token_type="output"\} 100\n/);
    const [code] = await Promise.all([exporter.stop('SIGINT'), exporter.scrape().catch(() => '')]);
    expect(code).toBe(0);
    expect((await run(['ledger', 'verify', '--home', place.home, '--state', state()])).stdout).toContain('sound');
  });

  it('[D8] one broken file of every kind costs a counter or a named outcome, and nothing else', async () => {
    place.write(transcript, write(5, 100, 'a'));
    const folder = '.claude/projects/-home-ada-broken';
    place.write(`${folder}/empty.jsonl`, '');
    place.write(`${folder}/binary.jsonl`, Buffer.from(Array.from({ length: 4096 }, (_, index) => (index * 7919) % 256)).toString('latin1'));
    place.write(`${folder}/half.jsonl`, claudeLine({ session: 'half', at: Date.now(), id: 'h' }).slice(0, 200));
    place.write(`${folder}/nonsense.jsonl`, '{"type":"assistant","message":\n[1,2\n"text"\nnull\n');
    place.write(`${folder}/dir.jsonl/inside.txt`, 'a folder with the name of a transcript');
    mkdirSync(join(place.home, '.codex/sessions'), { recursive: true });
    chmodSync(join(place.home, '.codex/sessions'), 0o000);
    const exporter = await start();
    const page = await exporter.until(/token_type="output"\} 100\n/);
    const bad = page.split('\n').filter((line) => line.startsWith('watchroom_parse_errors_total{source="claude"') && !line.endsWith(' 0'));
    expect(bad.length).toBeGreaterThan(0);
    expect(valueOf(page, 'watchroom_source_up{source="claude"}')).toBe(1);
    chmodSync(join(place.home, '.codex/sessions'), 0o700);
  });

  it('[P5] keeps no text of a conversation in /metrics, in its log or in its ledger', async () => {
    place.write(transcript, write(5, 100, 'a'));
    const exporter = await start('--log.level', 'debug');
    const page = await exporter.until(/token_type="output"\} 100\n/);
    await exporter.stop();
    const { readFileSync, readdirSync } = await import('node:fs');
    const kept = readdirSync(state()).map((name) => readFileSync(join(state(), name), 'latin1')).join('');
    for (const canary of ['CANARY_PROMPT', 'CANARY_OUTPUT']) {
      expect(page).not.toContain(canary);
      expect(exporter.said()).not.toContain(canary);
      expect(kept).not.toContain(canary);
    }
  });
});
