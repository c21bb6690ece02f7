import type { Growth } from '../session/draft.ts';
import type { PackedCalls } from '../session/packed-calls.ts';
import type { EpochMs, Part } from '../session/part.ts';
import type { Tool } from '../session/tool.ts';

/** What reading one source brought, ready to be booked. Plain data: it comes from another thread. */
export interface SourceReport {
  readonly tool: Tool;
  readonly path: string;
  /** Equal fingerprints mean an unchanged source. */
  readonly fingerprint: string;
  /** Where the next read of a log begins. */
  readonly tail?: object;
  readonly memo: object;
  /** When the file was made, or last written when that is earlier (a restored file), epoch ms: the last word on which of two equal copies is the original. */
  readonly born: EpochMs;
  /** The source was read from its start; its earlier parts are replaced, not continued. */
  readonly restarted: boolean;
  readonly parts: readonly PartReport[];
  readonly calls: PackedCalls;
  readonly growth: readonly { readonly session: string; readonly role: Part['role']; readonly growth: Growth }[];
  readonly records: number;
  readonly unknownRecords: number;
  readonly bytes: number;
  readonly parseErrors: Readonly<Record<string, number>>;
}

/** A part with what the ledger needs of it outside the JSON. */
export interface PartReport {
  readonly session: string;
  readonly nativeId: string;
  readonly role: Part['role'];
  readonly parentId?: string;
  readonly project?: string;
  readonly startedAt?: EpochMs;
  readonly lastActivityAt?: EpochMs;
  /** JSON of the whole Part. */
  readonly json: string;
}
