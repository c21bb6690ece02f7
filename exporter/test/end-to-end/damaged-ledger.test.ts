import { afterAll, expect, it } from '@jest/globals';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { run } from './an-exporter.ts';

const folder = mkdtempSync(join(tmpdir(), 'watchroom-damaged-'));
const where = ['--home', folder, '--proc', folder, '--state', folder];
writeFileSync(join(folder, 'ledger.db'), 'this is no database '.repeat(500));
afterAll(() => rmSync(folder, { recursive: true }));

it.each(['list', 'ledger verify', 'exporter --no-open'])('%s on a damaged ledger says which one and what to do', async (command) => {
  const { code, stderr } = await run([...command.split(' '), ...where]);
  expect(code).toBe(1);
  expect(stderr).toContain(`the ledger in ${folder} is damaged (file is not a database). Put it aside and begin a new one: watchroom ledger reset --yes`);
});

it('ledger reset puts a damaged ledger aside, and all is well again', async () => {
  const { code, stdout } = await run(['ledger', 'reset', '--yes', ...where]);
  expect({ code, stdout }).toEqual({ code: 0, stdout: expect.stringMatching(/The old one was unreadable, kept at .*ledger\.db\./) });
  expect((await run(['ledger', 'verify', ...where])).stdout).toContain('sound');
  expect(readdirSync(folder).filter((name) => name.startsWith('ledger.db.'))).toHaveLength(1);
});
