import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { demoPeople } from '../../demo/team.ts';

// The whole program as somebody starts it who meets it for the first time: npm start -- --demo

const program = fileURLToPath(new URL('../../../exporter/bin/watchroom.js', import.meta.url));
const home = mkdtempSync(join(tmpdir(), 'watchroom-newcomer-'));
const temporary = mkdtempSync(join(tmpdir(), 'watchroom-tmp-'));
let demo: ChildProcess;
let url: string;
let headers: Readonly<Record<string, string>>;

beforeAll(async () => {
  demo = spawn(process.execPath, [program, 'exporter', '--demo', '--no-open'], { env: { PATH: process.env.PATH, HOME: home, TMPDIR: temporary }, stdio: ['ignore', 'pipe', 'inherit'] });
  let said = '';
  for await (const chunk of demo.stdout!) {
    said += String(chunk);
    if (said.includes('Ctrl+C')) break;
  }
  const link = new URL(/http:\S+/.exec(said)![0]);
  url = link.origin;
  const answer = await fetch(`${url}/api/v1/auth/local`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ secret: link.hash.slice(1) }) });
  headers = { authorization: `Bearer ${((await answer.json()) as { token: string }).token}` };
}, 30_000);
afterAll(() => {
  demo.kill('SIGKILL');
  for (const folder of [home, temporary]) rmSync(folder, { recursive: true, force: true });
});

const get = async <Answer>(path: string): Promise<Answer> => (await (await fetch(url + path, { headers })).json()) as Answer;
const within = async <Answer>(seconds: number, look: () => Promise<Answer>, isGood: (answer: Answer) => boolean): Promise<Answer> => {
  for (const until = Date.now() + seconds * 1000; ; await sleep(200)) {
    const answer = await look();
    if (isGood(answer) || Date.now() > until) return answer;
  }
};

interface Item { readonly id: string; readonly state: string; readonly hostName: string; readonly owner: { readonly name: string }; readonly tokensTotal: number; readonly health?: { readonly level?: string } }

describe('[P1] npm start -- --demo', () => {
  it('has sessions of three people on three machines, one in trouble', async () => {
    const { sessions } = await within(45, () => get<{ sessions: Item[] }>('/api/v1/sessions'), ({ sessions: found }) => new Set(found.map(({ owner }) => owner.name)).size === 3);
    expect(new Set(sessions.map(({ hostName }) => hostName))).toEqual(new Set(Object.values(demoPeople).map(({ host }) => host)));
    expect(new Set(sessions.map(({ state }) => state))).toEqual(new Set(['working', 'waiting', 'idle', 'ended']));
    expect(sessions.filter(({ health }) => health?.level === 'critical')).toHaveLength(1);
  });

  it('has a file that two of them edit, and people who talk about it', async () => {
    const radar = await within(45, () => get<{ conflicts?: readonly unknown[] }>('/api/v1/radar'), ({ conflicts }) => (conflicts?.length ?? 0) > 0);
    expect(JSON.stringify(radar)).toContain('cart.ts');
    const { sessions } = await get<{ sessions: Item[] }>('/api/v1/sessions');
    const checkout = sessions.find(({ health }) => health?.level === 'critical')!;
    const teams = await get<readonly { id: string }[]>('/api/v4/users/me/teams');
    const channel = await get<{ id: string }>(`/api/v4/teams/${teams[0]!.id}/channels/name/${checkout.id}`);
    const posts = await within(45, () => get<{ order: readonly string[] }>(`/api/v4/channels/${channel.id}/posts`), ({ order }) => order.length >= 3);
    expect(posts.order.length).toBeGreaterThanOrEqual(3);
  }, 100_000);

  it('moves: tokens grow while one looks', async () => {
    const total = async (): Promise<number> => (await get<{ sessions: Item[] }>('/api/v1/sessions')).sessions.reduce((sum, { tokensTotal }) => sum + (tokensTotal ?? 0), 0);
    const before = await total();
    expect(await within(60, total, (now) => now > before)).toBeGreaterThan(before);
  }, 70_000);

  it('reads nothing of the home of whoever starts it, and leaves nothing behind', async () => {
    demo.kill('SIGTERM');
    const [code] = (await once(demo, 'exit')) as [number | null];
    expect(code).toBe(0);
    expect(readdirSync(home)).toEqual([]);
    expect(readdirSync(temporary)).toEqual([]);
  });
});
