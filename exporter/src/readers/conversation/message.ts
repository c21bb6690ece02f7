import type { EpochMs } from '../../session/part.ts';

/**
 * prompt: a human asked. answer, thinking: the model. call, result: a tool. note: what the program put in (surroundings, summaries).
 * error: it failed or was stopped. compaction: the context was summarised.
 */
export const messageKinds = ['prompt', 'answer', 'thinking', 'call', 'result', 'note', 'error', 'compaction'] as const;
export type MessageKind = (typeof messageKinds)[number];

/** One thing that was said or done in a conversation, as the transcript has it. It is read when somebody asks for it and kept nowhere. */
export interface Message {
  readonly kind: MessageKind;
  /** Of a call its arguments, as JSON where the tool wrote JSON. */
  readonly text: string;
  readonly at?: EpochMs;
  readonly model?: string;
  /** The tool that was called, or whose result this is. */
  readonly tool?: string;
  /** Joins a call and its result. */
  readonly callId?: string;
  readonly failed?: true;
  /** Said to or by a sub-agent of this name. */
  readonly subagent?: string;
}

/** A message without its unknown fields, and without the empty ones. */
export const message = (told: { readonly [Field in keyof Message]: Message[Field] | undefined } & { readonly kind: MessageKind; readonly text: string }): Message =>
  Object.fromEntries(Object.entries(told).filter(([, value]) => value !== undefined)) as unknown as Message;
