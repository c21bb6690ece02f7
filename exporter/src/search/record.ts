export type Json = Readonly<Record<string, unknown>>;

/** A JSON object; undefined for everything else, broken text as well. */
export const jsonObject = (text: string | Buffer): Json | undefined => {
  try {
    return objectOf(JSON.parse(text.toString()));
  } catch {
    return undefined;
  }
};

export const objectOf = (value: unknown): Json | undefined => (typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Json) : undefined);
export const textOf = (value: unknown): string | undefined => (typeof value === 'string' && value !== '' ? value : undefined);

/** A moment in any of the ways tools write it: ISO 8601, seconds, milliseconds. */
export const momentOf = (value: unknown): number | undefined => {
  const at = typeof value === 'string' ? Date.parse(value) : typeof value === 'number' ? (value < 1e11 ? value * 1000 : value) : Number.NaN;
  return at > earliest && at < latest ? Math.trunc(at) : undefined;
};

const earliest = Date.UTC(2015, 0);
const latest = Date.UTC(2100, 0);
