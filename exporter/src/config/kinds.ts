import { parse } from 'yaml';
import { z } from 'zod';
import { isTimeZone } from '../session/period.ts';

/**
 * The kinds of values a setting can have. Each takes what YAML gives and also the text of a flag or a variable.
 * The messages continue the sentence "<setting> must be …".
 */

export const text = () => z.string({ error: 'a text' }).min(1, { error: 'a text' });

export const choice = <const Names extends readonly [string, ...string[]]>(names: Names) => z.enum(names, { error: `one of ${names.join(', ')}` });

export const wholeNumber = (least = 0) => {
  const error = `a whole number from ${least}`;
  return z.preprocess(asNumber, z.int({ error }).min(least, { error }));
};

export const yesOrNo = () => z.preprocess((value) => truths.get(String(value).toLowerCase()) ?? value, z.boolean({ error: 'true or false' }));

/** "90s", "15m", "24h", "7d" → milliseconds. */
export const duration = (least = '1s') => {
  const error = `a duration from ${least}, such as 30s, 15m, 24h or 7d`;
  return z.string({ error }).transform((written, context) => {
    const ms = durationMs(written);
    if (ms !== undefined && ms >= durationMs(least)!) return ms;
    context.addIssue({ code: 'custom', message: error });
    return z.NEVER;
  });
};

/** A list in YAML, or texts with commas between them. */
export const list = <Item extends z.ZodType>(item: Item) =>
  z.preprocess((value) => (typeof value === 'string' ? value.split(',').map((part) => part.trim()).filter(Boolean) : value), z.array(item, { error: 'a list' }).readonly());

/** A map or list in YAML; a flag or a variable gives it as YAML or JSON text. */
export const structure = <Schema extends z.ZodType>(schema: Schema) => z.preprocess(asYaml, schema);

export interface ListenAddress {
  /** Undefined: all interfaces. */
  readonly host?: string;
  readonly port: number;
}

/** "127.0.0.1:10877", "[::1]:10877", ":10877" (all interfaces), as Prometheus exporters take them. */
export const listenAddress = () => {
  const error = 'an address with a port, such as 127.0.0.1:10877, [::1]:10877, or :10877 for all interfaces';
  return z.string({ error }).transform((written, context): ListenAddress => {
    const match = /^(?:\[([0-9a-f:.]+)\]|([^:\s/]*)):(\d{1,5})$/i.exec(written.trim());
    const port = Number(match?.[3]);
    if (match && port <= 65_535) return match[1] || match[2] ? { host: (match[1] ?? match[2])!, port } : { port };
    context.addIssue({ code: 'custom', message: error });
    return z.NEVER;
  });
};

export const webUrl = () => {
  const error = 'an http(s) URL, such as https://watchroom.example:8877';
  return z.url({ protocol: /^https?$/, error }).transform((url) => url.replace(/\/+$/, ''));
};

export const timeZone = () =>
  z.string({ error: 'a time zone name' }).refine((name) => name === 'local' || isTimeZone(name), { error: 'local, UTC or a name of the time zone database, such as Europe/Berlin' });

export const pattern = () => text().refine(isPattern, { error: 'a regular expression' });

const truths = new Map([['true', true], ['yes', true], ['on', true], ['1', true], ['false', false], ['no', false], ['off', false], ['0', false]]);

const asNumber = (value: unknown): unknown => (typeof value === 'string' && /^[+-]?[\d_]+(\.\d+)?$/.test(value.trim()) ? Number(value.replaceAll('_', '')) : value);

const asYaml = (value: unknown): unknown => {
  if (typeof value !== 'string') return value;
  try {
    return parse(value);
  } catch {
    return value;
  }
};

const unitMs: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 };

/** Milliseconds of "90s", "1h30m", "7d"; undefined when it is no duration. */
export const durationMs = (written: string): number | undefined => {
  const parts = [...written.trim().matchAll(/(\d+(?:\.\d+)?)\s*(ms|[smhdw])\s*/gy)];
  if (parts.length === 0 || parts.map(([part]) => part).join('') !== written.trim()) return undefined;
  return parts.reduce((sum, [, amount, unit]) => sum + Number(amount) * unitMs[unit!]!, 0);
};

function isPattern(source: string): boolean {
  try {
    new RegExp(source);
    return true;
  } catch {
    return false;
  }
}
