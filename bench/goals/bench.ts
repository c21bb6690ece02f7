import type { Built } from '../build.ts';
import type { Ccusage } from '../ccusage.ts';
import type { Data } from '../data.ts';

/** What every measurement has at hand. */
export interface Bench {
  readonly data: Data;
  readonly ccusage: Ccusage;
  readonly built: Built;
  /** Rounds of each comparison. */
  readonly rounds: number;
  /** A new empty folder on the disk of the data; all are removed at the end. */
  readonly folder: (name: string) => string;
}
