import type { EpochMs } from './part.ts';
import type { Usage } from './usage.ts';

/**
 * One billed request to a model, as one source reports it.
 * Calls are counted once over all sources of the machine, by `message` + `request` (DESIGN.md section 4).
 */
export interface Call {
  /** Identity of the answer: Claude's message.id, Gemini's message id, "<session>:<cumulative total>" for Codex … */
  readonly message: string;
  /** Second half of the identity where the tool has one (Claude's requestId), else ''. */
  readonly request: string;
  /** When the first record of the call was written. */
  readonly at: EpochMs;
  /** As the tool wrote it; undefined when the record names none. */
  readonly model: string | undefined;
  readonly usage: Usage;
  /** Number of API requests this stands for; 0 for a correction that carries tokens only. @default 1 */
  readonly requests?: number;
  /** Web searches billed on top. */
  readonly webSearches?: number;
  /** The provider's fast tier (Claude `speed: "fast"`). */
  readonly fast?: boolean;
  /** US dollars the tool itself booked for this call; wins over the price table. */
  readonly reportedCostUsd?: number;
  /** A side conversation: dropped when its `message` also stands in a main chain (TRAPS.md 4). */
  readonly sidechain?: boolean;
  /** `usage.output` is a streaming placeholder, so the truth is higher (FORMATS.md 1.4). */
  readonly outputLowerBound?: boolean;
  /** Which report of one call wins: the one with most output, or the newest. @default 'most-output' */
  readonly wins?: 'most-output' | 'newest';
  /** Where the winning record stands: byte offset in a log, record number elsewhere. `explain` goes back to it. */
  readonly position: number;
}
