import type { EpochMs, Histogram, RateLimit } from './part.ts';
import type { Session } from './session.ts';
import type { Tool } from './tool.ts';

/** One series of a fleet counter: never lower than before, from the ledger. */
export interface FleetSeries {
  /** Key into the metric catalogue: 'ai_tokens_total', 'ai_cost_usd_total' … */
  readonly metric: string;
  readonly labels: Readonly<Record<string, string>>;
  /** In the metric's own unit (tokens, US dollars …). */
  readonly value: number;
  /** When the series was born; held at 0 until every scraper can have seen the 0. */
  readonly bornAt: EpochMs;
}

/** A fleet histogram (tool call and turn durations). */
export interface FleetHistogram {
  readonly metric: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly histogram: Histogram;
}

/** How one source (one reader's files, or 'processes') fares. */
export interface SourceStatus {
  readonly source: Tool | 'processes';
  /** The last scan of it worked. */
  readonly up: boolean;
  /** What failed, in a sentence for `doctor` and the page. */
  readonly problem?: string;
  readonly lastScanAt?: EpochMs;
  /** Seconds each scan took since start, cumulative. */
  readonly scanDurations?: Histogram;
  readonly filesTracked: number;
  readonly readBytes: number;
  readonly records: number;
  readonly unknownRecords: number;
  readonly parseErrors: Readonly<Record<string, number>>;
  readonly backlogBytes: number;
  readonly lateTokens: number;
  readonly watchedDirectories: number;
  readonly polledDirectories: number;
}

/** A budget of the configuration with what was used of it in the running period. */
export interface BudgetStatus {
  readonly scope: 'user' | 'project' | 'tool' | 'team' | 'all';
  readonly name: string;
  readonly period: 'day' | 'week' | 'month';
  readonly limitUsd?: number;
  readonly limitTokens?: number;
  readonly usedUsd: number;
  readonly usedTokens: number;
  readonly startsAt: EpochMs;
  readonly endsAt: EpochMs;
}

export interface LedgerStatus {
  readonly id: string;
  readonly createdAt: EpochMs;
  readonly sizeBytes: number;
  /** false: the state folder cannot be written, counters live in memory and will not survive. */
  readonly durable: boolean;
  readonly path?: string;
  readonly problem?: string;
}

/** One immutable picture of this machine, from which a whole scrape is rendered. */
export interface Snapshot {
  readonly at: EpochMs;
  /** The sessions inside the export window, most recently active first. */
  readonly sessions: readonly Session[];
  /** Sessions known but left out, by reason. */
  readonly dropped: { readonly window: number; readonly limit: number };
  /** Known sessions by tool and state, the ones outside the window included. */
  readonly sessionCounts: Readonly<Partial<Record<Tool, Readonly<Record<'working' | 'waiting' | 'idle' | 'ended', number>>>>>;
  readonly fleet: readonly FleetSeries[];
  readonly fleetHistograms: readonly FleetHistogram[];
  readonly rateLimits: readonly (RateLimit & { readonly tool: Tool })[];
  readonly budgets: readonly BudgetStatus[];
  readonly sources: readonly SourceStatus[];
  /** Downward corrections that were clamped, by reason. */
  readonly corrections: Readonly<Record<string, number>>;
  readonly ledger: LedgerStatus;
  /** false until the first scan of everything has ended. */
  readonly complete: boolean;
  /** Progress of the first scan, 0–1. */
  readonly scanned: number;
}
