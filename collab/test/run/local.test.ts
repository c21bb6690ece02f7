import { afterAll, afterEach, describe, expect, it } from '@jest/globals';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { json, repository, run, start } from './a-program.ts';
import type { Program } from './a-program.ts';

const folder = mkdtempSync(join(tmpdir(), 'watchroom-local-'));
const running: Program[] = [];
afterEach(async () => { for (const one of running.splice(0)) await one.stop('SIGKILL'); });
afterAll(() => rmSync(folder, { recursive: true, force: true }));

mkdirSync(join(folder, 'proc'));
const exporter = (state: string, args: readonly string[] = ['--no-open'], env: Readonly<Record<string, string>> = {}): Program => {
  const one = start(['exporter', '--web.listen-address', '127.0.0.1:0', '--home', join(repository, 'examples/home'), '--proc', join(folder, 'proc'), '--export.window', '100000h', '--state', join(folder, state), ...args], env);
  running.push(one);
  return one;
};
const linkOf = (one: Program): Promise<string> => one.until(/for you alone: (\S+)/);
const signIn = (link: string) => json(`${new URL(link).origin}/api/v1/auth/local`, { body: { secret: new URL(link).hash.slice(1) } });

describe('npm start', () => {
  it('runs a hub beside the exporter, and its link signs in once; the exporter reports to it and keeps its own series', async () => {
    const one = exporter('first');
    const link = await linkOf(one);
    expect(new URL(link).hostname).toBe('127.0.0.1');
    const { status, body } = await signIn(link);
    expect(status).toBe(200);
    expect((await signIn(link)).status).toBe(410);
    const sessions = async () => (await json(`${new URL(link).origin}/api/v1/sessions`, { token: body.token })).body.sessions;
    for (const started = Date.now(); (await sessions()).length < 7 && Date.now() - started < 15_000;) await new Promise((resolve) => setTimeout(resolve, 100));
    expect(await sessions()).toHaveLength(7);
    const page = (await json(`${await one.until(/Page: +(\S+)/)}metrics`)).body as string;
    expect(page).toMatch(/^ai_session_info\{/m);

    const another = await run(['open', '--print', '--state', join(folder, 'first')]);
    expect(another).toEqual({ code: 0, said: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+\/open#wro_\S+\n$/) });
    expect((await signIn(another.said.trim())).status).toBe(200);
    const { code, ms } = await one.stop();
    expect(code).toBe(0);
    expect(ms).toBeLessThan(5000);
    expect((await run(['open', '--state', join(folder, 'first')])).said).toContain('no exporter of this machine runs a hub now');
  });

  it('gives the browser its link by a private file, never on a command line', async () => {
    const bin = join(folder, 'bin');
    mkdirSync(bin);
    // Stands for the desktop's opener: keeps what it was called with, and what the file says.
    writeFileSync(join(bin, 'xdg-open'), `#!${process.execPath}\nconst fs = require('node:fs'); const file = require('node:url').fileURLToPath(process.argv[2]);\nfs.writeFileSync(${JSON.stringify(join(folder, 'opened.json'))}, JSON.stringify({ url: process.argv[2], mode: fs.statSync(file).mode & 0o777, text: fs.readFileSync(file, 'utf8') }));\n`);
    chmodSync(join(bin, 'xdg-open'), 0o755);
    const one = exporter('second', [], { DISPLAY: ':99', PATH: `${bin}:${process.env.PATH}` });
    const link = await linkOf(one);
    for (const started = Date.now(); !readdirSync(folder).includes('opened.json') && Date.now() - started < 10_000;) await new Promise((resolve) => setTimeout(resolve, 50));
    const { url, mode, text } = JSON.parse(readFileSync(join(folder, 'opened.json'), 'utf8')) as { url: string; mode: number; text: string };
    expect(fileURLToPath(url)).toMatch(/\/open-[0-9a-f]+\.html$/);
    expect(url).not.toContain('wro_');
    expect(mode).toBe(0o600);
    expect(text).toContain(`content="0; url=${link}"`);
    expect(statSync(join(folder, 'second/local-hub')).mode & 0o777).toBe(0o700);
    await one.stop();
    expect(readdirSync(join(folder, 'second/local-hub')).filter((name) => name.startsWith('open-'))).toEqual([]);
  });

  it('takes the next free port when its own is taken, with a word', async () => {
    const other = createServer();
    await new Promise<void>((resolve) => other.once('error', () => resolve()).listen(8877, '127.0.0.1', resolve)); // or somebody has it already
    const one = exporter('third');
    const link = await linkOf(one);
    expect(Number(new URL(link).port)).toBeGreaterThan(8877);
    expect(one.said()).toContain(`port 8877 is taken, this machine's hub listens on ${new URL(link).origin}`);
    other.close();
  });

  it('goes on as an exporter with a sentence when the hub cannot start', async () => {
    mkdirSync(join(folder, 'fourth/local-hub'), { recursive: true });
    writeFileSync(join(folder, 'fourth/local-hub/hub.db'), 'this is no database, whatever its name may say about it');
    const one = exporter('fourth');
    await one.until(/this machine's hub does not run; the exporter goes on without it/);
    expect((await json(`${await one.until(/Page: +(\S+)/)}metrics`)).body).toMatch(/^ai_session_info\{/m);
    expect(one.process.exitCode).toBeNull();
  });

  it('leaves it out with --no-hub', async () => {
    const one = exporter('fifth', ['--no-open', '--no-hub']);
    await one.until(/Ctrl\+C ends it/);
    await new Promise((resolve) => setTimeout(resolve, 1500));
    expect(one.said()).not.toContain('for you alone');
    expect(readdirSync(join(folder, 'fifth'))).not.toContain('local-hub');
  });
});
