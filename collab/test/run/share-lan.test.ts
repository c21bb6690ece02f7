import { afterAll, afterEach, beforeAll, expect, it } from '@jest/globals';
import { X509Certificate } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { until } from '../../../exporter/test/servers.ts';
import { program, startCommand } from './a-program.ts';
import type { Program } from './a-program.ts';
import { aSampleMachine } from './a-sample-machine.ts';
import type { SampleMachine } from './a-sample-machine.ts';
import { makeTwoNetworks, withTwoNetworks } from './two-networks.ts';
import type { TwoNetworks } from './two-networks.ts';

// `watchroom share --lan` as two machines of one network see it: the real program in one network namespace, its guest in another.

const guestProgram = fileURLToPath(new URL('./a-guest.mjs', import.meta.url));

withTwoNetworks('[C9] watchroom share --lan', () => {
  const folder = mkdtempSync(join(tmpdir(), 'watchroom-lan-'));
  const running: Program[] = [];
  let networks: TwoNetworks;
  let machine: SampleMachine;
  let other: SampleMachine;
  beforeAll(() => {
    networks = makeTwoNetworks();
    // Two sessions of one machine: one is shared, the other has a word that no guest may meet.
    other = aSampleMachine(folder, { host: 'desk', user: 'bob', word: 'kestrel' });
    machine = aSampleMachine(folder, { host: 'desk', user: 'bob', word: 'heron' });
  });
  afterEach(async () => { for (const one of running.splice(0)) await one.stop('SIGKILL'); });
  afterAll(() => {
    networks.remove();
    rmSync(folder, { recursive: true, force: true });
  });

  const inNetwork = (prefix: readonly string[], args: readonly string[]): Program => {
    const one = startCommand([...prefix, process.execPath, ...args]);
    running.push(one);
    return one;
  };
  const flags = (): readonly string[] => {
    const at = machine.flags.indexOf('--host-name');
    return machine.flags.filter((flag, index) => flag !== '--share-titles' && index !== at && index !== at + 1);
  };
  const watchroom = (...args: readonly string[]): Program => inNetwork(networks.inFirst, [program, ...args, ...flags(), '--no-open']);
  const share = (): Program => watchroom('share', machine.sessionId, '--lan');
  const shownBy = async (one: Program): Promise<{ readonly link: string; readonly fingerprint: string }> => {
    const link = await one.until(/Guests of the local network come in here: (\S+)/);
    await one.until(/Ctrl\+C closes the door/);
    const fingerprint = [...one.said().matchAll(/^ +((?:[0-9A-F]{2}:){15}[0-9A-F]{2})$/gm)].map(([, half]) => half).join(':');
    return { link, fingerprint };
  };
  const guest = (link: string, fingerprint: string, ...options: readonly string[]): Program => inNetwork(networks.inSecond, [guestProgram, link, fingerprint, other.sessionId, ...options]);
  const came = async (one: Program) => JSON.parse(await one.until(/^(\{.*\})$/m));

  it('[C9] a guest on another machine checks the certificate by its fingerprint, joins by the invite, reads the room, and meets nothing else [R7]', async () => {
    const one = share();
    const { link, fingerprint } = await shownBy(one);
    expect(link).toMatch(new RegExp(`^https://${networks.address.replaceAll('.', '\\.')}:8878/join#wri_\\w+$`));
    const visitor = guest(link, fingerprint, 'stay');
    const told = await came(visitor);
    expect(told).toMatchObject({
      trusted: true, page: 200, ways: { local: false, bearer: true, empty: false }, joined: 201, cookies: [], role: 'guest',
      sessions: [machine.sessionId], room: { id: machine.sessionId, title: 'All about heron' }, channel: 200, posted: 201, posts: expect.arrayContaining(['hello from next door']),
    });
    // Whoever is not invited, comes under another name, from another page, or by the link of the machine itself is turned away.
    expect(told).toMatchObject({ uninvited: 410, rebound: 403, crossed: 403, local: 404 });
    expect(told.hsts).toBeUndefined(); // a browser that kept to https would never reach the machine's own pages again
    expect(told.elsewhere.every((status: number) => status === 404)).toBe(true);
    expect(told.elsewhere).toHaveLength(6);
    expect(told.all).toContain('heron');
    expect(told.all).not.toContain('kestrel');
    await one.until(/linus has come in\./);

    await visitor.until(/now 200/);
    expect((await one.stop('SIGINT')).code).toBe(0);
    expect(one.said()).toContain('The door to the local network is closed and the invite is void. linus has left the room and sees it no more.');
    await visitor.until(/now (ECONNREFUSED|ECONNRESET|closed)/);
  });

  it('[C9] the key is this user\'s alone, and the certificate stays the same while the addresses do', async () => {
    const first = share();
    const before = await shownBy(first);
    const file = join(folder, 'bob-desk/state/local-hub/lan-certificate.pem');
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(new X509Certificate(readFileSync(file, 'utf8')).fingerprint256).toBe(before.fingerprint);
    await first.stop('SIGINT');
    const second = share();
    const after = await shownBy(second);
    expect(after.fingerprint).toBe(before.fingerprint);
    // The first invite went with the first sharing, and whoever joined by it sees nothing now.
    expect(await came(guest(before.link, before.fingerprint, 'name=ada'))).toMatchObject({ trusted: true, joined: 410 });
    expect(await came(guest(after.link, 'AA:BB', 'name=ada'))).toEqual({ trusted: false });
    await second.stop('SIGINT');
  });

  it('[C9] beside a running exporter the door closes by itself when the command is killed', async () => {
    const exporter = watchroom('exporter');
    await exporter.until(/for you alone/);
    const one = share();
    const { link, fingerprint } = await shownBy(one);
    expect(one.said()).toContain('The exporter of this machine keeps it up to date.');
    const visitor = guest(link, fingerprint, 'stay', 'name=edsger');
    await visitor.until(/now 200/);
    await one.stop('SIGKILL');
    await visitor.until(/now (ECONNREFUSED|ECONNRESET|closed)/);
    expect(exporter.process.exitCode).toBeNull();
  });

  it('[C9] without a local network it says so', async () => {
    const one = inNetwork(['unshare', '--net'], [program, 'share', machine.sessionId, '--lan', ...flags(), '--no-open']);
    await one.until(/this machine has no address in a local network/);
    await until(() => one.process.exitCode === 1);
  });
});
