import { z } from 'zod';
import { unavailable } from '../../routes/errors.ts';

/** Where an Alertmanager is asked. */
export interface AlertmanagerSettings {
  readonly url: string;
  /** How often it is asked while an alert fires. @default 15000 */
  readonly pollMs?: number;
  /** So long after its start it may not know all alerts again yet: what is missing then is not gone. @default 300000 */
  readonly settleMs?: number;
}

const listed = z.array(z.object({ fingerprint: z.string(), startsAt: z.coerce.date(), status: z.object({ silencedBy: z.array(z.string()).default([]) }) }));
const silence = z.object({ id: z.string(), createdBy: z.string(), comment: z.string(), endsAt: z.coerce.date(), status: z.object({ state: z.string() }) });
export type Silence = z.output<typeof silence>;
export interface ListedAlert {
  readonly fingerprint: string;
  readonly startsAt: number;
  readonly silencedBy: readonly string[];
}

/** An Alertmanager, by its API v2. Whatever keeps it from answering is one sentence. */
export const createAlertmanager = ({ url }: AlertmanagerSettings) => {
  const base = `${url.replace(/\/+$/, '')}/api/v2`;
  const ask = async (method: string, path: string, body?: unknown): Promise<unknown> => {
    try {
      const response = await fetch(base + path, { method, signal: AbortSignal.timeout(5000), redirect: 'error', headers: { 'content-type': 'application/json' }, ...(body === undefined ? {} : { body: JSON.stringify(body) }) });
      const text = await response.text();
      if (!response.ok) throw new Error(`it answered ${response.status}: ${text.slice(0, 200)}`);
      return text === '' ? undefined : JSON.parse(text);
    } catch (error) {
      const { cause, message } = error as Error & { cause?: Error };
      throw Object.assign(unavailable(`Alertmanager at ${url} cannot be asked now (${cause?.message ?? message}); nothing was changed there. Try again, or silence the alert in Alertmanager itself.`, 15), { cause: error });
    }
  };
  return {
    /** Silences exactly the alert with these labels. */
    silence: async ({ labels, by, comment, from, until }: { readonly labels: Readonly<Record<string, string>>; readonly by: string; readonly comment: string; readonly from: number; readonly until: number }): Promise<string> => {
      const matchers = Object.entries(labels).map(([name, value]) => ({ name, value, isRegex: false, isEqual: true }));
      const answer = await ask('POST', '/silences', { matchers, startsAt: new Date(from).toISOString(), endsAt: new Date(until).toISOString(), createdBy: by, comment });
      return z.object({ silenceID: z.string() }).parse(answer).silenceID;
    },
    expire: async (id: string): Promise<void> => { await ask('DELETE', `/silence/${encodeURIComponent(id)}`); },
    silenceOf: async (id: string): Promise<Silence> => silence.parse(await ask('GET', `/silence/${encodeURIComponent(id)}`)),
    /** All that fire, silenced and inhibited ones too. */
    firing: async (): Promise<ReadonlyMap<string, ListedAlert>> => {
      const found = listed.parse(await ask('GET', '/alerts?active=true&silenced=true&inhibited=true&unprocessed=true'));
      return new Map(found.map(({ fingerprint, startsAt, status }) => [fingerprint, { fingerprint, startsAt: startsAt.getTime(), silencedBy: status.silencedBy }]));
    },
    startedAt: async (): Promise<number> => z.object({ uptime: z.coerce.date() }).parse(await ask('GET', '/status')).uptime.getTime(),
  };
};
export type Alertmanager = ReturnType<typeof createAlertmanager>;
