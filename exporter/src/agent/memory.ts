import { randomUUID } from 'node:crypto';
import { closeSync, fsyncSync, openSync, readFileSync, renameSync, writeSync } from 'node:fs';
import { z } from 'zod';
import type { PastCursor } from '../session/hour-use.ts';
import type { EpochMs } from '../session/part.ts';
import { commandOutcomes } from './wire.ts';

const takenCommand = z.object({
  id: z.string(),
  at: z.number(),
  /** Absent: it was begun, and nobody knows how it ended. */
  outcome: z.enum(commandOutcomes).exactOptional(),
  detail: z.string().exactOptional(),
});
export type TakenCommand = z.infer<typeof takenCommand>;

const kept = z.object({
  /** By host: a state folder that is copied or synced to another machine is another agent there. */
  agents: z.record(z.string(), z.string()).default({}),
  /** How far each hub has this ledger's history. */
  backlog: z.array(z.object({ hub: z.string(), ledger: z.string(), after: z.object({ last: z.number(), id: z.string() }).exactOptional(), doneAt: z.number().exactOptional() })).default([]),
  commands: z.array(takenCommand).default([]),
});
type Kept = z.infer<typeof kept>;
export type BacklogPlace = Kept['backlog'][number];

/** Commands expire within minutes; this is for a hub that was restored from a backup. */
const rememberedCommands = 1000;

/** What an agent must still know after a restart, in one small file beside the ledger. */
export class AgentMemory {
  readonly #file: string | undefined;
  #kept: Kept;

  /** @param file undefined: nothing survives, and so no command is taken */
  constructor(file: string | undefined) {
    this.#file = file;
    this.#kept = read(file);
  }

  get isDurable(): boolean {
    return this.#file !== undefined;
  }

  /** The random id of this state folder on this host. */
  agentId(host: string): string {
    const known = this.#kept.agents[host];
    if (known !== undefined) return known;
    const id = randomUUID();
    this.#kept = { ...this.#kept, agents: { ...this.#kept.agents, [host]: id } };
    this.#trySave();
    return id;
  }

  backlogOf(hub: string, ledger: string): BacklogPlace | undefined {
    return this.#kept.backlog.find((place) => place.hub === hub && place.ledger === ledger);
  }

  /** A lost cursor only means that history is sent again. */
  keepBacklog({ hub, ledger }: { readonly hub: string; readonly ledger: string }, at: { readonly after?: PastCursor; readonly doneAt?: EpochMs }): void {
    const others = this.#kept.backlog.filter((place) => place.hub !== hub);
    this.#kept = { ...this.#kept, backlog: [...others.slice(-20), { hub, ledger, ...at }] };
    this.#trySave();
  }

  taken(id: string): TakenCommand | undefined {
    return this.#kept.commands.find((command) => command.id === id);
  }

  /** Remembers a command durably before it is run, and again when it is over. Throws when the file cannot be written. */
  take(command: TakenCommand): void {
    const before = this.#kept;
    this.#kept = { ...before, commands: [...before.commands.filter(({ id }) => id !== command.id), command].slice(-rememberedCommands) };
    try {
      this.#save();
    } catch (error) {
      this.#kept = before;
      throw error;
    }
  }

  #trySave(): void {
    try {
      this.#save();
    } catch {
      // The next start begins with less: another id, or history sent again, which counts once all the same.
    }
  }

  #save(): void {
    if (this.#file === undefined) return;
    const next = `${this.#file}.new`;
    const handle = openSync(next, 'w', 0o600);
    try {
      writeSync(handle, JSON.stringify(this.#kept));
      fsyncSync(handle);
    } finally {
      closeSync(handle);
    }
    renameSync(next, this.#file);
  }
}

const read = (file: string | undefined): Kept => {
  const empty = kept.parse({});
  if (file === undefined) return empty;
  try {
    const parsed = kept.safeParse(JSON.parse(readFileSync(file, 'utf8')));
    return parsed.success ? parsed.data : empty;
  } catch {
    return empty; // not there yet, or half written by a machine that fell
  }
};
