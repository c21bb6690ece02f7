import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadConfig } from '../../src/config/load.ts';
import type { SettingName } from '../../src/config/settings.ts';
import { reportingOf, reportingWarnings } from '../../src/wiring/reporting.ts';
import { until } from '../servers.ts';
import { aHome, claudeLine, claudePrompt } from '../sweep/a-home.ts';
import { run, startExporter } from '../end-to-end/an-exporter.ts';
import type { RunningExporter } from '../end-to-end/an-exporter.ts';
import { AHub, token } from './a-hub.ts';

let hub: AHub;
let agent: RunningExporter | undefined;
let files: ReturnType<typeof aHome>;
let state: string;

beforeEach(async () => {
  hub = await new AHub().open();
  files = aHome();
  text = '';
  state = mkdtempSync(join(tmpdir(), 'watchroom-agent-'));
  write('s1', 10);
});
afterEach(async () => {
  await agent?.stop();
  agent = undefined;
  await hub.close();
});

let calls = 0;
let text = '';
const write = (session: string, output: number): void => {
  text += claudePrompt({ session, at: Date.now() }) + claudeLine({ session, at: Date.now(), id: `m${(calls += 1)}`, output });
  files.write(`.claude/projects/-home-ada-shop/${session}.jsonl`, text);
};
const start = (...args: string[]) => startExporter(['--home', files.home, '--state', state, ...args], {}, 'agent');

const hubUrl = 'http://hub.example';
const askOwner = (): Promise<undefined> => Promise.resolve(undefined);
const aConfig = (flags: Partial<Record<SettingName, unknown>> = {}) => loadConfig({ machine: { platform: 'linux', home: '/nowhere', env: {} }, variables: {}, flags, cwd: '/' });

describe('watchroom agent', () => {
  it('[U7] reports through the ledger\'s thread, and ends with a goodbye', async () => {
    agent = await start('--hub', hub.url, '--token', token);
    await until(() => hub.sum('output') === 10);
    hub.watched = ['claude/s1'];
    await until(() => hub.polls > 1);
    hub.tell({});
    const started = performance.now();
    write('s1', 5);
    await until(() => hub.sum('output') === 15, 10_000, 10);
    expect(performance.now() - started).toBeLessThan(2500); // [R9] 1 s, on a machine that is busy with tests
    expect(await agent.stop()).toBe(0);
    expect(hub.reports.at(-1)).toMatchObject({ goodbye: true });
    expect(hub.problems).toEqual([]);
    expect(agent.said()).toContain(`Reports:  ${hub.url}`);
    expect(agent.said()).not.toContain(token);
  });

  it('serves only its own metrics meanwhile, or all with --expose-sessions', async () => {
    agent = await start('--hub', hub.url, '--token', token);
    const own = await agent.scrape();
    expect(own).toMatch(/^watchroom_build_info/m);
    expect(own).not.toMatch(/^ai_/m);
    expect(agent.said()).toContain('Prometheus has the sessions from the hub');
    expect(agent.said()).not.toContain('scrape_configs');
    await agent.stop();
    agent = await start('--hub', hub.url, '--token', token, '--expose-sessions');
    await agent.until(/^ai_session_tokens_total/m);
    expect(agent.said()).toContain('scrape_configs');
  });

  it('takes its token from a file or a variable, and never shows it', async () => {
    const file = join(state, 'token');
    writeFileSync(file, `${token}\n`, { mode: 0o644 });
    agent = await start('--hub', hub.url, '--token-file', file);
    await until(() => hub.sum('output') === 10);
    expect(agent.said()).toContain(`others on this machine can read the token file ${file}. Try: chmod 600 ${file}`);
    const { stdout } = await run(['config', 'show', '--format', 'json'], { WATCHROOM_TOKEN: token, WATCHROOM_AGENT_TOKEN_FILE: file, WATCHROOM_CONFIG: '' });
    expect(stdout).not.toContain(token);
    expect(readFileSync(join(state, 'agent.json'), 'utf8')).not.toContain(token);
  });

  it('beside an exporter says what to do', async () => {
    const exporter = await startExporter(['--home', files.home, '--state', state]);
    try {
      const { code, stderr } = await run(['agent', '--home', files.home, '--state', state, '--web.listen-address', '127.0.0.1:0', '--hub', hub.url, '--token', token]);
      expect(code).toBe(1);
      expect(stderr).toMatch(/a Watchroom exporter \(pid \d+, http:.*\) already keeps the ledger in .*stop that one and start the agent in its place, or give this one a ledger of its own with --state DIR/);
    } finally {
      await exporter.stop();
    }
  });

  it.each([
    [{}, 'x', /an agent needs the address of its hub\. Try: watchroom agent --hub/],
    [{ hubUrl }, undefined, /an agent needs a token, which the hub makes for you/],
    [{ hubUrl }, 'a b', /the token has spaces or signs in it that no token has/],
    [{ hubUrl, agentTokenFile: '/nowhere' }, undefined, /the token file \/nowhere cannot be read \(ENOENT\)/],
  ])('%j with the token %j does not begin, and says why', (flags, typed, sentence) => {
    expect(() => reportingOf(aConfig(flags), { token: typed, variable: undefined, askOwner })).toThrow(sentence);
  });

  it('allows what its owner typed, and being asked wins', () => {
    const allow = (agentAllow?: string) => reportingOf(aConfig({ hubUrl, ...(agentAllow === undefined ? {} : { agentAllow }) }), { token, variable: undefined, askOwner }).allow;
    expect([allow(), allow('export'), allow('stop'), allow('stop=ask,export'), allow('stop,stop=ask')]).toEqual([{}, { export: true }, { stop: 'always' }, { export: true, stop: 'ask' }, { stop: 'ask' }]);
    expect(() => allow('stopp')).toThrow(/agent\.allow\[0\] must be one of export, stop, stop=ask/);
  });

  it('warns of a hub on the network without encryption', () => {
    const warned = (url: string) => reportingWarnings(reportingOf(aConfig({ hubUrl: url }), { token, variable: undefined, askOwner }), aConfig());
    expect([warned('http://localhost:8877'), warned('https://hub.example'), warned('http://127.0.0.1')]).toEqual([[], [], []]);
    expect(warned('http://hub.example')[0]).toMatch(/is not encrypted: .* Use https/);
  });
});
