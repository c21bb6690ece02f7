import type Database from 'better-sqlite3';
import type { History, StartSlice, Used, UseSlice } from '../session/history.ts';
import { callFlags } from '../session/packed-calls.ts';
import type { EpochMs } from '../session/part.ts';

const quarterMs = 900_000;

/** Whose use is meant; what is left out is everybody's. */
export interface UsedBy {
  readonly project?: string;
  readonly tool?: string;
}

/** Use in [from, to) by the quarter-hour roll-ups: exact where both bounds are quarters of an hour, as local midnights are. */
export const usedIn = (db: Database.Database, { from, to, project, tool }: UsedBy & { readonly from: EpochMs; readonly to: EpochMs }): Used => {
  const only = [...(project === undefined ? [] : ['AND project = (SELECT id FROM names WHERE name = @project)']), ...(tool === undefined ? [] : ['AND tool = @tool'])].join(' ');
  const row = db.prepare(`SELECT total(micro_usd) AS micro_usd, total(input + output + cache_read + cache_creation_5m + cache_creation_1h) AS tokens, total(unpriced_tokens) AS unpriced
    FROM rollups WHERE quarter >= @from AND quarter < @to ${only}`).get({ from: Math.floor(from / quarterMs), to: Math.ceil(to / quarterMs), ...(project === undefined ? {} : { project }), ...(tool === undefined ? {} : { tool }) }) as { micro_usd: number; tokens: number; unpriced: number };
  return { usd: row.micro_usd / 1e6, tokens: row.tokens, unpricedTokens: row.unpriced };
};

/**
 * Use and session starts in [from, to) by slice. It is made of the calls, not of the roll-ups: only a call knows whether it moved the fleet
 * counters, and which side of a join within a quarter of an hour it is on.
 */
export const historyOf = (db: Database.Database, { from, to, sliceMs, createdAt }: { readonly from: EpochMs; readonly to: EpochMs; readonly sliceMs: number; readonly createdAt: EpochMs }): History => ({
  from, to, sliceMs, use: useSlices(db, { from, to, sliceMs }), starts: startSlices(db, { from, to, sliceMs, createdAt }),
});

interface UseRow { slice: number; tool: string; model: string | null; project: string | null; fleet: number; priced: number; input: number; output: number; cache_read: number; cache_creation_5m: number; cache_creation_1h: number; micro_usd: number }

const useSlices = (db: Database.Database, bounds: { readonly from: EpochMs; readonly to: EpochMs; readonly sliceMs: number }): UseSlice[] => {
  const rows = db.prepare(`SELECT calls.at / CAST(@sliceMs AS INTEGER) AS slice, sessions.tool, models.name AS model, projects.name AS project, calls.flags & ${callFlags.inFleet} AS fleet, calls.micro_usd IS NOT NULL AS priced,
      total(calls.input) AS input, total(calls.output) AS output, total(calls.cache_read) AS cache_read, total(calls.cache_creation_5m) AS cache_creation_5m, total(calls.cache_creation_1h) AS cache_creation_1h, total(calls.micro_usd) AS micro_usd
    FROM calls JOIN sessions ON sessions.id = calls.session LEFT JOIN names AS models ON models.id = calls.model LEFT JOIN names AS projects ON projects.id = calls.project
    WHERE calls.flags & ${callFlags.dropped} = 0 AND calls.at >= @from AND calls.at < @to GROUP BY 1, 2, 3, 4, 5, 6 ORDER BY 1`).all(bounds) as UseRow[];
  return rows.map(({ slice, tool, model, project, fleet, priced, micro_usd: microUsd, ...tokens }) => ({
    slice, tool, model: model ?? undefined, project: project ?? undefined, inFleet: fleet !== 0, microUsd: priced === 0 ? undefined : microUsd, tokens,
  }));
};

/** Of sub-agents nothing is counted; whether a start moved the counters is known by its time alone. */
const startSlices = (db: Database.Database, bounds: { readonly from: EpochMs; readonly to: EpochMs; readonly sliceMs: number; readonly createdAt: EpochMs }): StartSlice[] => {
  const rows = db.prepare(`SELECT started / CAST(@sliceMs AS INTEGER) AS slice, tool, names.name AS project, started >= @createdAt AS fleet, count(*) AS sessions
    FROM sessions LEFT JOIN names ON names.id = sessions.project WHERE parent IS NULL AND started >= @from AND started < @to GROUP BY 1, 2, 3, 4 ORDER BY 1`).all(bounds) as { slice: number; tool: string; project: string | null; fleet: number; sessions: number }[];
  return rows.map(({ slice, tool, project, fleet, sessions }) => ({ slice, tool, project: project ?? undefined, inFleet: fleet !== 0, sessions }));
};
