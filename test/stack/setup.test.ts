import { afterEach, describe, expect, it } from '@jest/globals';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { problemsOf } from '../../scripts/setup-stack/check.ts';
import { readChoices } from '../../scripts/setup-stack/choices.ts';
import type { Choices } from '../../scripts/setup-stack/choices.ts';
import { variablesOf } from '../../scripts/setup-stack/env-file.ts';
import type { Host } from '../../scripts/setup-stack/host.ts';
import { setUpStack } from '../../scripts/setup-stack/make.ts';
import { browserAddressOf } from '../../scripts/setup-stack/runbook-address.ts';
import { aCheckoutIn } from './a-checkout.ts';
import { readCompose } from './compose.ts';

const folders: string[] = [];
afterEach(() => { for (const folder of folders.splice(0)) rmSync(folder, { recursive: true }); });

const aFolder = (): string => {
  const folder = mkdtempSync(join(tmpdir(), 'watchroom-setup-'));
  folders.push(folder);
  return folder;
};

/** What a checkout has, as far as the set-up looks at it. */
const aCheckout = (): string => {
  const folder = aFolder();
  aCheckoutIn(folder);
  return folder;
};

const aHost = (home = aFolder()): Host => {
  const { uid, gid } = statSync(home);
  return { platform: 'linux', home, timezone: 'Europe/Berlin', dockerDesktop: false, user: { uid, gid }, composeVersion: '2.24.0' };
};

/** Made for each stack anew, in the order they are told. */
const secrets = ['grafana_admin_password', 'hub_admin_password', 'hub_scrape_token', 'hub_agent_token', 'hub_alert_token'].map((name) => `stack/secrets/${name}`);
const slackUrl = 'https://hooks.slack.com/services/T1/B2/x3';
const read = (folder: string, path: string): string => readFileSync(join(folder, path), 'utf8');
const modeOf = (folder: string, path: string): string => (statSync(join(folder, path)).mode & 0o777).toString(8);
const did = async (folder: string, host: Host, choices: Choices = {}): Promise<string[]> => (await setUpStack({ folder, host, choices })).steps.map((step) => `${step.did} ${step.path}`);

describe('npm run setup:stack', () => {
  it('makes everything docker-compose.yml needs, and nothing is missing afterwards', async () => {
    const [folder, host] = [aCheckout(), aHost()];
    expect(await did(folder, host, { slackUrl })).toEqual(['.env', ...secrets, 'stack/secrets/slack_url', 'stack/alertmanager.yml'].map((path) => `made ${path}`));
    const variables = Object.fromEntries(variablesOf(read(folder, '.env')));
    expect(variables).toMatchObject({ WATCHROOM_EXPORTER: 'agent', WATCHROOM_UID: String(host.user!.uid), WATCHROOM_HOME: host.home, WATCHROOM_TIMEZONE: 'Europe/Berlin' });
    expect(() => readCompose(variables)).not.toThrow();
    expect(read(folder, 'stack/secrets/slack_url')).toBe(`${slackUrl}\n`);
    expect(problemsOf(folder, host)).toEqual([]);
  });

  it('makes a password that nobody can guess, another one each time', async () => {
    const passwords = await Promise.all([aCheckout(), aCheckout()].map(async (folder) => {
      await did(folder, aHost());
      return read(folder, 'stack/secrets/grafana_admin_password').trim();
    }));
    expect(passwords[0]).toMatch(/^[\w-]{32}$/);
    expect(passwords[0]).not.toBe(passwords[1]);
  });

  it('makes the tokens with which Prometheus and the agent come to the hub, as the hub takes them', async () => {
    const folder = aCheckout();
    await did(folder, aHost());
    expect(read(folder, 'stack/secrets/hub_scrape_token').trim()).toMatch(/^wrs_[\w-]{43}$/);
    expect(read(folder, 'stack/secrets/hub_agent_token').trim()).toMatch(/^wra_[\w-]{43}$/);
    for (const path of secrets) expect(modeOf(folder, path)).toBe('644');
  });

  it('keeps the secrets from other users of the machine, and readable for the users of the containers, whatever the umask', async () => {
    const folder = aCheckout();
    const umask = process.umask(0o077);
    await did(folder, aHost());
    process.umask(umask);
    expect(modeOf(folder, 'stack/secrets')).toBe('700');
    expect(modeOf(folder, 'stack/secrets/grafana_admin_password')).toBe('644');
    expect(modeOf(folder, 'stack/secrets/slack_url')).toBe('644');
    expect(modeOf(folder, 'stack/alertmanager.yml')).toBe('644');
    expect(modeOf(folder, '.env')).toBe('600');
  });

  it('run again, changes nothing', async () => {
    const [folder, host] = [aCheckout(), aHost()];
    await did(folder, host, { slackUrl });
    const files = ['.env', ...secrets, 'stack/secrets/slack_url', 'stack/alertmanager.yml'];
    const before = files.map((path) => read(folder, path));
    expect(await did(folder, host)).toEqual(files.map((path) => `kept ${path}`));
    expect(files.map((path) => read(folder, path))).toEqual(before);
  });

  it('without Slack makes an empty secret and an Alertmanager without Slack; the address can come later', async () => {
    const [folder, host] = [aCheckout(), aHost()];
    await did(folder, host);
    expect(read(folder, 'stack/secrets/slack_url')).toBe('');
    expect(read(folder, 'stack/alertmanager.yml')).not.toContain('slack_configs');
    expect(problemsOf(folder, host)).toEqual([]);
    expect(await did(folder, host, { slackUrl })).toEqual([...['.env', ...secrets].map((path) => `kept ${path}`), 'changed stack/secrets/slack_url', 'changed stack/alertmanager.yml']);
    expect(read(folder, 'stack/alertmanager.yml')).toContain('slack_configs');
  });

  it('asks for Slack where somebody is at the terminal, and takes Enter for no', async () => {
    const [asked, unasked] = [aCheckout(), aCheckout()];
    await setUpStack({ folder: asked, host: aHost(), choices: {}, askForSlack: () => Promise.resolve(slackUrl) });
    await setUpStack({ folder: unasked, host: aHost(), choices: {}, askForSlack: () => Promise.resolve('') });
    expect([asked, unasked].map((folder) => read(folder, 'stack/secrets/slack_url'))).toEqual([`${slackUrl}\n`, '']);
    await expect(setUpStack({ folder: aCheckout(), host: aHost(), choices: {}, askForSlack: () => Promise.resolve('my-team.slack.com') })).rejects.toThrow('got "my-team.slack.com"');
  });

  it('a webhook stays when Slack comes later', async () => {
    const [folder, host] = [aCheckout(), aHost()];
    await did(folder, host, { webhookUrl: 'http://bot.example:9000/alerts' });
    await did(folder, host, { slackUrl });
    expect(read(folder, 'stack/alertmanager.yml')).toMatch(/slack_configs[^]*url: 'http:\/\/bot\.example:9000\/alerts'/);
  });

  it('leaves alone what people have written: their Alertmanager, their .env, another Slack address', async () => {
    const [folder, host] = [aCheckout(), aHost()];
    await did(folder, host, { slackUrl });
    writeFileSync(join(folder, 'stack/alertmanager.yml'), read(folder, 'stack/alertmanager.yml').replace('group_wait: 15s', 'group_wait: 1m'));
    writeFileSync(join(folder, '.env'), read(folder, '.env').replace('_GRAFANA_PORT=3000', '_GRAFANA_PORT=3001'));
    await did(folder, host, { webhookUrl: 'http://bot.example:9000/alerts' });
    expect(read(folder, 'stack/alertmanager.yml')).toContain('group_wait: 1m');
    expect(read(folder, '.env')).toContain('_GRAFANA_PORT=3001');
    await expect(did(folder, host, { slackUrl: `${slackUrl}4` })).rejects.toThrow('stack/secrets/slack_url holds another address already. Empty that file');
    await expect(did(folder, host, { exporter: 'none' })).rejects.toThrow('.env says WATCHROOM_EXPORTER=agent, and --exporter none would change it');
  });

  it('after an upgrade adds the lines that .env lacks, and says which', async () => {
    const [folder, host] = [aCheckout(), aHost()];
    await did(folder, host);
    writeFileSync(join(folder, '.env'), read(folder, '.env').replace(/^WATCHROOM_PROMETHEUS_SIZE=.*\n/m, ''));
    const { steps } = await setUpStack({ folder, host, choices: {} });
    expect(steps[0]).toEqual({ did: 'changed', path: '.env', why: 'new in this version: WATCHROOM_PROMETHEUS_SIZE' });
    expect(variablesOf(read(folder, '.env')).get('WATCHROOM_PROMETHEUS_SIZE')).toBe('50GB');
  });

  it.each([['darwin', false, 'host'], ['win32', false, 'host'], ['linux', true, 'host'], ['linux', false, 'agent']] as const)('on %s (Docker Desktop: %s) the exporter runs in: %s', async (platform, dockerDesktop, place) => {
    const folder = aCheckout();
    const { next } = await setUpStack({ folder, host: { ...aHost(), platform, dockerDesktop }, choices: {} });
    expect(variablesOf(read(folder, '.env')).get('WATCHROOM_EXPORTER')).toBe(place);
    expect(next.includes('npm start -- --no-open --web.allowed-hosts host.docker.internal')).toBe(place === 'host');
  });

  it('a pure team server is one word', async () => {
    const folder = aCheckout();
    await did(folder, aHost(), readChoices({ exporter: 'none' }));
    expect(variablesOf(read(folder, '.env')).get('WATCHROOM_EXPORTER')).toBe('none');
  });

  it('a home with a space in its name survives .env', async () => {
    const home = join(aFolder(), 'Ada L');
    mkdirSync(home);
    const folder = aCheckout();
    await did(folder, aHost(home));
    expect(read(folder, '.env')).toContain(`WATCHROOM_HOME='${home}'`);
    expect(variablesOf(read(folder, '.env')).get('WATCHROOM_HOME')).toBe(home);
  });

  it('refuses to be run by sudo: the exporter would watch root', async () => {
    await expect(did(aCheckout(), { ...aHost(), sudoUser: 'ada' })).rejects.toThrow('Run this as yourself, not with sudo');
  });

  it.each([
    [{ slackUrl: 'hooks.slack.com/services/T/B/x' }, 'The Slack address must be that of an incoming webhook, such as https://hooks.slack.com/services/T…/B…/…, got "hooks.slack.com/services/T/B/x"'],
    [{ slackUrl: 'http://hooks.slack.com/services/T/B/x' }, 'got "http://hooks.slack.com/services/T/B/x"'],
    [{ webhookUrl: 'localhost:9000' }, '--webhook-url must be an http(s) address, got "localhost:9000"'],
    [{ exporter: 'docker' }, '--exporter must be agent, container, host, none, got "docker"'],
  ])('says what is wrong with %j', (typed, sentence) => {
    expect(() => readChoices(typed)).toThrow(sentence);
  });
});

describe('npm run setup:stack -- --check', () => {
  const ready = async (): Promise<{ readonly folder: string; readonly host: Host }> => {
    const [folder, host] = [aCheckout(), aHost()];
    await did(folder, host, { slackUrl });
    return { folder, host };
  };

  it('says that nothing has been set up', () => {
    expect(problemsOf(aCheckout(), aHost())).toEqual(['.env. Run: npm run setup:stack', `${[...secrets, 'stack/secrets/slack_url'].join(', ')}. Run: npm run setup:stack`, 'stack/alertmanager.yml. Run: npm run setup:stack']);
  });

  it.each([['2.23.3', false], ['2.24.0', true], ['v2.40.3', true], ['5.0.1', true], ['1.29.2', false]])('Compose %s will do: %s', async (composeVersion, willDo) => {
    const { folder, host } = await ready();
    expect(problemsOf(folder, { ...host, composeVersion })).toEqual(willDo ? [] : [`Docker Compose 2.24 or newer, this is ${composeVersion}. Update Docker.`]);
  });

  it('says that there is no Docker Compose', async () => {
    const { folder, host: { composeVersion: _, ...host } } = await ready();
    expect(problemsOf(folder, host)).toEqual([expect.stringContaining('Docker Compose does not answer')]);
  });

  it('finds an empty password, a wrong Slack address and a folder of secrets that others can look into', async () => {
    const { folder, host } = await ready();
    writeFileSync(join(folder, 'stack/secrets/grafana_admin_password'), '');
    writeFileSync(join(folder, 'stack/secrets/slack_url'), 'xoxb-token');
    chmodSync(join(folder, 'stack/secrets'), 0o755);
    expect(problemsOf(folder, host)).toEqual([expect.stringContaining('the file is empty'), 'an https address in stack/secrets/slack_url: it holds something else.', expect.stringContaining('chmod 700 stack/secrets')]);
  });

  it('finds files that a container, whose user is none of this machine, could not read', async () => {
    const { folder, host } = await ready();
    chmodSync(join(folder, 'alerts/rules/sessions.yml'), 0o600);
    chmodSync(join(folder, 'stack/secrets/slack_url'), 0o600);
    expect(problemsOf(folder, host)).toEqual([expect.stringContaining('chmod -R a+rX stack/secrets/slack_url'), expect.stringContaining('chmod -R a+rX alerts/rules')]);
  });

  it('finds a home that is not there, or belongs to another user', async () => {
    const { folder, host } = await ready();
    const env = read(folder, '.env');
    writeFileSync(join(folder, '.env'), env.replace(/^WATCHROOM_HOME=.*$/m, 'WATCHROOM_HOME=/home/nobody-here'));
    expect(problemsOf(folder, host)).toEqual([expect.stringContaining('the home folder /home/nobody-here')]);
    writeFileSync(join(folder, '.env'), env.replace(/^WATCHROOM_UID=.*$/m, 'WATCHROOM_UID=4711'));
    expect(problemsOf(folder, host)).toEqual([expect.stringContaining('the exporter would run as 4711')]);
  });

  it('finds lines of .env that are empty or make no sense', async () => {
    const { folder, host } = await ready();
    const env = read(folder, '.env');
    writeFileSync(join(folder, '.env'), env.replace(/^WATCHROOM_UID=.*$/m, 'WATCHROOM_UID='));
    expect(problemsOf(folder, host)).toEqual([expect.stringMatching(/^WATCHROOM_UID in \.env/)]);
    writeFileSync(join(folder, '.env'), env.replace(/^WATCHROOM_EXPORTER=.*$/m, 'WATCHROOM_EXPORTER=docker'));
    expect(problemsOf(folder, host)).toEqual(['a WATCHROOM_EXPORTER of agent, container, host, none in .env, it says "docker".']);
  });
});

describe('the address of the runbook', () => {
  it.each([
    ['https://github.com/acme/watchroom.git', 'https://github.com/acme/watchroom/blob/HEAD/alerts/runbook.md'],
    ['git@github.com:acme/watchroom.git', 'https://github.com/acme/watchroom/blob/HEAD/alerts/runbook.md'],
    ['https://ada:token@gitlab.example/tools/watchroom', 'https://gitlab.example/tools/watchroom/-/blob/HEAD/alerts/runbook.md'],
    ['/srv/git/watchroom.git', undefined],
    [undefined, undefined],
  ])('of %s is %s', (remote, address) => {
    expect(browserAddressOf(remote, 'alerts/runbook.md')).toBe(address);
  });
});
