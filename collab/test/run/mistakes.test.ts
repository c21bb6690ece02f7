import { afterAll, describe, expect, it } from '@jest/globals';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { run } from './a-program.ts';

const folder = mkdtempSync(join(tmpdir(), 'watchroom-mistakes-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const data = join(folder, 'hub');
let others = 0;

describe('watchroom hub', () => {
  it.each([
    [['hub', 'serve', '--oidc.issuer', 'https://login.example'], /single sign-on needs both: --oidc\.client-id ID is missing/],
    [['hub', 'serve', '--signing-key-file', '/nowhere'], /--signing-key-file: \/nowhere cannot be read \(ENOENT\)/],
    [['hub', 'serve', '--first-team', 'The Team'], /--first-team must be 2 to 24 small letters/],
    [['hub', 'serve', '--listen', '8877'], /hub\.listen must be an address with a port.*Did you mean 127\.0\.0\.1:8877/],
    [['hub', 'backup', join(folder, 'x.db')], /there is no hub in .* watchroom hub serve/],
    [['hub', 'restore', join(folder, 'no-such-file')], /there is no file /],
    [['hub', 'serve', '--public-url', 'watchroom.example'], /hub\.public_url must be an http\(s\) URL.* Did you mean http:\/\/watchroom\.example\?\n/],
    [['hub', 'admin', 'create', 'ada'], /required option '--team <team>' not specified/],
    [['open'], /no exporter of this machine runs a hub now/],
  ])('%j is a mistake that is told in a sentence', async (args, sentence) => {
    const { code, said } = await run([...args, ...(args[0] === 'hub' ? ['--data', join(folder, `none-${(others += 1)}`)] : ['--state', folder])]);
    expect(code).not.toBe(0);
    expect(said).toMatch(sentence);
    expect(said).not.toContain('    at ');
  });

  it('refuses to go back to what is no backup of it', async () => {
    writeFileSync(join(folder, 'text.db'), 'not a database at all, but long enough to be looked at as one');
    expect((await run(['hub', 'restore', join(folder, 'text.db'), '--data', data])).said).toContain('is no backup of a hub');
  });
});
