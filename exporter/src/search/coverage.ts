import type { Machine } from '../files/machine.ts';

/** What decides which transcripts an index has. */
export interface Coverage {
  readonly machine: Machine;
  readonly disabledTools: readonly string[];
  readonly extraRoots: readonly { readonly tool: string; readonly path: string }[];
  readonly excluded: readonly string[];
}

/** The same text for two processes that would read the same transcripts. */
export const coverageText = ({ machine: { platform, home, env }, disabledTools, extraRoots, excluded }: Coverage): string =>
  JSON.stringify({ platform, home, disabledTools: disabledTools.toSorted(), extraRoots, excluded: excluded.toSorted(), env: placeVariables.map((name) => env[name] ?? '') });

/** Variables by which the readers find their folders. */
export const placeVariables = ['AMP_DATA_DIR', 'APPDATA', 'CLAUDE_CONFIG_DIR', 'CODEX_HOME', 'COPILOT_HOME', 'GEMINI_CLI_HOME', 'LOCALAPPDATA', 'OPENCODE_DB', 'QWEN_HOME', 'QWEN_RUNTIME_DIR', 'XDG_CONFIG_HOME', 'XDG_DATA_HOME'];
