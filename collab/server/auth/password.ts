import { randomBytes, scrypt, timingSafeEqual } from 'node:crypto';
import { unavailable } from '../routes/errors.ts';
import { Turns } from './turns.ts';

// scrypt in PHC form: $scrypt$ln=15,r=8,p=3$<salt>$<hash>. 32 MiB and about 0.2 s each (OWASP Password Storage Cheat Sheet, 2025).

interface Cost { readonly ln: number; readonly r: number; readonly p: number }
const cost: Cost = { ln: 15, r: 8, p: 3 };
const mostAtOnce = 4;
const mostWaiting = 64;
const turns = new Turns(mostAtOnce, mostWaiting);
/** What the password of nobody is compared with. */
const nobodysSalt = randomBytes(16);

/** What is stored of a password. */
export const hashPassword = async (password: string): Promise<string> => {
  const salt = randomBytes(16);
  return phcOf(cost, salt, await derived(password, salt, cost));
};

/** Whether a password is the stored one. Without a stored one the same work is done, so that nobody learns from the time it takes who has an account. */
export const passwordMatches = async (password: string, stored: string | null | undefined): Promise<boolean> => {
  const known = stored ? partsOf(stored) : undefined;
  const hash = await derived(password, known?.salt ?? nobodysSalt, known?.cost ?? cost);
  return known !== undefined && known.hash.length === hash.length && timingSafeEqual(known.hash, hash);
};

/** Whether a stored password was made with less work than today's. */
export const isOutdated = (stored: string): boolean => !stored.startsWith(phcOf(cost, Buffer.alloc(0), Buffer.alloc(0)).slice(0, -1));

const derived = async (password: string, salt: Buffer, { ln, r, p }: Cost): Promise<Buffer> => {
  const done = turns.take(() => new Promise<Buffer>((resolve, reject) => {
    // The same password typed on another keyboard is the same password.
    scrypt(password.normalize('NFKC'), salt, 32, { N: 2 ** ln, r, p, maxmem: 2 ** ln * r * 256 }, (error, key) => (error ? reject(error) : resolve(key)));
  }));
  if (done === undefined) throw unavailable('Too many people sign in at this moment. Try again in a few seconds.');
  return done;
};

const plain = (bytes: Buffer): string => bytes.toString('base64').replace(/=+$/, '');
const phcOf = ({ ln, r, p }: Cost, salt: Buffer, hash: Buffer): string => `$scrypt$ln=${ln},r=${r},p=${p}$${plain(salt)}$${plain(hash)}`;

const partsOf = (phc: string): { readonly cost: Cost; readonly salt: Buffer; readonly hash: Buffer } | undefined => {
  const match = /^\$scrypt\$ln=(\d{1,2}),r=(\d{1,2}),p=(\d{1,2})\$([A-Za-z0-9+/]+)\$([A-Za-z0-9+/]+)$/.exec(phc);
  if (match === null) return undefined;
  const [, ln, r, p, salt, hash] = match;
  return { cost: { ln: Number(ln), r: Number(r), p: Number(p) }, salt: Buffer.from(salt!, 'base64'), hash: Buffer.from(hash!, 'base64') };
};
