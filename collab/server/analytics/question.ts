import type { TrendStep } from './zone.ts';

export const analytics = ['summary', 'users', 'sessions', 'trends', 'tools', 'projects', 'tags', 'errors', 'hours'] as const;
export type AnalyticName = (typeof analytics)[number];

/** What one analytic is asked for. */
export interface Question {
  readonly name: AnalyticName;
  readonly teamId: string;
  /** Whoever asks: names of others' private sessions stay out of the answer [R7]. */
  readonly userId: string;
  /** Hours since 1970 UTC: the first that counts, and the first that does not any more. */
  readonly from?: number;
  readonly to?: number;
  readonly step: TrendStep;
  readonly zone: string;
  /** Of `sessions`: how many are shown. */
  readonly limit: number;
}

/** A piece of an export: all rows, or of `sessions` those after an id. */
export interface ExportQuestion extends Question {
  readonly exportAfter: string | undefined;
}

/** Use, told as what moved the fleet counters (`counted`), or as what was found in files older than its agent (`history`). */
export interface Figures {
  tokens: number;
  inputTokens: number;
  outputTokens: number;
  cacheReadTokens: number;
  cacheCreationTokens: number;
  costUsd: number;
  unpricedTokens: number;
  requests: number;
  turns: number;
  errors: number;
  toolCalls: number;
  linesAdded: number;
  linesRemoved: number;
  sessionsStarted: number;
}

export interface Sums {
  readonly counted: Figures;
  readonly history: Figures;
}

/** What the label of a row is: somebody's word, or why there is none. */
export type LabelOf = 'name' | 'none' | 'private' | 'deleted';
