import { CommandError } from '../cli/exit-codes.ts';

/** The query API of a Prometheus, or of anything that speaks it. */
export interface Prometheus {
  /** The result of a query at a time in milliseconds. */
  readonly query: (promql: string, at: number) => Promise<readonly Series[]>;
  readonly queryRange: (promql: string, range: { readonly from: number; readonly to: number; readonly stepMs: number }) => Promise<readonly Series[]>;
  /** The labels of every series that was ever there. */
  readonly series: (selector: string) => Promise<readonly Readonly<Record<string, string>>[]>;
}

export interface Series {
  readonly metric: Readonly<Record<string, string>>;
  /** Unix seconds and value. */
  readonly value?: readonly [number, string];
  readonly values?: readonly (readonly [number, string])[];
}

/** @param url its base address; a user and password in it are sent as basic auth */
export const askPrometheus = (url: string): Prometheus => {
  const base = new URL(url.endsWith('/') ? url : `${url}/`);
  const headers = base.username === '' ? {} : { authorization: `Basic ${Buffer.from(`${decodeURIComponent(base.username)}:${decodeURIComponent(base.password)}`).toString('base64')}` };
  base.username = base.password = '';
  const get = async <Data>(path: string, query: Readonly<Record<string, string>>): Promise<Data> => {
    const asked = new URL(`api/v1/${path}?${new URLSearchParams(query).toString()}`, base);
    try {
      const answer = await fetch(asked, { headers, signal: AbortSignal.timeout(60_000) });
      const said = (await answer.json().catch(() => ({ error: `it answered ${answer.status} ${answer.statusText} without JSON` }))) as { readonly status?: string; readonly error?: string; readonly data?: Data };
      if (said.status !== 'success') throw new Error(said.error ?? `it answered ${answer.status}`);
      return said.data!;
    } catch (error) {
      throw new CommandError(`cannot ask Prometheus at ${base.href}: ${reasonOf(error)}. Name yours: --prometheus URL; or say what its configuration says of this exporter: --job watchroom --instance localhost:10877`);
    }
  };
  return {
    query: async (promql, at) => (await get<{ readonly result: readonly Series[] }>('query', { query: promql, time: String(at / 1000) })).result,
    queryRange: async (promql, { from, to, stepMs }) => (await get<{ readonly result: readonly Series[] }>('query_range', { query: promql, start: String(from / 1000), end: String(to / 1000), step: String(stepMs / 1000) })).result,
    series: (selector) => get('series', { 'match[]': selector, start: '0' }),
  };
};

/** fetch says only "fetch failed"; its cause knows why. */
const reasonOf = (error: unknown): string => {
  const { message, cause } = error as Error;
  return cause instanceof Error ? cause.message || String((cause as NodeJS.ErrnoException).code) : message;
};
