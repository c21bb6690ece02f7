import { appendFileSync } from 'node:fs';
import type { EpochMs } from '../session/part.ts';
import type { Session } from '../session/session.ts';
import type { AgentMemory } from './memory.ts';
import { stopProcess } from './stop-process.ts';
import type { ProcessControl } from './stop-process.ts';
import type { Command, CommandResult } from './wire.ts';

/** What the owner allows the hub, said at the start of the agent and nowhere else. */
export interface Allowed {
  readonly export?: boolean;
  /** 'ask': the owner is asked each time. */
  readonly stop?: 'ask' | 'always';
}

/** The owner, at the terminal of the agent: yes or no; undefined: nobody is there. Gives up when the signal aborts. */
export type AskOwner = (question: string, signal: AbortSignal) => Promise<boolean | undefined>;

export interface CommandOptions {
  readonly allow: Allowed;
  readonly memory: AgentMemory;
  /** Every command goes there, one line each, before and after; undefined: there is no place for it, and nothing is obeyed. */
  readonly auditFile: string | undefined;
  readonly sessions: () => readonly Session[];
  readonly control: ProcessControl;
  readonly askOwner: AskOwner;
  /** Reports a session whole at the next occasion. */
  readonly reportAgain: (id: string) => void;
  readonly now: () => EpochMs;
  /** The agent stops; nobody is asked any more. */
  readonly ending: AbortSignal;
  readonly termAfterMs?: number;
}

/** Runs the hub's commands, each at most once, also over restarts; what came of it is remembered and told again when asked again. */
export const createCommands = (options: CommandOptions): ((command: Command) => Promise<CommandResult>) => async (command) => {
  const before = options.memory.taken(command.id);
  if (before) return { outcome: before.outcome ?? 'failed', detail: before.detail ?? 'the agent was restarted while it did this; it is not done again' };
  const begun = begin(command, options);
  if (begun) return begun;
  const result = await run(command, options).catch((error: unknown): CommandResult => ({ outcome: 'failed', detail: sentence(error).slice(0, 500) }));
  end(command, result, options);
  return result;
};

/** No act without a trace of it. */
const begin = (command: Command, { memory, auditFile, now }: CommandOptions): CommandResult | undefined => {
  if (auditFile === undefined || !memory.isDurable) return { outcome: 'refused', detail: 'this agent has no state folder to remember commands in, so it takes none' };
  try {
    audit(auditFile, { at: now(), event: 'asked', command });
    memory.take({ id: command.id, at: now() });
    return undefined;
  } catch (error) {
    return { outcome: 'refused', detail: `this agent cannot write down what it is asked (${(error as NodeJS.ErrnoException).code ?? sentence(error)}), so it does nothing` };
  }
};

const run = async (command: Command, options: CommandOptions): Promise<CommandResult> => {
  const leftMs = command.expiresAt - options.now();
  if (leftMs <= 0) return { outcome: 'expired', detail: 'it came too late' };
  const allowed = command.kind === 'export' ? options.allow.export : options.allow.stop;
  if (!allowed) return { outcome: 'refused', detail: `the owner of this agent does not allow it (--allow ${command.kind})` };
  const session = options.sessions().find(({ id }) => id === command.sessionId);
  if (!session) return { outcome: 'refused', detail: 'this agent has no such session' };
  if (command.kind === 'stop') return stop(command, session, leftMs, options);
  options.reportAgain(session.id);
  return { outcome: 'done', detail: 'everything that may leave the machine is on its way' };
};

const stop = (command: Command, session: Session, leftMs: number, { allow, askOwner, control, sessions, ending, termAfterMs }: CommandOptions): Promise<CommandResult> =>
  stopProcess({
    session, sessions: sessions(), control,
    ...(termAfterMs === undefined ? {} : { termAfterMs }),
    mayStop: async ({ pid }) => {
      if (allow.stop === 'always') return undefined;
      const timeUp = AbortSignal.timeout(Math.min(leftMs, 3_600_000));
      const answer = await askOwner(printable(`${command.by.name} asks to stop ${session.id} (${session.project ?? 'no project'}, process ${pid}). Stop it? [y/N] `), AbortSignal.any([timeUp, ending]));
      if (answer === true && !timeUp.aborted) return undefined;
      if (ending.aborted) return { outcome: 'refused', detail: 'the agent was stopped before its owner answered' };
      if (timeUp.aborted) return { outcome: 'expired', detail: 'the owner did not answer in time' };
      return { outcome: 'refused', detail: answer === undefined ? 'its owner wants to be asked (--allow stop=ask), and nobody sits at the terminal of this agent' : 'the owner said no' };
    },
  });

const end = ({ id }: Command, result: CommandResult, { memory, auditFile, now }: CommandOptions): void => {
  try {
    memory.take({ id, at: now(), ...result, detail: result.detail.slice(0, 500) });
  } catch {
    // It is remembered as begun, which is enough not to run it again.
  }
  try {
    audit(auditFile!, { at: now(), event: result.outcome, id, detail: result.detail });
  } catch {
    // Its beginning is written down.
  }
};

const audit = (file: string, { at, ...line }: { readonly at: EpochMs } & Readonly<Record<string, unknown>>): void => appendFileSync(file, `${JSON.stringify({ at: new Date(at).toISOString(), ...line })}\n`, { mode: 0o600 });

/** A name from elsewhere must not steer the owner's terminal. */
const printable = (text: string): string => text.replaceAll(/\p{C}+/gu, '');

const sentence = (error: unknown): string => (error instanceof Error ? error.message : String(error));
