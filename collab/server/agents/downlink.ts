import { createHash } from 'node:crypto';
import type { Downlink } from 'watchroom/wire';
import type { Base } from '../base.ts';
import { openCommands } from './commands.ts';
import type { Watched } from './watched.ts';

export interface Poll {
  readonly agent: { readonly id: string; readonly skewMs: number };
  /** The version the agent knows. */
  readonly after: string | undefined;
  readonly waitMs: number;
  /** The agent hung up. */
  readonly gone: AbortSignal;
}

/** One long poll per agent: answered at once when there is news, else after its time; the next one of the same agent ends the one before. */
export class Downlinks {
  readonly #base: Base;
  readonly #watched: Watched;
  readonly #waiting = new Map<string, AbortController>();
  readonly #heard: (told: { readonly agentId: string }) => void;
  readonly #polls = new Set<Promise<Downlink>>();
  #closed = false;
  readonly #news = new Map<string, () => void>();

  constructor(base: Base, watched: Watched) {
    this.#base = base;
    this.#watched = watched;
    this.#heard = ({ agentId }) => this.#news.get(agentId)?.();
    base.events.on('agent:wanted', this.#heard);
  }

  /** What the agent is to know, now or when it changes. */
  async next(poll: Poll): Promise<Downlink> {
    const answer = this.#answer(poll);
    this.#polls.add(answer);
    try {
      return await answer;
    } finally {
      this.#polls.delete(answer);
    }
  }

  async #answer({ agent, after, waitMs, gone }: Poll): Promise<Downlink> {
    this.#waiting.get(agent.id)?.abort();
    const end = new AbortController();
    this.#waiting.set(agent.id, end);
    const timer = setTimeout(() => end.abort(), waitMs);
    gone.addEventListener('abort', () => end.abort(), { once: true });
    if (this.#closed) end.abort();
    try {
      for (;;) {
        const news = this.#nextNews(agent.id, end.signal);
        const now = await this.#stateOf(agent);
        if (now.version !== after || end.signal.aborted) return now;
        await news;
      }
    } finally {
      clearTimeout(timer);
      if (this.#waiting.get(agent.id) === end) {
        this.#waiting.delete(agent.id);
        this.#news.delete(agent.id);
      }
    }
  }

  /** Answers everybody who waits, and those who still come. */
  async close(): Promise<void> {
    this.#closed = true;
    for (const end of this.#waiting.values()) end.abort();
    this.#base.events.off('agent:wanted', this.#heard);
    await Promise.allSettled(this.#polls);
    await new Promise(setImmediate); // the answers are on their way
  }

  async #stateOf(agent: Poll['agent']): Promise<Downlink> {
    const watched = this.#watched.of(agent.id);
    const commands = await openCommands(this.#base, agent);
    const version = createHash('sha256').update(JSON.stringify([watched, commands.map(({ id }) => id)])).digest('base64url').slice(0, 22);
    return { version, watched, commands };
  }

  /** Resolves at the next news for the agent, or at the end. */
  #nextNews(agentId: string, end: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const done = (): void => {
        end.removeEventListener('abort', done);
        resolve();
      };
      if (end.aborted) return resolve();
      end.addEventListener('abort', done);
      this.#news.set(agentId, done);
    });
  }
}
