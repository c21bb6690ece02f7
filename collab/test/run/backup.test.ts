import { afterAll, describe, expect, it } from '@jest/globals';
import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { json, run, start } from './a-program.ts';
import type { Program } from './a-program.ts';

const folder = mkdtempSync(join(tmpdir(), 'watchroom-backup-'));
const running: Program[] = [];
afterAll(async () => {
  for (const one of running) await one.stop('SIGKILL');
  rmSync(folder, { recursive: true, force: true });
});

const data = join(folder, 'hub');
const serve = async (): Promise<{ readonly hub: Program; readonly url: string }> => {
  const hub = start(['hub', 'serve', '--data', data, '--listen', '127.0.0.1:0']);
  running.push(hub);
  return { hub, url: await hub.until(/Listens: +(\S+)\//) };
};
const kids = async (url: string): Promise<string[]> => (await json(`${url}/.well-known/jwks.json`)).body.keys.map(({ kid }: { kid: string }) => kid);

describe('watchroom hub', () => {
  it('prints once what makes the first admin; backs up beside the running hub, keys included, and goes back to it', async () => {
    const { hub, url } = await serve();
    const setup = await hub.until(/\/setup#(\S+)/);
    const made = await json(`${url}/api/v1/auth/setup`, { body: { token: setup, username: 'ada', password: 'correct horse battery', displayName: 'Ada', team: 'reds' } });
    expect(made.status).toBe(201);
    const keys = await kids(url);
    const copy = join(folder, 'copy.db');
    expect(await run(['hub', 'backup', copy, '--data', data])).toEqual({ code: 0, said: expect.stringContaining('Copied ') });
    expect(statSync(copy).mode & 0o777).toBe(0o600);
    expect(statSync(join(data, 'hub.db')).mode & 0o777).toBe(0o600);

    expect(await run(['hub', 'restore', copy, '--data', data])).toEqual({ code: 1, said: expect.stringMatching(/a hub \(pid \d+, http:\S+\) runs on .* Stop it first, then restore/) });
    const second = await run(['hub', 'serve', '--data', data]);
    expect(second).toEqual({ code: 1, said: expect.stringMatching(/a hub \(pid \d+.*\) runs on .* --data DIR/) });

    expect((await json(`${url}/api/v1/teams`, { token: made.body.token, body: { name: 'lost', displayName: 'Lost' } })).status).toBe(201);
    expect(await hub.stop()).toMatchObject({ code: 0 });
    expect(await run(['hub', 'restore', copy, '--data', data])).toEqual({ code: 0, said: expect.stringMatching(/Restored from .* kept at /) });
    expect(readdirSync(data).filter((name) => /^hub\.db\.\d{4}-/.test(name))).toHaveLength(1);

    const again = await serve();
    expect(again.hub.said()).not.toContain('/setup#');
    expect(await kids(again.url)).toEqual(keys);
    const { body } = await json(`${again.url}/api/v1/auth/me`, { token: made.body.token });
    expect(body.teams.map(({ name }: { name: string }) => name)).toEqual(['reds']);
    await again.hub.stop();
  });
});
