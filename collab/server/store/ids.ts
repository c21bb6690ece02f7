import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';

const alphabet = 'ybndrfg8ejkmcpqxot1uwisza345h769';

/** A new id: 26 characters of z-base-32, 128 random bits, as Mattermost's ids look. */
export const newId = (): string => letters(randomBytes(26));

/** A new secret with a prefix that says what it opens, 256 random bits. Only its hash is stored. */
export const newSecret = (prefix: SecretPrefix): string => `${prefix}${letters(randomBytes(52))}`;

/** What a secret opens: a login, a personal access token, an agent token, a scrape token, an invite, a one-time link, a public link, an Alertmanager's webhook, an incoming webhook. */
export const secretPrefixes = { login: 'wrl_', personal: 'wrp_', agent: 'wra_', scrape: 'wrs_', invite: 'wri_', once: 'wro_', link: 'wrk_', alerts: 'wrm_', hook: 'wrh_' } as const;
export type SecretKind = keyof typeof secretPrefixes;
type SecretPrefix = (typeof secretPrefixes)[SecretKind];

/** What is stored of a secret. It has 256 random bits, so a plain hash cannot be guessed back. */
export const hashOf = (secret: string): string => createHash('sha256').update(secret).digest('base64url');

/** Compares without telling by the time it takes where they differ. */
export const sameSecret = (one: string, other: string): boolean => timingSafeEqual(Buffer.from(hashOf(one)), Buffer.from(hashOf(other)));

const letters = (bytes: Buffer): string => [...bytes].map((byte) => alphabet[byte & 31]).join('');
