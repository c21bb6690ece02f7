import { X509Certificate, createPrivateKey, createPublicKey, generateKeyPairSync, randomBytes, sign } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { algorithm, bitString, context, integer, name, octets, oid, sequence, time, truth } from './der.ts';
import { addressBytes } from './local-address.ts';

/** What this machine shows to guests. Nobody vouches for it: they compare its fingerprint. */
export interface Certificate {
  /** PEM. */
  readonly key: string;
  readonly cert: string;
  /** SHA-256, as browsers show it: AB:CD:… */
  readonly fingerprint: string;
}

interface For {
  /** IP addresses it is for. */
  readonly addresses: readonly string[];
  readonly now: number;
}

/** The certificate that is kept in a private folder; made, or made anew with the same key, when there is none that is good for these addresses. */
export const keptCertificate = (folder: string, wanted: For): Certificate => {
  const file = join(folder, 'lan-certificate.pem');
  const kept = read(file);
  if (kept !== undefined && isGood(kept, wanted)) return told(kept);
  const key = kept?.key ?? generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;
  const fresh = { key, cert: new X509Certificate(selfSigned(key, wanted)) };
  keep(file, fresh);
  return told(fresh);
};

interface Pair { readonly key: KeyObject; readonly cert: X509Certificate }

const dayMs = 86_400_000;
/** Browsers take none that is good for longer than 398 days. */
const lifeDays = 397;
const leastDaysLeft = 7;

const told = ({ key, cert }: Pair): Certificate => ({ key: pem(key), cert: cert.toString(), fingerprint: cert.fingerprint256 });
const pem = (key: KeyObject): string => key.export({ type: 'pkcs8', format: 'pem' }).toString();

/** Damaged, half written or somebody else's: as if there were none. */
const read = (file: string): Pair | undefined => {
  try {
    const text = readFileSync(file, 'utf8');
    const pair = { key: createPrivateKey(text), cert: new X509Certificate(text) };
    return pair.key.asymmetricKeyType === 'ec' && pair.cert.checkPrivateKey(pair.key) ? pair : undefined;
  } catch {
    return undefined;
  }
};

const isGood = ({ cert }: Pair, { addresses, now }: For): boolean =>
  cert.validFromDate.getTime() <= now && cert.validToDate.getTime() > now + leastDaysLeft * dayMs && addresses.every((address) => cert.checkIP(address) !== undefined);

const keep = (file: string, { key, cert }: Pair): void => {
  const beside = `${file}.${randomBytes(4).toString('hex')}.part`;
  try {
    writeFileSync(beside, pem(key) + cert.toString(), { mode: 0o600, flag: 'wx' });
    renameSync(beside, file);
  } catch (error) {
    throw new Error(`this machine's certificate cannot be kept in ${file} (${(error as NodeJS.ErrnoException).code ?? String(error)})`);
  } finally {
    if (existsSync(beside)) rmSync(beside);
  }
};

// RFC 5280 in the one form that is needed here; keys and signature are Node's.

const ecdsaWithSha256 = '1.2.840.10045.4.3.2';

/** A certificate in DER that its own key signs. */
const selfSigned = (key: KeyObject, wanted: For): Buffer => {
  const content = contentOf(key, wanted);
  return sequence(content, algorithm(ecdsaWithSha256), bitString(sign('sha256', content, key)));
};

const contentOf = (key: KeyObject, { addresses, now }: For): Buffer => {
  const self = name(`Watchroom on ${hostname()}`.slice(0, 64));
  return sequence(
    context(0, integer(Buffer.of(2))), // version 3
    integer(randomBytes(16)),
    algorithm(ecdsaWithSha256),
    self,
    sequence(time(new Date(now - dayMs)), time(new Date(now + lifeDays * dayMs - dayMs))), // guests' clocks may be behind
    self,
    createPublicKey(key).export({ type: 'spki', format: 'der' }),
    context(3, sequence(
      extension('2.5.29.19', sequence(), { critical: true }), // basicConstraints: vouches for nobody else
      extension('2.5.29.15', Buffer.of(3, 2, 7, 0x80), { critical: true }), // keyUsage: digitalSignature
      extension('2.5.29.37', sequence(oid('1.3.6.1.5.5.7.3.1'))), // extKeyUsage: serverAuth
      extension('2.5.29.17', sequence(...addresses.map((address) => context(7, addressBytes(address), { plain: true })))), // subjectAltName
    )),
  );
};

const extension = (id: string, value: Buffer, { critical = false } = {}): Buffer => sequence(oid(id), ...(critical ? [truth] : []), octets(value));
