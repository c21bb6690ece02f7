import { createHash, randomBytes } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { alertmanagerConfig } from '../../alerts/source/alertmanager.ts';
import { slackAddress } from './choices.ts';
import type { Choices } from './choices.ts';
import { completed, filledIn, variablesOf } from './env-file.ts';
import { usualPlace } from './host.ts';
import type { Host } from './host.ts';

/** One file: what was done with it, and what that means. */
export interface Step {
  readonly did: 'made' | 'changed' | 'kept';
  readonly path: string;
  readonly why: string;
}

interface Setup {
  /** The repository. */
  readonly folder: string;
  readonly host: Host;
  readonly choices: Choices;
  /** Asks at the terminal; absent when nobody is there. An empty answer is no Slack. */
  readonly askForSlack?: () => Promise<string>;
}

/** Makes .env and the secrets. What is there stays as it is; only what is empty or was made by this program is filled in. */
export const setUpStack = async ({ folder, host, choices, askForSlack }: Setup): Promise<{ readonly steps: readonly Step[]; readonly next: string }> => {
  if (host.sudoUser !== undefined) throw new Error(`Run this as yourself, not with sudo: the exporter runs as the user whose sessions it watches, which would be root instead of ${host.sudoUser}.`);
  const env = envFile(folder, host, choices);
  // Others on this machine stay out by the folder. The files themselves can be read by all, because the containers that mount them
  // run as users of their own, and Compose mounts a file secret with the owner and mode it has (docker/compose#9648).
  mkdirSync(join(folder, 'stack/secrets'), { recursive: true });
  chmodSync(join(folder, 'stack/secrets'), 0o700);
  const password = secret(folder, 'grafana_admin_password', 'to log in as admin', () => randomBytes(24).toString('base64url'));
  const hub = [
    secret(folder, 'hub_admin_password', 'to sign in to the hub as admin', () => randomBytes(24).toString('base64url')),
    secret(folder, 'hub_scrape_token', 'with which Prometheus scrapes the hub', () => `wrs_${randomBytes(32).toString('base64url')}`),
    secret(folder, 'hub_agent_token', 'with which the agent of this machine reports to the hub', () => `wra_${randomBytes(32).toString('base64url')}`),
    secret(folder, 'hub_alert_token', 'with which Alertmanager tells the rooms of alerts', () => `wrm_${randomBytes(32).toString('base64url')}`),
  ];
  const slack = await slackSecret(folder, choices, askForSlack);
  const alertmanager = alertmanagerFile(folder, choices, slack.url !== '');
  return { steps: [env, password, ...hub, slack.step, alertmanager], next: nextSteps(folder, slack.url !== '') };
};

const envFile = (folder: string, host: Host, { exporter }: Choices): Step => {
  const path = '.env';
  const example = filledIn(readFileSync(join(folder, '.env.example'), 'utf8'), valuesOf(host, exporter));
  if (!existsSync(join(folder, path))) {
    write(join(folder, path), example, 0o600);
    return { did: 'made', path, why: whose(variablesOf(example)) };
  }
  const old = readFileSync(join(folder, path), 'utf8');
  const place = variablesOf(old).get('WATCHROOM_EXPORTER');
  if (exporter !== undefined && place !== exporter) throw new Error(`.env says WATCHROOM_EXPORTER=${place ?? ''}, and --exporter ${exporter} would change it. Edit that line, or delete .env and run this again.`);
  const { text, added } = completed(old, example);
  write(join(folder, path), text, 0o600);
  return added.length === 0 ? { did: 'kept', path, why: whose(variablesOf(text)) } : { did: 'changed', path, why: `new in this version: ${added.join(', ')}` };
};

const valuesOf = (host: Host, exporter = usualPlace(host)): Readonly<Record<string, string>> => ({
  WATCHROOM_EXPORTER: exporter,
  // Compose wants a number even where no container runs as it (Windows).
  WATCHROOM_UID: String(host.user?.uid ?? 1000),
  WATCHROOM_GID: String(host.user?.gid ?? 1000),
  WATCHROOM_HOME: host.home,
  WATCHROOM_TIMEZONE: host.timezone,
  ...(host.runbookUrl === undefined ? {} : { WATCHROOM_RUNBOOK_URL: host.runbookUrl }),
});

const whose = (variables: ReadonlyMap<string, string>): string => {
  const place = variables.get('WATCHROOM_EXPORTER');
  if (place === 'agent') return `the exporter runs in a container, as user ${variables.get('WATCHROOM_UID')}, reads ${variables.get('WATCHROOM_HOME')} and reports to the hub`;
  if (place === 'container') return `the exporter runs in a container, as user ${variables.get('WATCHROOM_UID')}, and reads ${variables.get('WATCHROOM_HOME')}`;
  return place === 'host' ? 'the exporter runs on this machine beside Docker (see below)' : 'no exporter here: a pure team server';
};

const secret = (folder: string, name: string, why: string, value: () => string): Step => {
  const path = `stack/secrets/${name}`;
  if (contentOf(folder, path) !== '') return { did: 'kept', path, why };
  write(join(folder, path), `${value()}\n`, 0o644);
  return { did: 'made', path, why };
};

const slackSecret = async (folder: string, { slackUrl }: Choices, ask: Setup['askForSlack']): Promise<{ readonly step: Step; readonly url: string }> => {
  const path = 'stack/secrets/slack_url';
  const old = contentOf(folder, path);
  if (old !== '') {
    if (slackUrl !== undefined && slackUrl !== old) throw new Error(`${path} holds another address already. Empty that file to replace it, then run this again.`);
    return { step: { did: 'kept', path, why: 'alerts go to Slack' }, url: old };
  }
  const url = slackUrl ?? (await ask?.()) ?? '';
  if (url !== '') slackAddress(url);
  const fresh = !existsSync(join(folder, path));
  write(join(folder, path), url === '' ? '' : `${url}\n`, 0o644);
  return { step: { did: fresh ? 'made' : url === '' ? 'kept' : 'changed', path, why: url === '' ? 'empty: no Slack messages. Later: npm run setup:stack -- --slack-url URL' : 'alerts go to Slack' }, url };
};

/** Without a Slack address the receiver has to go as well: Alertmanager would try, and fail, for every alert. */
const alertmanagerFile = (folder: string, { webhookUrl }: Choices, withSlack: boolean): Step => {
  const path = 'stack/alertmanager.yml';
  const old = existsSync(join(folder, path)) ? readFileSync(join(folder, path), 'utf8') : '';
  const webhook = webhookUrl ?? webhookIn(old);
  const text = sealed(alertmanagerConfig({ rooms: { url: roomsUrl, tokenFile: '/run/secrets/hub_alert_token' }, ...(withSlack ? { slack: { urlFile: '/run/secrets/slack_url' } } : {}), ...(webhook === undefined ? {} : { webhook: { url: webhook } }) }));
  const why = `alerts go to ${[...(withSlack ? ['Slack'] : []), ...(webhook === undefined ? [] : [webhook]), 'the rooms of the sessions'].join(' and ')}`;
  if (old === text) return { did: 'kept', path, why };
  if (old !== '' && !isSealed(old)) return { did: 'kept', path, why: 'it has changes of yours. What this version would write: delete it, or see alerts/alertmanager.yml' };
  write(join(folder, path), text, 0o644);
  return { did: old === '' ? 'made' : 'changed', path, why };
};

/** The first line tells whether the rest is still as it was written: what people have changed is theirs, also after an upgrade. */
const sealed = (text: string): string => `# setup:stack ${sealOf(text)}: as long as this fits what follows, setup:stack may write the file anew. What you change is left alone.\n${text}`;

const isSealed = (text: string): boolean => {
  const [, seal, rest] = /^# setup:stack ([0-9a-f]+):.*\n([^]*)$/.exec(text) ?? [];
  return rest !== undefined && sealOf(rest) === seal;
};

const sealOf = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, 16);

const roomsUrl = 'http://collab:8877/api/v1/alerts/alertmanager';

/** The webhook that was chosen before. */
const webhookIn = (text: string): string | undefined => [...text.matchAll(/^ {6}- url: '(.*)'$/gm)].map(([, url]) => url!).find((url) => url !== roomsUrl);

const contentOf = (folder: string, path: string): string => (existsSync(join(folder, path)) ? readFileSync(join(folder, path), 'utf8').trim() : '');

const write = (path: string, text: string, mode: number): void => {
  writeFileSync(path, text, { mode });
  chmodSync(path, mode); // whatever the umask is
};

const nextSteps = (folder: string, withSlack: boolean): string => {
  const variables = variablesOf(readFileSync(join(folder, '.env'), 'utf8'));
  const { place, port } = { place: variables.get('WATCHROOM_EXPORTER'), port: variables.get('WATCHROOM_GRAFANA_PORT') ?? '3000' };
  return [
    'Next:',
    ...(place === 'host' ? ['  npm start -- --no-open --web.allowed-hosts host.docker.internal --no-hub     leave it running: it is this machine\'s exporter'] : []),
    '  docker compose up --detach --build',
    `  http://localhost:${port}     Grafana: log in as admin, with the password in stack/secrets/grafana_admin_password`,
    `  http://localhost:${variables.get('WATCHROOM_HUB_PORT') ?? '8877'}     the hub: sign in as admin, with the password in stack/secrets/hub_admin_password`,
    ...(withSlack ? [] : ['  npm run setup:stack -- --slack-url URL     when alerts are to go to Slack, then docker compose restart alertmanager']),
    'docs/stack.md has the first minute, upgrading and backup.',
  ].join('\n');
};
