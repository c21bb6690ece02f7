import { createHash } from 'node:crypto';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { makeFolder } from '../files/make-folder.ts';
import { startReporting } from './reporting.ts';
import type { ReportingScene } from './reporting.ts';

/** What `watchroom share` asks of the exporter: to tell a hub of one session, until it asks no more. */
export const singleReport = z.object({
  session: z.string().max(400), hubUrl: z.url({ protocol: /^https?$/ }), token: z.string().min(1).max(500), shareTitles: z.boolean(), hostName: z.string().max(255).exactOptional(),
  everyMs: z.int().min(1000).max(3_600_000).exactOptional(), leaseMs: z.int().min(1000).max(600_000),
});
type SingleReport = z.infer<typeof singleReport>;

interface Running {
  readonly said: string[];
  readonly stop: () => Promise<void>;
  lease: NodeJS.Timeout;
}

/** Reports of single sessions, each an agent of its own, which ends when nobody renews it. */
export class SingleReports {
  readonly #scene: ReportingScene;
  readonly #running = new Map<string, Running>();

  constructor(scene: ReportingScene) {
    this.#scene = scene;
  }

  /** Whether the exporter tells of a session; undefined: it has not looked at everything yet. */
  seen(session: string): boolean | undefined {
    const { sessions, complete } = this.#scene.scene.snapshot(this.#scene.about.now());
    return sessions.some(({ id }) => id === session) || (complete ? false : undefined);
  }

  /** Begins one, or keeps it up; whether the session is there, and what its agent said so far. */
  keepUp(ask: SingleReport): { readonly seen: boolean | undefined; readonly said: readonly string[] } {
    const key = keyOf(ask);
    const before = this.#running.get(key);
    clearTimeout(before?.lease);
    const lease = setTimeout(() => void this.end(ask), ask.leaseMs).unref();
    const running = before ?? { ...this.#begin(ask), lease };
    running.lease = lease;
    this.#running.set(key, running);
    return { seen: this.seen(ask.session), said: [...running.said] };
  }

  async end(ask: Pick<SingleReport, 'session' | 'hubUrl'>): Promise<void> {
    const running = this.#running.get(keyOf(ask));
    this.#running.delete(keyOf(ask));
    clearTimeout(running?.lease);
    await running?.stop();
  }

  async stop(): Promise<void> {
    await Promise.all([...this.#running.values()].map(({ lease, stop }) => {
      clearTimeout(lease);
      return stop();
    }));
    this.#running.clear();
  }

  #begin({ session, hubUrl, token, shareTitles, hostName, everyMs }: SingleReport): Omit<Running, 'lease'> {
    const said: string[] = [];
    // An agent tells a hub which sessions there are. This one knows of one only, so it must not pass for the machine's own agent.
    const folder = join(dirname(this.#scene.state.ledgerPath), 'share', createHash('sha256').update(session).digest('hex').slice(0, 16));
    makeFolder(folder, 0o700);
    const { stop } = startReporting({
      hubUrl, token, shareTitles, only: session, ...(hostName === undefined ? {} : { hostName }), ...(everyMs === undefined ? {} : { pace: { watchedMs: everyMs, activeMs: everyMs } }),
      onWord: (sentence) => void (said.length < mostWords && said.at(-1) !== sentence && said.push(sentence)),
    }, { ...this.#scene, state: { ledgerPath: join(folder, 'ledger.db') } });
    return { said, stop };
  }
}

const mostWords = 200;
const keyOf = ({ session, hubUrl }: Pick<SingleReport, 'session' | 'hubUrl'>): string => `${hubUrl} ${session}`;
