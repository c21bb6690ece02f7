import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { until } from '../../../exporter/test/servers.ts';
import { json, run, start } from './a-program.ts';
import type { Program } from './a-program.ts';
import { aSampleMachine } from './a-sample-machine.ts';
import type { SampleMachine } from './a-sample-machine.ts';

// `watchroom share` on the real program: with the hub of a team, and without one.

const folder = mkdtempSync(join(tmpdir(), 'watchroom-share-'));
const password = 'correct horse battery';
const running: Program[] = [];
let hub: Program;
let url: string;
/** Who runs the hub and the team, a member, and the token of that member's agent. */
let admin: string;
let bob: string;
let token: string;

beforeAll(async () => {
  hub = start(['hub', 'serve', '--data', join(folder, 'hub'), '--listen', '127.0.0.1:0', '--public-url', 'http://localhost']);
  url = await hub.until(/Listens: +(\S+)\//);
  const made = async (path: string, body: unknown, by?: string) => (await json(url + path, { body, ...(by === undefined ? {} : { token: by }) })).body;
  admin = (await made('/api/v1/auth/setup', { token: await hub.until(/\/setup#(\S+)/), username: 'grace', password, displayName: 'Grace', team: 'reds' })).token;
  const { link } = await made('/api/v1/teams/reds/invites', { role: 'member' }, admin);
  bob = (await made('/api/v1/auth/register', { invite: new URL(link).hash.slice(1), username: 'bob', password, displayName: 'Bob' })).token;
  token = (await made('/api/v1/teams/reds/tokens/agent', { name: 'desk' }, bob)).secret;
});
afterEach(async () => { for (const one of running.splice(0)) await one.stop('SIGKILL'); });
afterAll(async () => {
  await hub.stop('SIGKILL');
  rmSync(folder, { recursive: true, force: true });
});

let machines = 0;
const aMachine = (word = 'heron'): SampleMachine & { readonly nativeId: string; readonly common: readonly string[] } => {
  const machine = aSampleMachine(folder, { host: `desk${(machines += 1)}`, user: 'bob', word });
  const withoutAgents = machine.flags.filter((flag) => flag !== '--share-titles');
  const at = withoutAgents.indexOf('--host-name');
  return { ...machine, nativeId: machine.sessionId.slice('claude/'.length), common: [...withoutAgents.slice(0, at), ...withoutAgents.slice(at + 2)] };
};
const program = (args: readonly string[], env: Readonly<Record<string, string>> = {}): Program => {
  const one = start(args, env);
  running.push(one);
  return one;
};
const share = (machine: ReturnType<typeof aMachine>, args: readonly string[] = [], env: Readonly<Record<string, string>> = {}): Program => program(['share', machine.sessionId, ...machine.common, '--no-open', ...args], env);
const withHub = (): Readonly<Record<string, string>> => ({ WATCHROOM_HUB_URL: url, WATCHROOM_TOKEN: token });
const asked = (id: string, by = admin) => json(`${url}/api/v1/sessions/${id}`, { token: by });
/** What somebody else of the team sees. */
const seen = async (id: string): Promise<{ readonly visibility?: string; readonly tokens?: number; readonly title?: string; readonly hidden: boolean }> => {
  const { body } = await asked(id);
  const { input = 0, output = 0, cache_read = 0, cache_creation_5m = 0, cache_creation_1h = 0 } = body.tokens ?? {};
  return { visibility: body.visibility, title: body.title, hidden: body.models === undefined && body.tokens === undefined, tokens: input + output + cache_read + cache_creation_5m + cache_creation_1h };
};

describe('[C9] watchroom share with the hub of a team', () => {
  it('[C9] opens the session to the team, keeps it up to date until Ctrl+C, and makes it private again', async () => {
    const machine = aMachine();
    const one = share(machine, ['--interval', '1'], withHub());
    expect(await one.until(/is open to the team: (\S+)/)).toBe(`http://localhost/rooms/claude/${machine.nativeId}`);
    expect(one.said()).toContain('This command keeps it up to date.');
    expect(await seen(machine.sessionId)).toMatchObject({ visibility: 'team', tokens: machine.tokens(), hidden: false });
    machine.work();
    await until(async () => (await seen(machine.sessionId)).tokens === machine.tokens(), 20_000);
    expect((await one.stop('SIGINT')).code).toBe(0);
    expect(one.said()).toContain('It is private again: only you and those with a role in its room see it.');
    expect(await seen(machine.sessionId)).toMatchObject({ visibility: 'private', hidden: true });
    expect((await asked(machine.sessionId, bob)).status).toBe(200);
    expect(one.said()).not.toContain(token);
  });

  it('[C9] tells of this one session only, by the exporter where one runs; what was open before stays open', async () => {
    const machine = aMachine();
    const exporter = program(['exporter', ...machine.common, '--no-open']);
    await exporter.until(/for you alone/);
    const first = share(machine, ['--once'], withHub());
    await first.until(/It stays open to the team/);
    const second = share(machine, ['--interval', '1'], withHub());
    await second.until(/is open to the team/);
    expect(second.said()).toContain('The exporter of this machine keeps it up to date.');
    machine.work();
    await until(async () => (await seen(machine.sessionId)).tokens === machine.tokens(), 20_000);
    expect((await second.stop('SIGINT')).code).toBe(0);
    expect(second.said()).toContain('It was open to the team before, and stays so');
    expect(await seen(machine.sessionId)).toMatchObject({ visibility: 'team' });
    expect((await json(`${url}/api/v1/sessions?team=reds`, { token: bob })).body.sessions.map(({ id }: { id: string }) => id)).toContain(machine.sessionId);
    expect(exporter.process.exitCode).toBeNull();
  });

  it('[C9] what begins and cannot go on leaves the session as private as it was', async () => {
    const machine = aMachine();
    expect((await run(['share', machine.sessionId, ...machine.common, '--once', '--no-open'], withHub())).code).toBe(0);
    await fetch(`${url}/api/v1/sessions/${machine.sessionId}/visibility`, { method: 'PUT', headers: { authorization: `Bearer ${bob}`, 'content-type': 'application/json' }, body: '{"visibility":"private"}' });
    const told = await run(['share', machine.sessionId, ...machine.common.map((flag) => (flag === '127.0.0.1:0' ? new URL(url).host : flag)), '--no-open'], withHub());
    expect(told).toEqual({ code: 1, said: expect.stringContaining('is in use already') });
    expect(await seen(machine.sessionId)).toMatchObject({ visibility: 'private', hidden: true });
  });

  it('[C9] a terminal that is closed ends it as Ctrl+C does', async () => {
    const machine = aMachine();
    const one = share(machine, [], withHub());
    await one.until(/is open to the team/);
    expect((await one.stop('SIGHUP')).code).toBe(1);
    expect(await seen(machine.sessionId)).toMatchObject({ visibility: 'private', hidden: true });
  });

  it('[C9] opens one that an agent tells of already, and closes it when it was private', async () => {
    const machine = aMachine();
    program(['agent', ...machine.flags], withHub());
    await until(async () => (await asked(machine.sessionId)).status === 200, 20_000);
    await fetch(`${url}/api/v1/sessions/${machine.sessionId}/visibility`, { method: 'PUT', headers: { authorization: `Bearer ${bob}`, 'content-type': 'application/json' }, body: '{"visibility":"private"}' });
    const one = share(machine, [], withHub());
    await one.until(/is open to the team/);
    expect(one.said()).toContain('The agent that tells the hub of this session keeps it up to date.');
    expect(await seen(machine.sessionId)).toMatchObject({ visibility: 'team' });
    await one.stop('SIGINT');
    expect(await seen(machine.sessionId)).toMatchObject({ visibility: 'private', hidden: true });
  });

  it('[C9] --once tells it as it is, and ends; --dry-run sends nothing and shows all that would be sent', async () => {
    const machine = aMachine('kestrel');
    const dry = await run(['share', machine.sessionId, ...machine.common, '--dry-run'], withHub());
    expect(dry).toMatchObject({ code: 0, said: expect.stringContaining(`Nothing was sent.`) });
    expect(dry.said).toContain(`To the hub ${url}`);
    expect(dry.said).toMatch(/cwd +.*kestrel-shop/);
    expect(dry.said).not.toContain('All about kestrel'); // its title
    expect(dry.said).not.toContain('Begin.'); // what was said in it
    expect((await asked(machine.sessionId)).status).toBe(404);
    const told = JSON.parse((await run(['share', machine.sessionId, ...machine.common, '--dry-run', '--share-titles', '--format', 'json'], withHub())).said);
    expect(told).toMatchObject({ to: { kind: 'team', hub: url }, session: { id: machine.sessionId, title: 'All about kestrel' } });
    const once = await run(['share', machine.sessionId, ...machine.common, '--once', '--no-open', '--share-titles', '--format', 'json'], withHub());
    expect(once).toMatchObject({ code: 0, said: expect.stringContaining('open to the team') });
    expect(await seen(machine.sessionId)).toMatchObject({ visibility: 'team', tokens: machine.tokens(), title: 'All about kestrel' });
  });

  it('[C9] goes on when the exporter reads its configuration again', async () => {
    const machine = aMachine();
    const exporter = program(['exporter', ...machine.common, '--no-open']);
    await exporter.until(/for you alone/);
    const one = share(machine, ['--interval', '1'], withHub());
    await one.until(/is open to the team/);
    exporter.process.kill('SIGHUP');
    await exporter.until(/the configuration was read again/);
    machine.work();
    await until(async () => (await seen(machine.sessionId)).tokens === machine.tokens(), 30_000);
    expect((await one.stop('SIGINT')).code).toBe(0);
    expect(await seen(machine.sessionId)).toMatchObject({ visibility: 'private' });
  });

  it('[C9] ends its reports by itself when the command is killed', async () => {
    const machine = aMachine();
    const exporter = program(['exporter', ...machine.common, '--no-open', '--log.level', 'info']);
    await exporter.until(/for you alone/);
    const one = share(machine, [], withHub());
    await one.until(/is open to the team/);
    await one.stop('SIGKILL');
    const state = async (): Promise<string> => (await json(`${url}/api/v1/teams/reds/agents`, { token: bob })).body.agents.toSorted((a: { created_at: number }, b: { created_at: number }) => b.created_at - a.created_at)[0].state;
    expect(await state()).toBe('up');
    await until(async () => (await state()) === 'left', 45_000);
  });

  it.each([
    ['an unknown session', ['share', 'nothing-like-it'], 3, /no session is called "nothing-like-it"/],
    ['a token the hub does not know', ['share', 'ID', '--hub', 'URL', '--token', 'wra_wrong'], 1, /the hub refuses this agent's token/],
    ['a hub that is not there', ['share', 'ID', '--hub', 'http://127.0.0.1:9', '--token', 'wra_x'], 1, /the hub http:\/\/127\.0\.0\.1:9 cannot be reached/],
    ['a hub without a token', ['share', 'ID', '--hub', 'URL'], 2, /sharing there needs the token that it made for this machine's agent: --token-file FILE/],
    ['an interval that is none', ['share', 'ID', '--interval', 'often'], 2, /--interval must be 1 to 3600 seconds, got "often"/],
    ['both --lan and --once', ['share', 'ID', '--lan', '--once'], 2, /--lan opens a door that is open until Ctrl\+C; --once ends at once/],
  ])('[C9] %s is said in a sentence', async (_what, args, code, sentence) => {
    const machine = aMachine();
    const told = await run([...args.map((arg) => (arg === 'ID' ? machine.sessionId : arg === 'URL' ? url : arg)), ...machine.common, '--no-open']);
    expect(told).toEqual({ code, said: expect.stringMatching(sentence) });
  });

  it('[C9] is refused where another person reports the session, and the hub keeps what it has', async () => {
    const machine = aMachine();
    const graces = (await json(`${url}/api/v1/teams/reds/tokens/agent`, { token: admin, body: { name: 'other' } })).body.secret;
    expect(await run(['share', machine.sessionId, ...machine.common, '--once', '--no-open', '--hub', url, '--token', graces])).toMatchObject({ code: 0, said: expect.stringContaining('open to the team') });
    const told = await run(['share', machine.sessionId, ...machine.common, '--once', '--no-open'], withHub());
    expect(told).toEqual({ code: 1, said: expect.stringContaining('Another person of the team reports this session') });
  });
});

describe('[C9] watchroom share without a hub', () => {
  const roomOf = async (one: Program, machine: ReturnType<typeof aMachine>): Promise<{ readonly origin: string; readonly token: string }> => {
    const link = new URL(await one.until(new RegExp(`The room of ${machine.sessionId}: (\\S+)`)));
    expect(link.searchParams.get('to')).toBe(`/rooms/claude/${machine.nativeId}`);
    const { status, body } = await json(`${link.origin}/api/v1/auth/local`, { body: { secret: link.hash.slice(1) } });
    expect(status).toBe(200);
    return { origin: link.origin, token: body.token };
  };

  it('[C9] starts the service, says that only this machine can open the link, and stops it at Ctrl+C', async () => {
    const machine = aMachine();
    const one = share(machine);
    const { origin, token: login } = await roomOf(one, machine);
    expect(new URL(origin).hostname).toBe('127.0.0.1');
    expect(one.said()).toContain('Only this machine can open this link');
    expect((await json(`${origin}/api/v1/sessions/${machine.sessionId}`, { token: login })).body).toMatchObject({ id: machine.sessionId, title: 'All about heron' });
    expect((await one.stop('SIGINT')).code).toBe(0);
    expect(one.said()).toContain('The room and its messages stay on this machine. The service was stopped');
    await expect(fetch(`${origin}/healthz`)).rejects.toThrow();
  });

  it('[C9] uses the exporter that runs, and leaves it running', async () => {
    const machine = aMachine();
    const exporter = program(['exporter', ...machine.common, '--no-open']);
    const hubOfMachine = new URL(await exporter.until(/for you alone: (\S+)/)).origin;
    const one = share(machine);
    expect((await roomOf(one, machine)).origin).toBe(hubOfMachine);
    expect((await one.stop('SIGINT')).code).toBe(0);
    expect((await fetch(`${hubOfMachine}/healthz`)).status).toBe(200);
    const once = await run(['share', machine.sessionId, ...machine.common, '--once', '--no-open']);
    expect(once).toMatchObject({ code: 0, said: expect.stringContaining(`${hubOfMachine}/open?to=`) });
    const second = share(machine);
    await second.until(/Ctrl\+C ends it/);
    await exporter.stop('SIGINT');
    await second.until(/the exporter of this machine \(pid \d+\) has ended, and the sharing with it/);
    await until(() => second.process.exitCode === 1);
  });

  it('[C9] opens the browser by a private file, never on a command line', async () => {
    const machine = aMachine();
    const bin = join(folder, 'bin');
    mkdirSync(bin);
    // Stands for the desktop's opener: keeps what it was called with, and what the file says.
    writeFileSync(join(bin, 'xdg-open'), `#!${process.execPath}\nconst fs = require('node:fs'); const file = require('node:url').fileURLToPath(process.argv[2]);\nfs.writeFileSync(${JSON.stringify(join(folder, 'part.json'))}, JSON.stringify({ url: process.argv[2], mode: fs.statSync(file).mode & 0o777, text: fs.readFileSync(file, 'utf8') })); fs.renameSync(${JSON.stringify(join(folder, 'part.json'))}, ${JSON.stringify(join(folder, 'opened.json'))});\n`);
    chmodSync(join(bin, 'xdg-open'), 0o755);
    const one = program(['share', machine.sessionId, ...machine.common], { DISPLAY: ':99', PATH: `${bin}:${process.env.PATH}` });
    await one.until(/It was opened in the browser/);
    await until(() => existsSync(join(folder, 'opened.json')));
    const opened = JSON.parse(readFileSync(join(folder, 'opened.json'), 'utf8')) as { readonly url: string; readonly mode: number; readonly text: string };
    expect(opened.url).not.toContain('wro_');
    expect(opened.mode).toBe(0o600);
    expect(opened.text).toMatch(/content="0; url=http:\/\/127\.0\.0\.1:\d+\/open\?to=%2Frooms%2Fclaude%2F[^"#]+#wro_/);
    await one.stop('SIGINT');
  });

  it('[C9] what stands in its way is said in a sentence: a port in use, a state folder that cannot be written or does not stay, an exporter without a hub', async () => {
    const machine = aMachine();
    const taken = createServer();
    const port = await new Promise<number>((resolve) => taken.listen(0, '127.0.0.1', () => resolve((taken.address() as AddressInfo).port)));
    const flags = machine.common.map((flag) => (flag === '127.0.0.1:0' ? `127.0.0.1:${port}` : flag));
    expect(await run(['share', machine.sessionId, ...flags, '--no-open'])).toEqual({ code: 1, said: expect.stringContaining(`Port ${port} is in use already`) });
    taken.close();
    const at = machine.common.indexOf('--state');
    const elsewhere = (state: readonly string[]): readonly string[] => [...machine.common.slice(0, at), ...state, ...machine.common.slice(at + 2)];
    writeFileSync(join(folder, 'a-file'), '');
    expect(await run(['share', machine.sessionId, ...elsewhere(['--state', join(folder, 'a-file', 'state')]), '--no-open'])).toEqual({ code: 1, said: expect.stringMatching(/nothing can be shared from here: the state folder .* cannot be written \(ENOTDIR\)/) });
    expect(await run(['share', machine.sessionId, ...elsewhere([]), '--no-open'])).toEqual({ code: 1, said: expect.stringContaining('name one with --state DIR') });
    expect(await run(['share', machine.sessionId, ...machine.common, '--no-open', '--once'])).toEqual({ code: 1, said: expect.stringContaining('with --once nothing would be left to look at') });
    const exporter = program(['exporter', ...machine.common, '--no-open', '--no-hub']);
    await exporter.until(/Ctrl\+C ends it/);
    expect(await run(['share', machine.sessionId, ...machine.common, '--no-open'])).toEqual({ code: 1, said: expect.stringContaining('the exporter of this machine runs no hub: it was started with --no-hub') });
  });
});
