import type { EpochMs } from './part.ts';
import type { Usage } from './usage.ts';

/** A call as the ledger booked it: the record, the price and the rule behind a number (`explain`). */
export interface BookedCall {
  readonly at: EpochMs;
  readonly model: string | undefined;
  readonly usage: Usage;
  readonly requests: number;
  readonly webSearches?: number;
  readonly fast?: boolean;
  readonly sidechain?: boolean;
  readonly outputLowerBound?: boolean;
  /** Undefined: the model had no price when it was booked. */
  readonly microUsd?: number;
  /** The tool's own figure was booked, not the price table's. */
  readonly costReported?: boolean;
  /** Why the call does not count for this session, when it does not. */
  readonly dropped?: 'replayed_sidechain';
  /** It moved a fleet counter (false: history or late). */
  readonly inFleet: boolean;
  /** The file it was read from, and the byte offset or record number there. */
  readonly source: string;
  readonly position: number;
}
