import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AMachine } from '../../../exporter/test/agent/a-machine.ts';
import { samplesOf } from '../../../exporter/test/metrics/page-of.ts';
import { freePort, until } from '../../../exporter/test/servers.ts';
import { json, start } from './a-program.ts';
import type { Program } from './a-program.ts';

const minutes = 10;
const folder = mkdtempSync(join(tmpdir(), 'watchroom-away-'));
const machines: AMachine[] = [];
let hub: Program;
let url: string;
let login: string;
let scrape: string;

const serve = async (): Promise<void> => {
  hub = start(['hub', 'serve', '--data', join(folder, 'hub'), '--listen', new URL(url).host.replace('localhost', '127.0.0.1')]);
  await hub.until(/Ctrl\+C ends it/);
};
const made = async (path: string, body: unknown, token?: string) => (await json(url + path, { body, ...(token === undefined ? {} : { token }) })).body;
const page = async (): Promise<ReadonlyMap<string, number>> => samplesOf((await json(`${url}/metrics`, { token: scrape })).body);
const sum = (samples: ReadonlyMap<string, number>, metric: string): number => [...samples].filter(([series]) => series.startsWith(metric) && /token_type="(input|output)"/.test(series)).reduce((all, [, value]) => all + value, 0);
const counted = (): number => machines.reduce((all, machine) => all + machine.counted('input') + machine.counted('output'), 0);

/** What the hub says on each of its ways. */
const told = async (): Promise<Record<string, number>> => {
  const { counted: fleet } = (await json(`${url}/api/v1/teams/reds/analytics/summary`, { token: login })).body;
  const samples = await page();
  return { counters: sum(samples, 'ai_tokens_total'), sessions: sum(samples, 'ai_session_tokens_total'), analytics: fleet.inputTokens + fleet.outputTokens };
};

beforeAll(async () => {
  url = `http://localhost:${await freePort()}`;
  await serve();
  login = (await made('/api/v1/auth/setup', { token: await hub.until(/\/setup#(\S+)/), username: 'ada', password: 'correct horse battery', displayName: 'Ada', team: 'reds' })).token;
  scrape = (await made('/api/v1/tokens/scrape', { name: 'prometheus' }, login)).secret;
  for (const host of ['desk', 'laptop']) {
    const { secret } = await made('/api/v1/teams/reds/tokens/agent', { name: host }, login);
    const machine = new AMachine();
    machine.ahead = -minutes * 60_000; // its clock comes to the present while the hub is away
    machines.push(machine);
    await machine.write(`${host}-at-work`, { output: 10 });
    machine.start({ hubUrl: url, token: secret, hostName: host });
  }
}, 40_000);
afterAll(async () => {
  for (const machine of machines) await machine.close();
  await hub.stop('SIGKILL');
  rmSync(folder, { recursive: true, force: true });
});

it('[U7] a hub that was away for ten minutes hears of all that was counted, once, and its counters only rise', async () => {
  await until(async () => (await told()).analytics === counted());
  const before = await page();
  await hub.stop();
  for (let minute = 1; minute <= minutes; minute += 1)
    for (const [index, machine] of machines.entries()) {
      machine.ahead = (minute - minutes) * 60_000;
      await machine.write(`${['desk', 'laptop'][index]}-at-work`, { output: minute });
      await machine.write(`new-${index}-${minute}`, { output: 100 });
    }
  expect(machines.map(({ said }) => said.filter((sentence) => /cannot be reached: nothing listens there/.test(sentence)).length)).toEqual([1, 1]);
  await serve();
  await until(async () => (await told()).analytics === counted(), 15_000);
  await new Promise((resolve) => setTimeout(resolve, 500)); // nothing is counted again by what comes behind
  const again = counted();
  await until(async () => (await told()).counters === again); // a series that is new is shown at 0 first
  expect(await told()).toEqual({ counters: again, sessions: again, analytics: again });
  const now = await page();
  for (const [series, value] of before) if (/^ai_(?!session_)\w+_total/.test(series)) expect({ series, fell: !(now.get(series)! >= value) }).toEqual({ series, fell: false });
  expect([...now.keys()].filter((series) => series.startsWith('ai_session_info'))).toHaveLength(2 + 2 * minutes);
  expect(machines.map(({ said }) => said.at(-1))).toEqual(['the hub is there again', 'the hub is there again']);
}, 40_000);
