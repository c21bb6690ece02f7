import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { isSlackAddress } from './choices.ts';
import { variablesOf } from './env-file.ts';
import { exporterPlaces } from './host.ts';
import type { Host } from './host.ts';

/** Files and folders that containers read as users of their own. */
const readByContainers = ['prometheus.yml', 'alerts/rules', 'alerts/templates', 'stack/targets', 'stack/alertmanager.yml', 'dashboards/provisioning', 'dashboards/grafana'];

/** What `docker compose up` would stumble over, a sentence each, with what to do. */
export const problemsOf = (folder: string, host: Host): readonly string[] => [
  ...composeProblems(host),
  ...envProblems(folder, host),
  ...secretProblems(folder),
  ...readByContainers.flatMap((path) => unreadable(folder, path)),
];

const composeProblems = ({ composeVersion }: Host): string[] => {
  if (composeVersion === undefined) return ['Docker Compose does not answer ("docker compose version"). Install Docker with its Compose plugin, 2.24 or newer.'];
  const [major = 0, minor = 0] = composeVersion.replace(/^v/, '').split('.').map(Number);
  return major > 2 || (major === 2 && minor >= 24) ? [] : [`Docker Compose 2.24 or newer, this is ${composeVersion}. Update Docker.`];
};

const envProblems = (folder: string, host: Host): string[] => {
  if (!existsSync(join(folder, '.env'))) return ['.env. Run: npm run setup:stack'];
  const variables = variablesOf(readFileSync(join(folder, '.env'), 'utf8'));
  const empty = ['WATCHROOM_EXPORTER', 'COMPOSE_PROFILES', 'WATCHROOM_UID', 'WATCHROOM_GID', 'WATCHROOM_HOME'].filter((name) => !variables.get(name));
  if (empty.length > 0) return [`${empty.join(', ')} in .env. Run npm run setup:stack with .env moved away, or fill in the lines as .env.example says.`];
  const place = variables.get('WATCHROOM_EXPORTER')!;
  if (!exporterPlaces.some((one) => one === place)) return [`a WATCHROOM_EXPORTER of ${exporterPlaces.join(', ')} in .env, it says "${place}".`];
  return place === 'container' || place === 'agent' ? containerProblems(variables, host) : [];
};

const containerProblems = (variables: ReadonlyMap<string, string>, { user }: Host): string[] => {
  const [home, uid] = [variables.get('WATCHROOM_HOME')!, variables.get('WATCHROOM_UID')!];
  if (!/^\d+$/.test(uid)) return [`a number as WATCHROOM_UID in .env, it says "${uid}". "id -u" prints yours.`];
  if (!existsSync(home)) return [`the home folder ${home} (WATCHROOM_HOME in .env): it does not exist on this machine.`];
  const owner = statSync(home).uid;
  return user === undefined || owner === Number(uid) ? [] : [`the right user: ${home} belongs to user ${owner}, and the exporter would run as ${uid} (WATCHROOM_UID in .env) and could not read it.`];
};

const secretProblems = (folder: string): string[] => {
  const slack = 'stack/secrets/slack_url';
  const made = ['grafana_admin_password', 'hub_admin_password', 'hub_scrape_token', 'hub_agent_token', 'hub_alert_token'].map((name) => `stack/secrets/${name}`);
  const missing = [...made, slack].filter((path) => !existsSync(join(folder, path)));
  if (missing.length > 0) return [`${missing.join(', ')}. Run: npm run setup:stack`];
  const url = readFileSync(join(folder, slack), 'utf8').trim();
  return [
    ...made.filter((path) => readFileSync(join(folder, path), 'utf8').trim() === '').map((path) => `a secret in ${path}: the file is empty. Run: npm run setup:stack`),
    ...(url === '' || isSlackAddress(url) ? [] : [`an https address in ${slack}: it holds something else.`]),
    ...((statSync(join(folder, 'stack/secrets')).mode & 0o077) === 0 ? [] : ['privacy of stack/secrets: other users of this machine can look into it. Run: chmod 700 stack/secrets']),
    ...[...made, slack].flatMap((path) => unreadable(folder, path)),
  ];
};

/** A container's user is none of this machine's, so it needs what "others" may. A strict umask at git clone takes that away. */
const unreadable = (folder: string, path: string): string[] => {
  if (!existsSync(join(folder, path))) return [`${path}. ${path === 'stack/alertmanager.yml' ? 'Run: npm run setup:stack' : 'It belongs to the repository: git checkout brings it back.'}`];
  return closedBelow(join(folder, path)) ? [`the right to read ${path} for the containers, which run as users of their own. Run: chmod -R a+rX ${path}`] : [];
};

const closedBelow = (path: string): boolean => {
  const status = statSync(path);
  if (!status.isDirectory()) return (status.mode & 0o004) === 0;
  return (status.mode & 0o005) !== 0o005 || readdirSync(path).some((name) => closedBelow(join(path, name)));
};
