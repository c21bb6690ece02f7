import { z } from 'zod';

/** A time as the API tells it. */
export const isoTime = z.iso.datetime();

/** The store's milliseconds as the API tells them. */
export const iso = (ms: number): string => new Date(ms).toISOString();

/** A field that is left out when the store knows nothing. */
export const isoField = <Key extends string>(key: Key, ms: number | null): { readonly [K in Key]?: string } => (ms === null ? {} : { [key]: iso(ms) }) as { [K in Key]?: string };

export const minuteMs = 60_000;
export const dayMs = 86_400_000;
