import { describe, expect, it } from '@jest/globals';
import type { Audience, ShareAsk, ShareNews, Sharing } from '../../src/cli/share-backend.ts';
import { invitesText, planText, sharingText } from '../../src/cli/views/sharing.ts';
import { localAddresses } from '../../src/wiring/local-addresses.ts';
import { aBackend, run } from './a-command-line.ts';
import { aSession } from '../a-session.ts';

const session = aSession({ id: 'claude/1af7', tool: 'claude', nativeId: '1af7' });
const fingerprint = Array.from({ length: 32 }, (_, index) => index.toString(16).padStart(2, '0').toUpperCase()).join(':');
const aSharing = (told: Partial<Sharing> & { readonly to: Audience }): Sharing => ({ room: 'http://hub/rooms/claude/1af7', link: 'http://hub/rooms/claude/1af7', shown: false, syncedBy: 'exporter', over: new Promise<never>(() => undefined), end: async () => 'It is over.', ...told });

describe('[C9] watchroom share says', () => {
  it('who can come in, who keeps it up to date, and what Ctrl+C does', () => {
    const said = (sharing: Sharing, ask: Pick<ShareAsk, 'once' | 'intervalMs'> = { once: false }) => sharingText(session, sharing, ask);
    expect(said(aSharing({ to: { kind: 'team', hub: 'http://hub' } }))).toMatch(/is open to the team: .*\n\nThe exporter of this machine keeps it up to date\.\nCtrl\+C makes the session private again\./);
    expect(said(aSharing({ to: { kind: 'team', hub: 'http://hub' }, wasOpen: true, shown: true }))).toMatch(/It was opened in the browser\.[^]*the team sees the session as before/);
    expect(said(aSharing({ to: { kind: 'team', hub: 'http://hub' }, syncedBy: 'agent' }), { once: false, intervalMs: 9000 })).toContain('keeps it up to date; --interval changes nothing of that.');
    expect(said(aSharing({ to: { kind: 'machine' } }))).toMatch(/Only this machine can open this link[^]*--lan[^]*Ctrl\+C ends it\.$/);
    expect(said(aSharing({ to: { kind: 'machine' } }), { once: true })).not.toContain('Ctrl+C');
    expect(said(aSharing({ to: { kind: 'network' }, invites: { links: ['https://10.0.0.5:8878/join#wri_x'], fingerprint } }))).toMatch(/come in here: https:\/\/10\.0\.0\.5:8878\/join#wri_x[^]*Ctrl\+C closes the door/);
  });

  it('the fingerprint in two lines that can be read aloud, and every link', () => {
    const text = invitesText({ links: ['https://a/join#x', 'https://b/join#x'], fingerprint });
    expect(text).toContain('  00:01:02:03:04:05:06:07:08:09:0A:0B:0C:0D:0E:0F\n  10:11:12:13:14:15:16:17:18:19:1A:1B:1C:1D:1E:1F\n');
    expect(text).toContain('  or here: https://b/join#x');
  });

  it('every field that would leave, and none of a transcript\'s control characters', () => {
    const text = planText({ to: { kind: 'team', hub: 'http://hub' }, machine: { hostName: 'desk', platform: 'linux', version: '1.0' }, keyedPaths: false, session: { id: 'claude/1af7', title: 'a\u001b[31mb', startedAt: 0, models: {}, tags: ['x'], toolCalls: { a: 1, b: 2, c: 3, d: 4, e: 5, f: 6 } } });
    expect(text).toMatch(/^Nothing was sent\./);
    expect(text).toMatch(/title +ab\n/);
    expect(text).toMatch(/startedAt +1970-01-01T00:00:00\.000Z/);
    expect(text).toMatch(/toolCalls +a 1, b 2, c 3, d 4, e 5 and 1 more/);
    expect(text).not.toContain('models');
    expect(text).not.toContain('share-titles');
    expect(text).toContain('this machine as desk, linux, Watchroom 1.0.');
  });
});

describe('[C9] watchroom share', () => {
  const care = (sharing: Sharing, asked: ShareAsk[] = [], news: readonly ShareNews[] = []) => aBackend([session], {
    share: async () => ({
      plan: () => { throw new Error('nothing was planned'); },
      begin: async (ask, tell) => {
        asked.push(ask);
        news.forEach(tell);
        return sharing;
      },
    }),
  });

  it('asks for what was typed, tells what happens, and ends with --once', async () => {
    const asked: ShareAsk[] = [];
    const { exitCode, out, err } = await run('share 1af7 --once --no-open --interval 5', care(aSharing({ to: { kind: 'machine' } }), asked, [{ said: 'a warning\u0007' }]));
    expect({ exitCode, err }).toEqual({ exitCode: 0, err: 'a warning\nIt is over.\n' });
    expect(out).toContain('The room of claude/1af7');
    expect(asked).toMatchObject([{ once: true, lan: false, show: false, intervalMs: 5000, session: { id: 'claude/1af7' } }]);
  });

  it('says it as data, with where to go and the invites, and without functions', async () => {
    const { out } = await run('share 1af7 --once --format json', care(aSharing({ to: { kind: 'network' }, invites: { links: ['https://a'], fingerprint } })));
    expect(JSON.parse(out)).toEqual({ session: 'claude/1af7', to: { kind: 'network' }, room: 'http://hub/rooms/claude/1af7', link: 'http://hub/rooms/claude/1af7', syncedBy: 'exporter', invites: { links: ['https://a'], fingerprint } });
  });

  it('ends with a sentence when what it lives by ends', async () => {
    const { exitCode, err } = await run('share 1af7', care(aSharing({ to: { kind: 'machine' }, over: Promise.reject(new Error('the exporter has ended')) })));
    expect({ exitCode, err }).toEqual({ exitCode: 1, err: 'watchroom: the exporter has ended\n' });
  });

  it.each(['0', '-1', '4000', 'often', '1e1', ''])('takes no interval of %j', async (seconds) => {
    const { exitCode, err } = await run(['share', '1af7', '--interval', seconds], care(aSharing({ to: { kind: 'machine' } })));
    expect({ exitCode, err }).toEqual({ exitCode: 2, err: expect.stringContaining('--interval must be 1 to 3600 seconds') });
  });
});

describe('[C9] addresses of local networks', () => {
  const at = (address: string, internal = false) => ({ address, internal, netmask: '', family: address.includes(':') ? ('IPv6' as const) : ('IPv4' as const), mac: '', cidr: null, scopeid: 0 });

  it('are private ones, IPv4 first; never loopback, link-local IPv6 or the Internet', async () => {
    const found = await localAddresses({ lo: [at('127.0.0.1', true)], eth0: [at('fd00::2'), at('fe80::1'), at('2001:db8::1'), at('93.184.216.34'), at('172.32.0.1'), at('192.168.1.7')], docker0: [at('172.17.0.1')], wlan0: [at('10.1.2.3'), at('169.254.3.4')], none: undefined });
    expect(found).toEqual(['192.168.1.7', '172.17.0.1', '10.1.2.3', '169.254.3.4', 'fd00::2']);
    expect(await localAddresses({})).toEqual([]);
  });
});
