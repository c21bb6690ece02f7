import { afterAll, describe, expect, it } from '@jest/globals';
import { spawnSync } from 'node:child_process';
import { X509Certificate, createPrivateKey } from 'node:crypto';
import { chmodSync, mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { keptCertificate } from '../../server/lan/certificate.ts';
import { time } from '../../server/lan/der.ts';

const folders: string[] = [];
const aFolder = (): string => {
  const folder = mkdtempSync(join(tmpdir(), 'watchroom-certificate-'));
  folders.push(folder);
  return folder;
};
afterAll(() => folders.forEach((folder) => rmSync(folder, { recursive: true, force: true })));

const now = Date.parse('2026-11-21T12:00:00Z');
const dayMs = 86_400_000;
const addresses = ['192.168.7.4', 'fd00::2', 'fd12:3456:789a:1::8', '10.0.0.255'];

describe("[C9] this machine's own certificate", () => {
  it('is good for its addresses and no others, vouches for nobody, and is signed by its own key', () => {
    const cert = new X509Certificate(keptCertificate(aFolder(), { addresses, now }).cert);
    expect(addresses.map((address) => cert.checkIP(address))).toEqual(addresses);
    expect([cert.checkIP('192.168.7.5'), cert.checkIP('fd00::3'), cert.checkHost('localhost')]).toEqual([undefined, undefined, undefined]);
    expect({ ca: cert.ca, usage: cert.keyUsage, signed: cert.verify(cert.publicKey) }).toEqual({ ca: false, usage: ['1.3.6.1.5.5.7.3.1'], signed: true });
    expect(cert.subject).toBe(cert.issuer);
    expect(cert.subject).toMatch(/^CN=Watchroom on /);
  });

  it('is good from a day ago, for clocks differ, and no longer than browsers take', () => {
    const { validFromDate, validToDate } = new X509Certificate(keptCertificate(aFolder(), { addresses, now }).cert);
    expect(validFromDate.getTime()).toBe(now - dayMs);
    expect((validToDate.getTime() - validFromDate.getTime()) / dayMs).toBe(397);
  });

  it('is kept in one file that only its owner can read, and stays the same', () => {
    const folder = aFolder();
    const first = keptCertificate(folder, { addresses, now });
    expect(first.fingerprint).toMatch(/^([0-9A-F]{2}:){31}[0-9A-F]{2}$/);
    expect(readdirSync(folder)).toEqual(['lan-certificate.pem']);
    expect(statSync(join(folder, 'lan-certificate.pem')).mode & 0o777).toBe(0o600);
    expect(keptCertificate(folder, { addresses: ['10.0.0.255'], now: now + 30 * dayMs })).toEqual(first);
  });

  it('is made anew, by the same key, for another address and before it ends', () => {
    const folder = aFolder();
    const first = keptCertificate(folder, { addresses, now });
    const moved = keptCertificate(folder, { addresses: ['172.16.0.9'], now });
    expect(moved.fingerprint).not.toBe(first.fingerprint);
    expect(moved.key).toBe(first.key);
    const later = keptCertificate(folder, { addresses: ['172.16.0.9'], now: now + 390 * dayMs });
    expect(later.fingerprint).not.toBe(moved.fingerprint);
    expect(later.key).toBe(first.key);
  });

  it.each([
    ['half a file', (text: string) => text.slice(0, 300)],
    ['no key', (text: string) => text.slice(text.indexOf('-----BEGIN CERT'))],
    ['another\'s key', (text: string) => readFileSync(otherFile(), 'utf8').split('-----BEGIN CERT')[0] + text.slice(text.indexOf('-----BEGIN CERT'))],
    ['nothing', () => ''],
  ])('a file with %s in it is as if there were none', (_what, spoil) => {
    const folder = aFolder();
    const first = keptCertificate(folder, { addresses, now });
    const file = join(folder, 'lan-certificate.pem');
    writeFileSync(file, spoil(readFileSync(file, 'utf8')));
    const { key, cert, fingerprint } = keptCertificate(folder, { addresses, now });
    expect(fingerprint).not.toBe(first.fingerprint);
    expect(new X509Certificate(cert).checkPrivateKey(createPrivateKey(key))).toBe(true);
  });

  it('a folder that cannot be written is said in a sentence', () => {
    const folder = aFolder();
    writeFileSync(join(folder, 'file'), '');
    chmodSync(folder, 0o700);
    expect(() => keptCertificate(join(folder, 'file'), { addresses, now })).toThrow(/this machine's certificate cannot be kept in .*lan-certificate\.pem \(ENOTDIR\)/);
  });

  it('OpenSSL, at its strictest, finds nothing wrong with it', () => {
    const folder = aFolder();
    const file = join(folder, 'certificate.pem');
    writeFileSync(file, keptCertificate(folder, { addresses, now: Date.now() }).cert);
    const { error, stdout, stderr } = spawnSync('openssl', ['verify', '-x509_strict', '-purpose', 'sslserver', '-verify_ip', addresses[1]!, '-CAfile', file, file], { encoding: 'utf8' });
    if (error === undefined) expect({ stdout, stderr }).toEqual({ stdout: `${file}: OK\n`, stderr: '' });
  });

  it('years are written with two digits through 2049, with four after it (RFC 5280)', () => {
    expect(time(new Date('2049-12-31T23:59:59Z')).toString('latin1')).toBe('\x17\x0d491231235959Z');
    expect(time(new Date('2050-01-01T00:00:00Z')).toString('latin1')).toBe('\x18\x0f20500101000000Z');
  });
});

const otherFile = (): string => {
  const folder = aFolder();
  keptCertificate(folder, { addresses, now });
  return join(folder, 'lan-certificate.pem');
};
