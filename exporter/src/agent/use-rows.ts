import type { HourUse, SessionTotals } from '../session/hour-use.ts';
import type { Counts } from '../session/part.ts';
import { tokenTypes } from '../session/usage.ts';
import { hourMs } from './wire.ts';
import type { UseKind, UseRow } from './wire.ts';

/** Tool calls under the labels of the metrics: MCP tools by server, beyond the cap "other". */
export type ToolCounts = (calls: Counts) => ReadonlyMap<string, number>;

/** All use of a session as rows of the wire: calls by model and hour, and what has no hour of its own. Zeros are left out. */
export const useRows = (totals: SessionTotals, hours: readonly HourUse[], toolCounts: ToolCounts): UseRow[] =>
  [...hours.flatMap((hour) => datedRows(totals.id, hour)), ...undatedRows(totals, toolCounts)].filter(([, , , , value]) => value > 0 && Number.isSafeInteger(value));

const datedRows = (id: string, { model, hour, tokens, unpriced, requests, microUsd = 0 }: HourUse): UseRow[] => {
  const row = (kind: UseKind, value: number): UseRow => [id, model.slice(0, 200), kind, hour, value];
  return [
    ...tokenTypes.flatMap((type) => [row(type, tokens[type] ?? 0), row(`unpriced:${type}`, unpriced[type] ?? 0)]),
    row('requests', requests),
    row('micro_usd', microUsd),
  ];
};

const undatedRows = (totals: SessionTotals, toolCounts: ToolCounts): UseRow[] => {
  const hour = Math.max(0, Math.floor((totals.startedAt ?? 0) / hourMs));
  const row = (kind: UseKind, value: number): UseRow => [totals.id, '', kind, hour, value];
  return [
    row('started', 1),
    row('turns', totals.turns ?? 0),
    row('lines:added', totals.linesAdded ?? 0),
    row('lines:removed', totals.linesRemoved ?? 0),
    ...Object.entries(totals.errors).map(([kind, count]) => row(`error:${kind}` as UseKind, count)),
    ...[...toolCounts(totals.toolCalls)].map(([name, count]) => row(`tool:${name.slice(0, 200)}`, count)),
  ];
};
