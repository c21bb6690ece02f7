import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { serviceDefinition } from '../../src/cli/service/definition.ts';
import type { ServiceAsk } from '../../src/cli/service/definition.ts';
import { run } from '../end-to-end/an-exporter.ts';

const anAsk = (platform: 'linux' | 'darwin' | 'win32', args: readonly string[] = []): ServiceAsk => ({ machine: { platform, home: '/home/a b', env: {} }, uid: 501, node: '/opt/node 24/bin/node', script: '/opt/w/bin/watchroom.js', args });

describe('what a service is made of', () => {
  it('a systemd unit says no word as several, no specifier and no variable', () => {
    const { text } = serviceDefinition(anAsk('linux', ['--labels', '100%', '$HOME', 'a "b"']));
    expect(text).toContain('ExecStart="/opt/node 24/bin/node" /opt/w/bin/watchroom.js exporter --no-open --labels 100%% $$HOME "a \\"b\\"" --log.format json');
  });

  it('a launch agent and a task are well-formed whatever the words', () => {
    for (const platform of ['darwin', 'win32'] as const) {
      const { text } = serviceDefinition(anAsk(platform, ['<&">', 'a b']));
      expect(text).toContain('&lt;&amp;');
    }
    expect(serviceDefinition(anAsk('win32', ['a b'])).text).toContain('exporter --no-open &quot;a b&quot;</Arguments>');
  });
});

describe('watchroom service', () => {
  let home: string;
  const file = (): string => join(home, '.config/systemd/user/watchroom.service');
  /** A systemctl that writes down what it is told; a machine under test has no service manager. */
  const service = (...args: readonly string[]) => run(['service', ...args], { HOME: home, PATH: `${home}/bin:${process.env.PATH}` });
  const systemctlSays = (code: number): void => {
    writeFileSync(join(home, 'bin/systemctl'), `#!/bin/sh\necho "$@" >> ${home}/said\necho "no bus" >&2\nexit ${code}\n`);
    chmodSync(join(home, 'bin/systemctl'), 0o755);
  };
  beforeEach(() => {
    home = mkdtempSync(join(tmpdir(), 'watchroom-service-'));
    mkdirSync(join(home, 'bin'));
    systemctlSays(0);
  });
  afterEach(() => rmSync(home, { recursive: true }));

  it('shows everything before it is written, and writes nothing unasked', async () => {
    const { code, stdout } = await service('install', '--dry-run');
    expect(code).toBe(0);
    expect(stdout).toContain(file());
    expect(stdout).toContain('systemctl --user enable --now watchroom.service');
    expect(await service('install')).toMatchObject({ code: 1, stderr: expect.stringContaining('Try --yes') });
    expect(readdirSync(home).filter((name) => name !== '.cache')).toEqual(['bin']); // Node keeps what it compiled there
  });

  it('is installed, told of, and removed without trace', async () => {
    expect(await service('install', '--yes', '--', '--web.listen-address', '127.0.0.1:1')).toMatchObject({ code: 0, stderr: '' });
    expect(readFileSync(file(), 'utf8')).toContain('exporter --no-open --web.listen-address 127.0.0.1:1 --log.format json');
    expect(JSON.parse((await service('status', '--format', 'json')).stdout)).toMatchObject({ installed: true, running: true, file: file() });
    expect(await service('remove', '--yes')).toMatchObject({ code: 0, stderr: '' });
    expect(existsSync(file())).toBe(false);
    expect(readFileSync(join(home, 'said'), 'utf8').trim().split('\n')).toEqual([
      '--user daemon-reload', '--user enable --now watchroom.service', '--user is-active watchroom.service', '--user disable --now watchroom.service', '--user daemon-reload',
    ]);
    expect((await service('remove', '--yes')).stdout).toContain('No service is installed');
  });

  it('nothing is left where the system refuses it', async () => {
    systemctlSays(1);
    expect(await service('install', '--yes')).toMatchObject({ code: 1, stderr: expect.stringContaining('failed: no bus. The file was taken away again') });
    expect(existsSync(file())).toBe(false);
  });

  it("somebody's own unit is neither overwritten nor deleted", async () => {
    mkdirSync(join(home, '.config/systemd/user'), { recursive: true });
    writeFileSync(file(), '[Unit]\n');
    for (const what of ['install', 'remove']) expect(await service(what, '--yes')).toMatchObject({ code: 1, stderr: expect.stringContaining('left as it is') });
    expect(readFileSync(file(), 'utf8')).toBe('[Unit]\n');
  });
});
