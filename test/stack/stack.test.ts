import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort, requireServer, until } from '../../exporter/test/servers.ts';
import type { QueryResult } from '../../exporter/test/servers.ts';
import { variablesOf } from '../../scripts/setup-stack/env-file.ts';
import { problemsOf } from '../../scripts/setup-stack/check.ts';
import { setUpStack } from '../../scripts/setup-stack/make.ts';
import { startReceiver } from '../servers-alertmanager.ts';
import type { Receiver } from '../servers-alertmanager.ts';
import { aCheckoutIn } from './a-checkout.ts';
import { startSession } from './a-session.ts';
import type { LiveSession } from './a-session.ts';
import { readCompose, repository } from './compose.ts';
import { ownImage, startService } from './container.ts';
import type { Running } from './container.ts';
import { newer } from './newer-servers.ts';

/** The same configuration in less time: of rules and routes only the waiting is shortened. */
const quick = {
  'scrape_interval: 15s': 'scrape_interval: 1s', 'evaluation_interval: 15s': 'evaluation_interval: 1s',
  'for: 30s': 'for: 1s', 'keep_firing_for: 5m': 'keep_firing_for: 1s',
  'group_wait: 15s': 'group_wait: 1s', 'group_interval: 2m': 'group_interval: 1s',
};

interface Servers { readonly prometheus: string; readonly alertmanager: string; readonly flags: readonly string[] }
const installed: Servers = { prometheus: 'prometheus', alertmanager: 'prometheus-alertmanager', flags: ['--enable-feature=expand-external-labels'] };
const late: Servers | undefined = newer('prometheus') && newer('prometheus-alertmanager') ? { prometheus: newer('prometheus')!, alertmanager: newer('prometheus-alertmanager')!, flags: [] } : undefined;

const proves = ({ prometheus, alertmanager, flags }: Servers) => (): void => {
  const folder = mkdtempSync(join(tmpdir(), 'watchroom-stack-'));
  const [checkout, home] = [join(folder, 'checkout'), join(folder, 'home')];
  const running: Running[] = [];
  let receiver: Receiver;
  let session: LiveSession;
  let addresses: Record<'exporter' | 'collab' | 'prometheus' | 'alertmanager', string>;

  const get = async <Data>(path: string): Promise<Data> => ((await (await fetch(`http://${addresses.prometheus}/api/v1${path}`)).json()) as { data: Data }).data;
  const query = async (promql: string): Promise<readonly QueryResult[]> => (await get<{ result: QueryResult[] }>(`/query?query=${encodeURIComponent(promql)}`)).result;
  const toSlack = (): { title: string; text: string; title_link: string }[] => receiver.received.filter(({ path }) => path === '/slack').map(({ body }) => (JSON.parse(body) as { attachments: [{ title: string; text: string; title_link: string }] }).attachments[0]);
  const toWebhook = (): { status: string; alerts: { labels: Record<string, string>; annotations: Record<string, string> }[] }[] => receiver.received.filter(({ path }) => path === '/webhook').map(({ body }) => JSON.parse(body));

  // Other suites run sessions of their own on this machine, and the exporter sees the processes of all.
  const isOurs = ({ title_link: link }: { readonly title_link: string }): boolean => link.includes(encodeURIComponent(session.id));
  const isTheSession = ({ alerts }: { readonly alerts: readonly { readonly labels: Readonly<Record<string, string>> }[] }): boolean => alerts.some(({ labels }) => labels.session_id === session.id);

  beforeAll(async () => {
    chmodSync(folder, 0o755);
    aCheckoutIn(checkout);
    mkdirSync(home);
    receiver = await startReceiver();
    // Slack's address must be https, its stand-in here is not: so it is in the file already.
    mkdirSync(join(checkout, 'stack/secrets'), { recursive: true });
    writeFileSync(join(checkout, 'stack/secrets/slack_url'), `${receiver.url}/slack\n`, { mode: 0o644 });
    const host = { platform: 'linux', home, timezone: 'Europe/Berlin', dockerDesktop: false, user: { uid: process.getuid!(), gid: process.getgid!() }, composeVersion: '2.24.0' } as const;
    await setUpStack({ folder: checkout, host, choices: { exporter: 'container', webhookUrl: `${receiver.url}/webhook` } });
    expect(problemsOf(checkout, host)).toEqual(['an https address in stack/secrets/slack_url: it holds something else.']);

    session = await startSession({ home, project: 'teashop', contextTokens: 160_000 });
    const [exporter, collab, metrics, alerts] = await Promise.all([freePort(), freePort(), freePort(), freePort()]);
    addresses = { exporter: `127.0.0.1:${exporter}`, collab: `127.0.0.1:${collab}`, prometheus: `127.0.0.1:${metrics}`, alertmanager: `127.0.0.1:${alerts}` };
    const compose = readCompose(Object.fromEntries(variablesOf(readFileSync(join(checkout, '.env'), 'utf8'))));
    const here = { ...quick, 'collab:8877': addresses.collab, '127.0.0.1:8877': addresses.collab, '--listen=:8877': `--listen=${addresses.collab}`, 'exporter:10877': addresses.exporter, '127.0.0.1:10877': addresses.exporter, 'alertmanager:9093': addresses.alertmanager, '127.0.0.1:9093': addresses.alertmanager, "'localhost:9090'": `'${addresses.prometheus}'`, '127.0.0.1:9090': addresses.prometheus };
    const way = (name: string) => {
      const root = join(folder, name);
      mkdirSync(root);
      return { compose, checkout, here, root, service: compose.services[name]! };
    };
    const [image, hub] = [ownImage('exporter'), ownImage('collab')];
    running.push(...await Promise.all([
      startService({ ...way('exporter'), ...image, asIs: [home], environment: { ...image.environment, ...compose.services.exporter!.environment, WATCHROOM_WEB_LISTEN_ADDRESS: addresses.exporter, WATCHROOM_SCAN_PROCESS_INTERVAL: '1s' } }),
      startService({ ...way('collab'), ...hub, environment: { ...hub.environment, ...compose.services.collab!.environment } }),
      startService({ ...way('alertmanager'), program: [alertmanager], flags: [`--web.listen-address=${addresses.alertmanager}`] }),
      startService({ ...way('prometheus'), program: [prometheus], flags: [`--web.listen-address=${addresses.prometheus}`, ...flags] }),
    ]));
  }, 30_000);

  afterAll(async () => {
    await session?.end();
    await Promise.all(running.map((one) => one.stop()));
    await receiver?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  it('within a minute every target is well and the session is there', async () => {
    await until(async () => (await query('up == 1')).length === 4 && (await query(`ai_session_info{session_id="${session.id}"}`)).length === 1);
    const { activeTargets } = await get<{ activeTargets: { labels: { job: string }; health: string; lastError: string }[] }>('/targets');
    expect(activeTargets.map(({ labels: { job }, health, lastError }) => ({ job, health, lastError })).sort((a, b) => a.job.localeCompare(b.job))).toEqual(['alertmanager', 'prometheus', 'watchroom', 'watchroom-hub'].map((job) => ({ job, health: 'up', lastError: '' })));
    expect((await query(`ai_session_state{session_id="${session.id}"} == 1`)).map(({ metric }) => [metric.session_id, metric.state])).toEqual([[session.id, expect.stringMatching(/^(working|waiting)$/)]]);
  });

  it('the hub began with its admin, their team, and the tokens of the stack', async () => {
    const ask = (path: string, body: object): Promise<Response> => fetch(`http://${addresses.collab}${path}`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });
    const login = await ask('/api/v1/auth/login', { username: 'admin', password: readFileSync(join(checkout, 'stack/secrets/hub_admin_password'), 'utf8').trim() });
    expect(await login.json()).toMatchObject({ account: { username: 'admin', operator: true, teams: [{ name: 'team', role: 'admin' }] } });
    const downlink = await fetch(`http://${addresses.collab}/api/v1/agents/downlink?agent=x&wait=0`, { headers: { authorization: `Bearer ${readFileSync(join(checkout, 'stack/secrets/hub_agent_token'), 'utf8').trim()}` } });
    expect([200, 404]).toContain(downlink.status);
  });

  it('every rule is evaluated without an error', async () => {
    const rulesNow = async (): Promise<readonly { readonly name: string; readonly health: string; readonly lastError?: string }[]> => (await get<{ groups: { rules: { name: string; health: string; lastError?: string }[] }[] }>('/rules')).groups.flatMap((group) => group.rules);
    await until(async () => (await rulesNow()).every(({ health }) => health !== 'unknown'));
    expect((await rulesNow()).length).toBeGreaterThan(20);
    expect((await rulesNow()).filter(({ health }) => health !== 'ok')).toEqual([]);
  });

  it('a session that fills its context is told to Slack and to the webhook, with links that lead somewhere', async () => {
    await until(() => toSlack().some(isOurs) && toWebhook().some(isTheSession), 20_000);
    const message = toSlack().find(isOurs)!;
    expect(message.title).toMatch(/^WARNING: Context of claude in teashop is 95\.8\d*% full/);
    expect(message.text).toContain(message.title_link.replaceAll('&', '&amp;'));
    const link = new URL(message.title_link);
    expect(link.href).toBe(`http://localhost:3000/d/watchroom-session?var-session=${encodeURIComponent(session.id)}`);
    expect(existsSync(`${repository}dashboards/grafana/${link.pathname.split('/').at(-1)}.json`)).toBe(true);
    const { status, alerts: [alert] } = toWebhook().find(isTheSession)!;
    expect({ status, alert }).toMatchObject({ status: 'firing', alert: { labels: { alertname: 'SessionContextNearlyFull', session_id: session.id }, annotations: { dashboard_url: link.href } } });
    expect(Object.keys(alert!.labels)).not.toContain('grafana_url');
  });

  it('and that it is over, when the session has ended', async () => {
    await session.end();
    await until(() => toWebhook().some((message) => message.status === 'resolved' && isTheSession(message)) && toSlack().some(({ title, title_link: link }) => title.startsWith('RESOLVED') && isOurs({ title_link: link })), 20_000);
  });

  it('[T48] the exporter goes by the name it has in the stack, and by no other', async () => {
    const [host, port] = addresses.exporter.split(':');
    const statusFor = (name: string): Promise<number | undefined> => new Promise((resolve, reject) => request({ host, port, path: '/metrics', headers: { host: name } }, (response) => { response.resume(); resolve(response.statusCode); }).on('error', reject).end());
    expect([await statusFor('exporter:10877'), await statusFor('evil.example')]).toEqual([200, 403]);
  });

  it('the exporter has created nothing in the home it watches, and keeps its ledger in its volume', async () => {
    expect(existsSync(join(home, '.local'))).toBe(false);
    expect(existsSync(join(folder, 'exporter/state/ledger.db'))).toBe(true);
  });

  it('stops when Docker says so, all of it cleanly', async () => {
    expect(await Promise.all(running.map((one) => one.stop()))).toEqual([0, 0, 0, 0]);
  });
};

requireServer('prometheus')('the stack', () => {
  requireServer('prometheus-alertmanager')('on the installed servers', proves(installed));
  if (late) describe('on the newer servers', proves(late));
  else describe.skip('on newer servers (skipped: none; scripts/setup-newer-servers.sh gets them where Debian\'s archive is at hand)', proves(installed));
});
