import { hash, randomBytes, randomFillSync, timingSafeEqual } from 'node:crypto';

const alphabet = 'ybndrfg8ejkmcpqxot1uwisza345h769';

/** A new id: 26 characters of z-base-32, 128 random bits, as Mattermost's ids look. */
export const newId = (): string => letters(nextBytes(26));

/** A new secret with a prefix that says what it opens, 256 random bits. Only its hash is stored. */
export const newSecret = (prefix: SecretPrefix): string => `${prefix}${letters(randomBytes(52))}`;

/** What a secret opens: a login, a personal access token, an agent token, a scrape token, an invite, a one-time link, a public link, an Alertmanager's webhook, an incoming webhook. */
export const secretPrefixes = { login: 'wrl_', personal: 'wrp_', agent: 'wra_', scrape: 'wrs_', invite: 'wri_', once: 'wro_', link: 'wrk_', alerts: 'wrm_', hook: 'wrh_' } as const;
export type SecretKind = keyof typeof secretPrefixes;
type SecretPrefix = (typeof secretPrefixes)[SecretKind];

/** What is stored of a secret. It has 256 random bits, so a plain hash cannot be guessed back. */
export const hashOf = (secret: string): string => hash('sha256', secret, 'base64url');

/** Compares without telling by the time it takes where they differ. */
export const sameSecret = (one: string, other: string): boolean => timingSafeEqual(Buffer.from(hashOf(one)), Buffer.from(hashOf(other)));

const letters = (bytes: Uint8Array): string => {
  let text = '';
  for (const byte of bytes) text += alphabet[byte & 31];
  return text;
};

/** Random bytes for ids, fetched in advance: to ask for 26 costs nearly as much as to ask for thousands. Each is given out once. */
const nextBytes = (count: number): Uint8Array => {
  if (used + count > stock.length) {
    randomFillSync(stock);
    used = 0;
  }
  used += count;
  return stock.subarray(used - count, used);
};

const stock = new Uint8Array(26 * 128);
let used = stock.length;
