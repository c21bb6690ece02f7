import type { Tool } from '../session/tool.ts';
import type { WeekDay } from '../session/week-day.ts';
import type { Budget } from './budgets.ts';
import type { ReadingSettings } from './reading.ts';

/** What the ledger's thread is told at its start: plain data. */
export interface EngineSettings {
  readonly ledgerPath: string;
  readonly reading: ReadingSettings;
  readonly disabledTools: readonly Tool[];
  readonly extraRoots: readonly { readonly tool: Tool; readonly path: string }[];
  readonly recent: number;
  readonly windowMs?: number;
  readonly threads: number;
  readonly pollIntervalMs: number;
  readonly rescanIntervalMs: number;
  readonly maxWatchedDirectories: number;
  readonly budgets: readonly Budget[];
  readonly timeZone?: string;
  readonly weekStart?: WeekDay | undefined;
}
