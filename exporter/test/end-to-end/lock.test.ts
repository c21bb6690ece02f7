import { describe, expect, it } from '@jest/globals';
import { mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { takeOwnership } from '../../src/ledger/owner.ts';
import type { Ownership } from '../../src/ledger/owner.ts';
import { aHome, claudePrompt } from '../sweep/a-home.ts';
import { run, startExporter } from './an-exporter.ts';

const aState = (): string => mkdtempSync(join(tmpdir(), 'watchroom-lock-'));
const nobody = (folder: string): string[] => ['--home', folder, '--proc', folder, '--state', folder];

describe('the lock of the ledger', () => {
  it('an exporter waits for a command that uses the ledger for a moment', async () => {
    const folder = aState();
    const command = takeOwnership(folder, { pid: process.pid, since: Date.now(), brief: true }) as Ownership;
    const release = setTimeout(() => command.release(), 2000);
    const exporter = await startExporter(nobody(folder));
    try {
      expect(await exporter.scrape()).toContain('watchroom_ledger_durable 1');
    } finally {
      clearTimeout(release);
      await exporter.stop();
      rmSync(folder, { recursive: true });
    }
  });

  it('where nothing can be written into the state folder, as on a full disk, an exporter counts in memory and says so', async () => {
    const folder = aState();
    mkdirSync(join(folder, 'owner.json')); // cannot be written as a file
    const exporter = await startExporter(nobody(folder));
    try {
      expect(exporter.said()).toContain('cannot be written (EISDIR), so the counters live in memory');
      expect(await exporter.scrape()).toContain('watchroom_ledger_durable 0');
      expect(await exporter.scrape('')).toContain('Counters will not survive a restart.');
    } finally {
      await exporter.stop();
      rmSync(folder, { recursive: true });
    }
  });

  it('a command waits for an exporter that has just begun, and has what that found', async () => {
    const files = aHome();
    const state = aState();
    const where = ['--home', files.home, '--proc', files.home, '--state', state];
    files.write('.claude/projects/-home-ada-shop/s1.jsonl', claudePrompt({ session: 's1', at: Date.now() - 60_000 }));
    const exporter = takeOwnership(state, { pid: process.pid, since: Date.now(), scanning: true }) as Ownership;
    const listed = run(['list', '--all', '--format', 'json', ...where]);
    try {
      expect(await Promise.race([listed, sleep(1500, 'it waits')])).toBe('it waits');
      // What an exporter does, in another state folder first: a ledger cannot be made where this test holds the lock.
      const elsewhere = aState();
      await run(['list', '--home', files.home, '--proc', files.home, '--state', elsewhere]);
      renameSync(join(elsewhere, 'ledger.db'), join(state, 'ledger.db'));
      rmSync(elsewhere, { recursive: true });
      exporter.describe({ scanning: false });
      const { code, stdout } = await listed;
      expect(code).toBe(0);
      expect((JSON.parse(stdout) as { id: string }[]).map(({ id }) => id)).toEqual(['claude/s1']);
    } finally {
      await listed;
      exporter.release();
      rmSync(state, { recursive: true });
      rmSync(files.home, { recursive: true });
    }
  });

  it('an exporter does not wait for another exporter', async () => {
    const folder = aState();
    const other = takeOwnership(folder, { pid: 4242, since: Date.now(), address: 'http://localhost:1/' }) as Ownership;
    const { code, stderr } = await run(['exporter', '--no-open', ...nobody(folder)]);
    other.release();
    rmSync(folder, { recursive: true });
    expect(code).toBe(1);
    expect(stderr).toContain('another Watchroom exporter (pid 4242, http://localhost:1/)');
  });
});
