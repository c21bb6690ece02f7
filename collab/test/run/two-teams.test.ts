import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ask } from '../../../dashboards/test/as-grafana.ts';
import { dashboards, panelsOf } from '../../../dashboards/test/committed.ts';
import { samplesOf } from '../../../exporter/test/metrics/page-of.ts';
import { freePort, requireServer, startPrometheus, until } from '../../../exporter/test/servers.ts';
import type { Prometheus } from '../../../exporter/test/servers.ts';
import { closeSockets, connect } from '../sockets/a-socket.ts';
import type { TestSocket } from '../sockets/a-socket.ts';
import { json, start } from './a-program.ts';
import type { Program } from './a-program.ts';
import { aSampleMachine } from './a-sample-machine.ts';
import type { SampleMachine } from './a-sample-machine.ts';

/** Two teams, three people, four machines; each team has a word that is in everything it calls by a name. */
const words = { reds: 'kestrel', blues: 'heron' } as const;
type Team = keyof typeof words;
const teams = Object.keys(words) as Team[];
const other = (team: Team): Team => (team === 'reds' ? 'blues' : 'reds');
const people: readonly { readonly user: string; readonly team: Team; readonly hosts: readonly string[] }[] = [
  { user: 'ada-kestrel', team: 'reds', hosts: ['desk', 'laptop-kestrel'] },
  { user: 'bob-kestrel', team: 'reds', hosts: ['desk'] },
  { user: 'eve-heron', team: 'blues', hosts: ['desk'] },
];

const folder = mkdtempSync(join(tmpdir(), 'watchroom-two-teams-'));
const programs: Program[] = [];
const agents: { readonly team: Team; readonly user: string; readonly machine: SampleMachine; readonly tokenId: string; readonly program: Program }[] = [];
const logins = new Map<string, string>();
const prometheus = new Map<Team, Prometheus>();
const sockets = new Map<Team, TestSocket>();
let admin: string;
let operatorScrape: string;
let port: number;
let url: string;
let hub: Program;

const serve = async (): Promise<void> => {
  hub = start(['hub', 'serve', '--data', join(folder, 'hub'), '--listen', `127.0.0.1:${port}`]);
  programs.push(hub);
  await hub.until(/Ctrl\+C ends it/);
};

const made = async (path: string, body: unknown, token?: string) => {
  const answer = await json(url + path, { body, ...(token === undefined ? {} : { token }) });
  expect({ path, status: answer.status, body: answer.status === 201 ? undefined : answer.body }).toEqual({ path, status: 201, body: undefined });
  return answer.body;
};

const signUp = async (): Promise<void> => {
  const password = 'correct horse battery';
  const setup = await made('/api/v1/auth/setup', { token: await hub.until(/\/setup#(\S+)/), username: 'grace', password, displayName: 'Grace', team: 'reds' });
  admin = setup.token;
  await made('/api/v1/teams', { name: 'blues' }, admin);
  operatorScrape = (await made('/api/v1/tokens/scrape', { name: 'prometheus' }, admin)).secret;
  for (const { user, team } of people) {
    const { link } = await made(`/api/v1/teams/${team}/invites`, { role: 'member' }, admin);
    logins.set(user, (await made('/api/v1/auth/register', { invite: new URL(link).hash.slice(1), username: user, password, displayName: user })).token);
  }
};

/** Starts an agent by the very line that the hub gives, on a sample machine. */
const startAgentOf = async (user: string, team: Team, host: string): Promise<void> => {
  const { command, id } = await made(`/api/v1/teams/${team}/tokens/agent`, { name: host }, logins.get(user));
  const [npx, watchroom, ...args] = (command as string).split(' ');
  expect([npx, watchroom]).toEqual(['npx', 'watchroom']);
  const machine = aSampleMachine(folder, { host, user, word: words[team] });
  const program = start([...args, ...machine.flags]);
  programs.push(program);
  agents.push({ team, user, machine, tokenId: id, program });
};

const startPrometheusOf = async (team: Team): Promise<void> => {
  const { secret } = await made(`/api/v1/teams/${team}/tokens/scrape`, { name: 'prometheus' }, admin);
  prometheus.set(team, await startPrometheus({ config: JSON.stringify({
    global: { scrape_interval: '1s', scrape_timeout: '1s' },
    scrape_configs: [{ job_name: 'watchroom-hub', authorization: { credentials: secret }, static_configs: [{ targets: [new URL(url).host] }] }],
  }) }));
};

const memberOf = (team: Team): string => logins.get(people.find((one) => one.team === team)!.user)!;
const agentsOf = (team: Team) => agents.filter((one) => one.team === team);
const tokensOf = (team: Team): number => agentsOf(team).reduce((sum, { machine }) => sum + machine.tokens(), 0);

const listOf = async (team: Team): Promise<{ id: string; tokensTotal?: number }[]> => (await json(`${url}/api/v1/sessions`, { token: memberOf(team) })).body.sessions;
const valueOf = async (team: Team, query: string): Promise<number> => Number((await prometheus.get(team)!.query(query))[0]?.value?.[1]);
/** The number of a session as Grafana's page of it draws it. */
const drawn = async (team: Team, sessionId: string): Promise<number> => {
  const dashboard = dashboards.find(({ uid }) => uid === 'watchroom-session')!;
  const panel = panelsOf(dashboard).find(({ title }) => title === 'Tokens by kind')!;
  const now = Math.floor(Date.now() / 1000);
  const series = await ask(prometheus.get(team)!, { panel, target: { ...panel.targets![0]!, instant: true }, variables: dashboard.templating.list, choices: { session: sessionId }, time: { from: now - 300, to: now } });
  return series.reduce((sum, { value }) => sum + Number(value![1]), 0);
};

/** Waits until REST, the socket, Prometheus and Grafana's query of a team say what its transcripts hold. */
const allSay = async (team: Team): Promise<void> => {
  for (const { machine } of agentsOf(team)) {
    await until(async () => (await listOf(team)).find(({ id }) => id === machine.sessionId)?.tokensTotal === machine.tokens(), 15_000);
    await until(() => lastTold(team, machine.sessionId) === machine.tokens(), 5000);
    await until(async () => (await drawn(team, machine.sessionId)) === machine.tokens(), 5000);
  }
  await until(async () => (await valueOf(team, 'sum(ai_tokens_total)')) === tokensOf(team), 10_000);
};
const lastTold = (team: Team, sessionId: string): number | undefined => sockets.get(team)!.told.filter(({ payload }) => payload.session?.id === sessionId).at(-1)?.payload.session.tokens;

const watch = async (team: Team): Promise<void> => {
  const socket = await connect(url, memberOf(team));
  sockets.set(team, socket);
  for (const channel of ['sessions', 'team', 'notifications']) expect(await socket.ask('subscribe', { channel, team })).toHaveProperty('data');
};

/** Somebody looks at every session, so that its agent reports every second. */
const lookAtAll = async (team: Team): Promise<void> => {
  for (const { machine } of agentsOf(team)) expect(await sockets.get(team)!.ask('session:watch', { session: machine.sessionId })).toHaveProperty('data');
};

beforeAll(async () => {
  port = await freePort();
  url = `http://localhost:${port}`;
  await serve();
  await signUp();
  for (const team of teams) await watch(team);
  for (const { user, team, hosts } of people) for (const host of hosts) await startAgentOf(user, team, host);
  await Promise.all(teams.map(startPrometheusOf));
}, 60_000);
afterAll(async () => {
  closeSockets();
  await Promise.all([...programs.map((one) => one.stop('SIGKILL')), ...[...prometheus.values()].map((one) => one.stop())]);
  rmSync(folder, { recursive: true, force: true });
});

requireServer('prometheus')('two teams, three people and four agents on a fresh hub', () => {
  it('[U1] see each other\'s sessions live through REST, a socket, Prometheus and a query of Grafana', async () => {
    await Promise.all(teams.map(allSay));
    expect((await listOf('reds')).map(({ id }) => id).sort()).toEqual(agentsOf('reds').map(({ machine }) => machine.sessionId).sort());
    await Promise.all(teams.map(lookAtAll));
    for (const { machine } of agents) machine.work();
    await Promise.all(teams.map(allSay));
  }, 60_000);

  it('[R7] learn not one word of the other team: every GET of the API, sockets, /metrics, every series and label of Prometheus', async () => {
    const { body: { paths } } = await json(`${url}/openapi.json`);
    for (const team of teams) {
      const [mine, theirs] = [words[team], words[other(team)]];
      let rest = '';
      for (const path of gets(paths)) for (const of of teams) {
        const { status, body } = await json(url + filled(path, of), { token: memberOf(team) });
        rest += JSON.stringify(body ?? '');
        if (of !== team && /\{(team|nativeId)\}/.test(path)) expect({ path, refused: status === 403 || status === 404, status }).toMatchObject({ path, refused: true });
      }
      const told = JSON.stringify(sockets.get(team)!.told);
      const series = JSON.stringify(await prometheus.get(team)!.get(`/series?match[]=${encodeURIComponent('{__name__!=""}')}`));
      const targets = JSON.stringify(await prometheus.get(team)!.get('/targets'));
      for (const [where, text] of Object.entries({ rest, told, series })) expect({ team, where, own: text.includes(mine) }).toEqual({ team, where, own: true });
      for (const [where, text] of Object.entries({ rest, told, series, targets })) expect({ team, where, found: around(text, theirs) }).toEqual({ team, where, found: undefined });
    }
    expect(await valueOf('reds', 'count(count by (host_name, user_name) (watchroom_agent_up == 1))')).toBe(3);
    expect(await valueOf('blues', 'count(count by (host_name, user_name) (watchroom_agent_up == 1))')).toBe(1);
  }, 30_000);

  it('[R1] the hub is killed and started again: agents go on by themselves, what happened meanwhile is there, no counter falls, nothing is doubled', async () => {
    await hub.stop('SIGKILL');
    for (const { machine } of agents) machine.work();
    await serve();
    await Promise.all(teams.map(watch));
    await Promise.all(teams.map(lookAtAll));
    for (const { machine } of agents) machine.work();
    await Promise.all(teams.map(allSay));
    for (const team of teams) {
      expect(await listOf(team)).toHaveLength(agentsOf(team).length);
      for (const { metric, values } of await prometheus.get(team)!.query('{__name__=~"ai_.+_total",__name__!~"ai_session_.+"}[5m]')) expect({ metric, fell: falls(values!.map(([, value]) => Number(value))) }).toEqual({ metric, fell: false });
      expect(await valueOf(team, 'sum(ai_sessions_started_total)')).toBe(agentsOf(team).length);
    }
  }, 60_000);

  it('[U8] an agent whose token was revoked says so once, and asks no more; the others go on', async () => {
    const [revoked, ...others] = agents;
    const refusals = async (): Promise<number> => [...samplesOf((await json(`${url}/metrics?name[]=watchroom_http_request_duration_seconds`, { token: operatorScrape })).body)].filter(([series]) => /_count\{.*agents.*4xx/.test(series)).reduce((sum, [, count]) => sum + count, 0);
    const before = await refusals();
    expect((await fetch(`${url}/api/v1/tokens/${revoked!.tokenId}`, { method: 'DELETE', headers: { authorization: `Bearer ${logins.get(revoked!.user)}` } })).status).toBe(204);
    revoked!.machine.work();
    await revoked!.program.until(/the hub refuses this agent's token: The agent token is missing, unknown, expired or revoked\. Make a new one in the hub and start the agent with it/);
    for (let step = 0; step < 10; step += 1) {
      for (const { machine } of agents) machine.work();
      await new Promise((resolve) => setTimeout(resolve, 300));
    }
    expect((await refusals()) - before).toBeLessThanOrEqual(3); // the long poll, and a report or two under way
    expect(revoked!.program.said().match(/refuses this agent's token/g)).toHaveLength(1);
    expect(revoked!.program.process.exitCode).toBeNull();
    for (const { team, machine } of others) await until(async () => (await listOf(team)).find(({ id }) => id === machine.sessionId)?.tokensTotal === machine.tokens(), 15_000);
  }, 40_000);
});

const gets = (paths: Readonly<Record<string, object>>): string[] => Object.entries(paths).filter(([path, methods]) => 'get' in methods && !path.includes('downlink')).map(([path]) => path);

/** The path with names of a team and its first session in it. */
const filled = (path: string, team: Team): string => {
  const [tool, nativeId] = agentsOf(team)[0]!.machine.sessionId.split('/') as [string, string];
  const values: Readonly<Record<string, string>> = { team, tool, nativeId };
  return path.replace(/\{(\w+)\}/g, (_all, name: string) => values[name] ?? 'none');
};

const falls = (values: readonly number[]): boolean => values.some((value, index) => value < (values[index - 1] ?? 0));

const around = (text: string, word: string): string | undefined => {
  const at = text.indexOf(word);
  return at < 0 ? undefined : text.slice(Math.max(0, at - 80), at + 40);
};
