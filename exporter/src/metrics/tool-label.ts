import type { Counts } from '../session/part.ts';

/** The `tool_name` label of a tool: its name, or mcp:<server> for Claude's mcp__<server>__<tool>. */
export const toolLabel = (name: string): string => {
  const server = /^mcp__(.+?)__/.exec(name)?.[1];
  return server ? `mcp:${server}` : name;
};

/**
 * The labels that keep a series of their own in one session: the first `most` it used, so that a label once given stays.
 * Counts are written in the order of first use (session/draft.ts).
 */
export const grantedLabels = (calls: Counts, most: number): ReadonlySet<string> => {
  const granted = new Set<string>();
  for (const name in calls) {
    if (granted.size >= most) break;
    granted.add(toolLabel(name));
  }
  return granted;
};

/** Counts by label; what was granted none is "other". */
export const byLabel = (counts: Counts, granted: ReadonlySet<string>): ReadonlyMap<string, number> => {
  const sums = new Map<string, number>();
  for (const name in counts) {
    const wanted = toolLabel(name);
    const label = granted.has(wanted) ? wanted : 'other';
    sums.set(label, (sums.get(label) ?? 0) + counts[name]!);
  }
  return sums;
};
