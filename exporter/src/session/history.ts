import type { EpochMs } from './part.ts';
import type { TokenType } from './usage.ts';

/** What calls of one tool, model and project used within one slice of time. */
export interface UseSlice {
  /** Slices since 1970: the slice covers [slice × length, (slice + 1) × length). */
  readonly slice: number;
  readonly tool: string;
  /** Undefined: the tool did not say. */
  readonly model: string | undefined;
  readonly project: string | undefined;
  /** These calls moved the fleet counters: whoever scrapes the exporter has them already. */
  readonly inFleet: boolean;
  readonly tokens: Readonly<Record<TokenType, number>>;
  /** Undefined: these calls have no price. */
  readonly microUsd: number | undefined;
}

/** Sessions that began within one slice of time. */
export interface StartSlice {
  readonly slice: number;
  readonly tool: string;
  readonly project: string | undefined;
  readonly inFleet: boolean;
  readonly sessions: number;
}

/** What the ledger knows of the time before `to`, in slices of `sliceMs`, oldest first. */
export interface History {
  readonly from: EpochMs;
  readonly to: EpochMs;
  readonly sliceMs: number;
  readonly use: readonly UseSlice[];
  readonly starts: readonly StartSlice[];
}

/** What was used in some time. */
export interface Used {
  readonly usd: number;
  readonly tokens: number;
  /** Of the tokens those whose model has no price: the true cost is higher. */
  readonly unpricedTokens: number;
}
