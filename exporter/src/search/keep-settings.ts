import type { Machine } from '../files/machine.ts';
import type { Tool } from '../session/tool.ts';

/** What an index is made of; plain data, which crosses threads. */
export interface KeepSettings {
  /** The file of the index. */
  readonly path: string;
  readonly machine: Machine;
  readonly disabledTools: readonly Tool[];
  readonly extraRoots: readonly { readonly tool: Tool; readonly path: string }[];
  readonly excluded: readonly string[];
  /** coverageText of all this. */
  readonly coverage: string;
}
