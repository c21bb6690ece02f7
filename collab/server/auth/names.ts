import { z } from 'zod';

// How people and teams may be called, and what may be a password: checked at the edge, once.

/** Names that mean something else in a message or in the audit log. */
const taken = new Set(['all', 'channel', 'everyone', 'here', 'hub', 'me', 'nobody', 'system']);

/** Bidirectional controls would let a name dress up as another. */
const printable = /^[^\p{Cc}\p{Zl}\p{Zp}\u200e\u200f\u202a-\u202e\u2066-\u2069]+$/u;

export const username = z.string().toLowerCase().regex(/^[a-z][a-z0-9._-]{1,31}$/, '2 to 32 characters of a–z, 0–9, dot, dash and underscore, a letter first')
  .refine((name) => !taken.has(name) && !name.startsWith('former-'), 'that name is taken by the hub itself')
  .describe('What a person signs in with and is mentioned by: 2 to 32 characters of a–z, 0–9, dot, dash and underscore, a letter first.');

export const displayName = z.string().trim().min(1).max(64).regex(printable, 'control characters').describe('How a person or a team is called on the page.');

export const email = z.email().max(200).describe('Shown to the person only; never used to find an account.');

/** Never as long as an id, so that a name cannot pass for one. */
export const teamName = z.string().toLowerCase().regex(/^[a-z][a-z0-9-]{1,23}$/, '2 to 24 characters of a–z, 0–9 and dash, a letter first')
  .describe('The team in addresses: 2 to 24 characters of a–z, 0–9 and dash, a letter first.');

export const newPassword = z.string().min(10, 'at least 10 characters').max(200).describe('At least 10 characters.');
export const givenPassword = z.string().min(1).max(200).describe('The password.');

/** What a token, a key or a device is called in lists. */
export const label = z.string().trim().min(1).max(64).regex(printable, 'control characters').describe('What it is called in lists.');

export const id = z.string().min(1).max(64).describe('Its id.');
export const teamOfPath = z.object({ team: z.string().min(1).max(64).describe('Name or id of the team.') });

/** A change of nothing is a mistake of whoever sends it. */
export const changesSomething = [(change: object): boolean => Object.keys(change).length > 0, 'name at least one thing to change'] as const;

/** One line of text somebody else wrote (a browser's name, a claim), safe to keep and print. */
export const oneLine = (text: string, most: number): string => text.replace(/[\p{Cc}\p{Zl}\p{Zp}\u200e\u200f\u202a-\u202e\u2066-\u2069]+/gu, ' ').trim().slice(0, most).toWellFormed();
