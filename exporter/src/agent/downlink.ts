import { Alarm } from './alarm.ts';
import type { HubClient } from './hub-client.ts';
import { backOff } from './pacing.ts';
import type { Pace } from './pacing.ts';
import type { Command, CommandResult } from './wire.ts';

export interface DownlinkOptions {
  readonly client: HubClient;
  readonly agentId: string;
  readonly pace: Pace;
  readonly random: () => number;
  /** The hub takes this agent's reports; while it does not, nobody listens to it either. */
  readonly isConnected: () => boolean;
  readonly onWatched: (ids: readonly string[]) => void;
  readonly run: (command: Command) => Promise<CommandResult>;
  readonly onCommand: (command: Command, result: CommandResult) => void;
}

/** The one long poll: what is watched, and what is asked of this agent. */
export class Downlink {
  readonly #options: DownlinkOptions;
  readonly #alarm = new Alarm();
  readonly #end = new AbortController();
  #poll = new AbortController();
  #version: string | undefined;
  #failures = 0;
  /** Being run, or their answer is on its way. */
  readonly #inHand = new Set<string>();
  #running: Promise<void> | undefined;

  constructor(options: DownlinkOptions) {
    this.#options = options;
  }

  /** Begins, or goes on at once after the hub was away or the machine slept. */
  wake(): void {
    this.#failures = 0;
    this.#poll.abort();
    this.#alarm.ring();
    this.#running ??= this.#listen();
  }

  async stop(): Promise<void> {
    this.#end.abort();
    this.#poll.abort();
    this.#alarm.end();
    await this.#running;
  }

  async #listen(): Promise<void> {
    const { isConnected, pace } = this.#options;
    while (!this.#end.signal.aborted) {
      if (!isConnected()) await this.#alarm.wait(pace.idleMs);
      else await this.#alarm.wait(await this.#ask());
    }
  }

  /** One poll; returns how long to wait before the next. */
  async #ask(): Promise<number> {
    const { client, agentId, pace, random } = this.#options;
    const began = performance.now();
    this.#poll = new AbortController();
    const outcome = await client.downlink({ agent: agentId, wait: pace.pollSeconds, after: this.#version }, AbortSignal.any([this.#poll.signal, this.#end.signal]));
    if (outcome.kind !== 'ok') {
      if (this.#poll.signal.aborted) return 0;
      // A token that is refused here is refused to the next report too, and that one tells; a hub without this route has nothing to say.
      this.#version = undefined;
      this.#failures += 1;
      if (outcome.kind !== 'away') return pace.refusedMs;
      return backOff(this.#failures - 1, { pace, random, retryAfterMs: outcome.retryAfterMs });
    }
    this.#failures = 0;
    const isNews = outcome.answer.version !== this.#version;
    this.#version = outcome.answer.version;
    this.#options.onWatched(outcome.answer.watched);
    for (const command of outcome.answer.commands) void this.#obey(command);
    // A hub that answers at once without news would be asked without end.
    return isNews ? 0 : Math.max(0, pace.watchedMs - (performance.now() - began));
  }

  async #obey(command: Command): Promise<void> {
    const { run, onCommand, client, pace, random } = this.#options;
    if (this.#inHand.has(command.id)) return;
    this.#inHand.add(command.id);
    try {
      const result = await run(command);
      onCommand(command, result);
      for (let failures = 0; failures < 10 && !this.#end.signal.aborted; failures += 1) {
        const told = await client.answer(command.id, result, this.#end.signal);
        if (told.kind !== 'away') return;
        await new Promise((resolve) => setTimeout(resolve, backOff(failures, { pace, random, retryAfterMs: told.retryAfterMs })).unref());
      }
      // Else the hub names the command again, and is told from memory.
    } finally {
      this.#inHand.delete(command.id);
    }
  }
}
