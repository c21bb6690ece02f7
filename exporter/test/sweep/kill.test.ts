import { expect, it } from '@jest/globals';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { aHome, aLedger, claudeLine, claudePrompt } from './a-home.ts';

const kills = 20;
const begin = Date.UTC(2026, 10, 20, 9);
const child = fileURLToPath(new URL('./scan-child.ts', import.meta.url));

const scan = (home: string, path: string): ReturnType<typeof spawn> => spawn(process.execPath, ['--no-warnings', child, home, path, String(begin)], { stdio: ['ignore', 'pipe', 'inherit'] });

/** Resolves when the scan has published something: it is in the middle of its work. */
const atWork = (process: ReturnType<typeof spawn>): Promise<unknown> => Promise.race([once(process.stdout!, 'data'), once(process, 'exit')]);

it(`[T33] killed ${kills} times by SIGKILL in the middle of its scan, the ledger ends with the totals of an uninterrupted one`, async () => {
  const { home, write } = aHome();
  const [files, callsEach, output] = [120, 40, 13];
  const padding = `${JSON.stringify({ type: 'progress', data: { type: 'bash_progress', output: 'x'.repeat(6000) } })}\n`;
  for (let file = 0; file < files; file += 1) {
    const session = `session-${file}`;
    const lines = Array.from({ length: callsEach }, (_, index) => claudePrompt({ session, at: begin - 9e6 + index * 1000 }) + claudeLine({ session, at: begin - 9e6 + index * 1000 + 500, id: `${file}-${index}`, output }) + padding);
    write(`.claude/projects/-home-ada-shop/${session}.jsonl`, lines.join(''));
  }
  const path = join(home, 'ledger.db');
  let killed = 0;
  for (let round = 0; round < kills; round += 1) {
    const process = scan(home, path);
    const exited = once(process, 'exit');
    // Some while it opens the ledger, most while it books.
    await (round % 4 === 0 ? new Promise((resolve) => setTimeout(resolve, 60 + round * 8)) : atWork(process));
    if (process.kill('SIGKILL')) killed += 1;
    await exited;
  }
  const last = scan(home, path);
  await once(last, 'exit');
  expect(last.exitCode).toBe(0);
  const ledger = aLedger({ path, now: () => begin });
  const sessions = ledger.sessions('all');
  expect(killed).toBe(kills);
  expect(sessions).toHaveLength(files);
  for (const session of sessions) {
    expect(session.models['claude-opus-4-6']).toMatchObject({ requests: callsEach, usage: { input: callsEach, output: callsEach * output, cache_read: callsEach * 100 } });
    expect(session.turns).toBe(callsEach);
  }
  expect(ledger.fleet().filter((series) => series.value > 0)).toEqual([]);
  expect(ledger.verify()).toEqual([]);
  ledger.close();
  rmSync(home, { recursive: true });
}, 120_000);
