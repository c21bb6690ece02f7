import { afterAll, describe, expect, it } from '@jest/globals';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { HubModule } from '../../../exporter/src/wiring/hub-module.ts';
import * as ours from '../../server/module.ts';
import { json, run, start } from './a-program.ts';
import type { Program } from './a-program.ts';

const folder = mkdtempSync(join(tmpdir(), 'watchroom-run-'));
const running: Program[] = [];
afterAll(async () => {
  for (const one of running) await one.stop('SIGKILL');
  rmSync(folder, { recursive: true, force: true });
});

const data = join(folder, 'hub');
const serve = async (...more: readonly string[]): Promise<{ readonly hub: Program; readonly url: string }> => {
  const hub = start(['hub', 'serve', '--data', data, '--listen', '127.0.0.1:0', ...more]);
  running.push(hub);
  return { hub, url: await hub.until(/Listens: +(\S+)\//) };
};

describe('watchroom hub', () => {
  it('is what the command line knows of it', () => {
    const known: HubModule = ours;
    expect(Object.keys(known)).toEqual(expect.arrayContaining(['startHub', 'createAdmin', 'resetPassword', 'backup', 'restore', 'localLink']));
  });

  it('lets an admin in from the terminal, beside the running hub', async () => {
    const { hub, url } = await serve('--public-url', 'https://hub.example');
    const { code, said } = await run(['hub', 'admin', 'create', 'grace', '--team', 'blues', '--data', data, '--public-url', 'https://hub.example']);
    expect({ code, said }).toEqual({ code: 0, said: expect.stringContaining('https://hub.example/reset#wro_') });
    const secret = /#(\S+)/.exec(said)![1];
    expect((await json(`${url}/api/v1/auth/reset`, { body: { secret, password: 'correct horse battery' } })).body).toEqual({ username: 'grace' });
    expect(await run(['hub', 'admin', 'reset', 'nobody', '--data', data])).toEqual({ code: 1, said: expect.stringContaining('nobody at this hub is called "nobody"') });
    expect((await run(['hub', 'admin', 'create', 'Ada L', '--team', 'blues', '--data', data])).said).toMatch(/the name "Ada L" will not do: .*\. Try ada\n/);
    expect((await run(['hub', 'admin', 'create', 'ada', '--team', 'C++', '--data', data])).said).toMatch(/the team "C\+\+" will not do: .*\. Try compilers\n/);
    await hub.stop();
  });

  it('ends within five seconds of SIGTERM, with a long poll and a slow request under way', async () => {
    const { hub, url } = await serve();
    const slow = fetch(`${url}/api/v1/auth/login`, { method: 'POST', duplex: 'half', headers: { 'content-type': 'application/json' }, body: new ReadableStream({ start: (to) => to.enqueue(new TextEncoder().encode('{')) }) } as RequestInit).catch(() => 'ended');
    await new Promise((resolve) => setTimeout(resolve, 200));
    const { code, ms } = await hub.stop();
    expect(code).toBe(0);
    expect(ms).toBeLessThan(5000);
    expect(await slow).toBe('ended');
  });

  it('begins with what a stack tells it: an admin, a team, tokens; once', async () => {
    const own = join(folder, 'provisioned');
    const files = { password: 'a long password', scrape: `wrs_${'s'.repeat(43)}`, agent: `wra_${'a'.repeat(43)}` };
    for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), `${text}\n`);
    const flags = ['--admin-password-file', join(folder, 'password'), '--first-team', 'greens', '--scrape-token-file', join(folder, 'scrape'), '--agent-token-file', join(folder, 'agent')];
    for (const _time of [1, 2]) {
      const { hub, url } = await serve('--data', own, ...flags);
      expect(hub.said()).not.toContain('/setup#');
      const login = await json(`${url}/api/v1/auth/login`, { body: { username: 'admin', password: files.password } });
      expect(login.body.account).toMatchObject({ username: 'admin', operator: true, teams: [{ name: 'greens', role: 'admin' }] });
      expect((await json(`${url}/metrics`, { token: files.scrape })).status).toBe(200);
      expect((await json(`${url}/api/v1/agents/report`, { token: files.agent, body: {} })).status).toBe(400);
      await hub.stop();
    }
  });

  it('a port that another program has is told, with what to try', async () => {
    const { hub, url } = await serve();
    const taken = new URL(url).port;
    expect((await run(['hub', 'serve', '--data', join(folder, 'third'), '--listen', `127.0.0.1:${taken}`])).said).toContain(`cannot listen on 127.0.0.1:${taken}: another program has that port. Try --listen 127.0.0.1:${Number(taken) + 1}\n`);
    await hub.stop();
  });
});
