import { afterAll, describe, expect, it } from '@jest/globals';
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { openStore } from '../../server/store/open.ts';
import { storeFile } from '../../server/store/store-file.ts';
import { makeWorld } from '../support/world.ts';

const kills = process.env.WATCHROOM_FULL ? 30 : 6;
const folder = mkdtempSync(join(tmpdir(), 'watchroom-kills-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Starts a hub in a process of its own on the folder. */
const startHub = async (): Promise<{ readonly child: ChildProcess; readonly url: string }> => {
  const child = spawn(process.execPath, ['--conditions=watchroom-source', '--no-warnings', fileURLToPath(new URL('killed-hub.ts', import.meta.url)), folder], { stdio: ['ignore', 'pipe', 'inherit'] });
  const port = await new Promise<string>((resolve, reject) => {
    child.stdout!.once('data', (chunk) => resolve(String(chunk).trim()));
    child.once('exit', (code) => reject(new Error(`the hub ended with ${code}`)));
  });
  return { child, url: `http://127.0.0.1:${port}` };
};

describe('[R1] a hub that is killed at any moment', () => {
  it(`has every acknowledged post once after ${kills} kills under load, with writers that retry by the same pending_post_id`, async () => {
    const world = await makeWorld();
    const { who, sessions: { team: { id: room } } } = world;
    await world.hub.close();
    cpSync(world.hub.dataFolder, folder, { recursive: true });
    const acknowledged = new Map<string, string>();
    const sent = new Set<string>();
    let url = '';
    let over = false;

    const write = async (secret: string, name: number): Promise<void> => {
      for (let turn = 0; !over; turn += 1) {
        const message = `${name}:${turn}`;
        sent.add(message);
        for (;;) {
          const answer = await fetch(`${url}/api/v4/posts`, { method: 'POST', headers: { authorization: `Bearer ${secret}`, 'content-type': 'application/json' }, body: JSON.stringify({ channel_id: room, message, pending_post_id: message }), signal: AbortSignal.timeout(5000) }).catch(() => undefined);
          const body = (await answer?.json().catch(() => undefined)) as { id?: string } | undefined;
          if (answer?.status === 201 && body?.id !== undefined) { acknowledged.set(message, body.id); break; }
          if (answer !== undefined && answer.status < 500 && body !== undefined) throw new Error(`answered ${answer.status}: ${JSON.stringify(body)}`);
          if (over) return;
          await new Promise((resolve) => setTimeout(resolve, 20));
        }
      }
    };

    let hub = await startHub();
    url = hub.url;
    const writing = Promise.all([who.owner, who.host, who.editor, who.member, who.admin].map(({ secret }, index) => write(secret, index)));
    for (let kill = 0; kill < kills; kill += 1) {
      await new Promise((resolve) => setTimeout(resolve, 100 + Math.random() * 500));
      const gone = new Promise((resolve) => hub.child.once('exit', resolve));
      hub.child.kill('SIGKILL');
      await gone;
      hub = await startHub();
      url = hub.url;
    }
    await new Promise((resolve) => setTimeout(resolve, 200));
    over = true;
    await writing;
    const gone = new Promise((resolve) => hub.child.once('exit', resolve));
    hub.child.kill('SIGKILL');
    await gone;

    const store = await openStore(storeFile(folder));
    const rows = await store.selectFrom('posts').select(['id', 'message', 'seq']).where('room_id', '=', room).orderBy('seq').execute();
    await store.destroy();
    const stored = new Map(rows.map(({ message, id }) => [message, id]));
    expect(acknowledged.size).toBeGreaterThan(kills * 5);
    expect(stored.size).toBe(rows.length); // none twice
    for (const [message, id] of acknowledged) expect([message, stored.get(message)]).toEqual([message, id]); // none lost
    expect(rows.filter(({ message }) => !acknowledged.has(message)).length).toBeLessThanOrEqual(5); // at most the last one of each, whose answer nobody awaited
    for (const { message } of rows) expect(sent.has(message)).toBe(true);
    expect(rows.map(({ seq }) => seq)).toEqual(rows.map((_row, index) => index + 1)); // [R2] no number is missing
    rmSync(world.hub.dataFolder, { recursive: true, force: true });
  }, (kills * 8 + 60) * 1000);
});
