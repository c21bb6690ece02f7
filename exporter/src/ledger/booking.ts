import type { Growth } from '../session/draft.ts';
import type { EpochMs, Part } from '../session/part.ts';
import { sessionId } from '../session/session.ts';
import type { Tool } from '../session/tool.ts';
import { boundGrowth, highest, totalsOf } from './booked-growth.ts';
import type { BookedTotals } from './booked-growth.ts';
import type { Books } from './books.ts';
import type { PartReport, SourceReport } from './report.ts';
import type { Sql } from './statements.ts';

/** Where a report is booked. */
export interface Desk {
  readonly sql: Sql;
  readonly books: Books;
  readonly now: EpochMs;
  /** Sessions begun at or after this moment are news. */
  readonly freshAfter: EpochMs;
}

/** Books what reading one source brought, inside the caller's transaction, and puts the ids of the sessions it is about into `changed`. */
export const bookReport = (report: SourceReport, desk: Desk, changed: Set<string>): void => {
  const { books: { sources, kin, fleet, calls, tallies }, now } = desk;
  const known = sources.at(report.path);
  const source = bookSource(report, desk);
  const claims = claimsOf(report.parts);
  const { booked, begun } = bookSessions(report, desk);
  const projectOf = (key: string): string => fleet.projectLabel(claims.get(key)?.project);
  const told = bookParts(report, { source, booked, again: known !== undefined }, desk);
  const repeated = calls.book(report.calls, {
    tool: report.tool, source, born: report.born,
    sessions: report.calls.sessions.map((key) => ({ id: booked.get(key)!, key, started: Math.min(claims.get(key)?.startedAt ?? Infinity, known ? startIn(source, booked.get(key)!, desk) : Infinity, now), project: claims.get(key)?.project })),
  }, now);
  // A new transcript with calls of another session is a fork or a copy: the turns, lines and tools it begins with were counted there.
  const growth = known === undefined && repeated > 0 ? [] : told;
  for (const key of begun) fleet.addSession(report.tool, projectOf(key), now);
  for (const { session, growth: grown } of growth) fleet.addGrowth(report.tool, projectOf(session), grown, now);
  if (begun.length > 0 || growth.length > 0) fleet.bearTool(report.tool, now);
  for (const key of booked.keys()) changed.add(kin.rootOf(key));
  tallies.add('records', report.tool, report.records);
  tallies.add('bytes', report.tool, report.bytes);
  tallies.add('unknown', report.tool, report.unknownRecords);
  for (const [reason, count] of Object.entries(report.parseErrors)) tallies.add('bad', `${report.tool} ${reason}`, count);
  tallies.add('late_tokens', report.tool, calls.lateTokens);
  calls.lateTokens = 0;
};

const bookSource = (report: SourceReport, { sql, books: { sources } }: Desk): number => {
  const row = sql(`INSERT INTO sources (tool, path, fingerprint, tail, memo, born, records, bytes) VALUES (?, ?, ?, ?, ?, ?, ?, ?)
    ON CONFLICT (path) DO UPDATE SET fingerprint = excluded.fingerprint, tail = excluded.tail, memo = excluded.memo, records = records + excluded.records, bytes = bytes + excluded.bytes
    RETURNING id, born`).get(report.tool, report.path, report.fingerprint, report.tail ? JSON.stringify(report.tail) : null, JSON.stringify(report.memo), report.born, report.records, report.bytes) as { id: number; born: number };
  sources.add(report.path, { ...row, fingerprint: report.fingerprint });
  return row.id;
};

/** The ledger's numbers of all sessions that the report names, and those among them that began while this ledger was watching. */
const bookSessions = ({ parts, calls, tool }: SourceReport, desk: Desk): { readonly booked: ReadonlyMap<string, number>; readonly begun: readonly string[] } => {
  const booked = new Map<string, number>();
  const begun: string[] = [];
  for (const part of parts) booked.set(part.session, bookSession(part, tool, desk, begun));
  for (const key of calls.sessions) if (!booked.has(key)) booked.set(key, desk.books.kin.idOf(key) ?? bookSession({ session: key, nativeId: key.slice(tool.length + 1), role: 'main', json: '' }, tool, desk, begun));
  return { booked, begun };
};

/** Makes or updates a session's row. */
const bookSession = (part: PartReport, tool: Tool, { sql, books, now, freshAfter }: Desk, begun: string[]): number => {
  const isKnown = books.kin.has(part.session);
  const parent = part.role === 'subagent' && part.parentId !== undefined && part.parentId !== part.nativeId ? sessionId(tool, part.parentId) : null;
  const row = sql(`INSERT INTO sessions (key, tool, native, parent, started, last, project) VALUES (?, ?, ?, ?, ?, ?, ?)
    ON CONFLICT (key) DO UPDATE SET parent = ifnull(excluded.parent, parent), started = min(ifnull(started, excluded.started), ifnull(excluded.started, started)),
    last = max(ifnull(last, excluded.last), ifnull(excluded.last, last)), project = ifnull(excluded.project, project) RETURNING id`)
    .get(part.session, tool, part.nativeId, parent, part.startedAt ?? null, part.lastActivityAt ?? null, part.project === undefined ? null : books.names.id(part.project)) as { id: number };
  if (!isKnown || parent !== null) books.known = {};
  if (!isKnown) {
    books.kin.add({ id: row.id, key: part.session, tool });
    if (part.role === 'main' && part.startedAt !== undefined && part.startedAt >= freshAfter && part.startedAt <= now + 3_600_000) begun.push(part.session);
  }
  if (parent !== null) books.kin.addParent(part.session, parent);
  if (parent !== null && part.lastActivityAt !== undefined) sql('UPDATE sessions SET last = max(ifnull(last, 0), ?) WHERE key = ?').run(part.lastActivityAt, parent);
  return row.id;
};

/** Replaces the parts of a source and returns what of their growth is news, bounded by what was booked before. */
const bookParts = (report: SourceReport, { source, booked, again }: { readonly source: number; readonly booked: ReadonlyMap<string, number>; readonly again: boolean }, { sql, books }: Desk): SourceReport['growth'] => {
  const bounded = new Map<string, Growth>();
  const find = sql('SELECT part, booked FROM parts WHERE session = ? AND source = ? AND role = ?');
  const put = sql('INSERT OR REPLACE INTO parts (session, source, role, part, booked) VALUES (?, ?, ?, ?, ?)');
  for (const part of report.parts) {
    const session = booked.get(part.session)!;
    const before = again ? (find.get(session, source, part.role) as { part: string; booked: string | null } | undefined) : undefined;
    let high: BookedTotals | undefined;
    if (before && (report.restarted || before.booked !== null)) {
      const most = before.booked === null ? totalsOf(JSON.parse(before.part)) : (JSON.parse(before.booked) as BookedTotals);
      const totals = totalsOf(JSON.parse(part.json));
      const grown = report.growth.find((entry) => entry.session === part.session && entry.role === part.role)?.growth;
      if (grown) bounded.set(`${part.role} ${part.session}`, boundGrowth(grown, totals, most));
      high = highest(totals, most);
    }
    put.run(session, source, part.role, part.json, high ? JSON.stringify(high) : null);
    books.starts.get(`${source} ${session}`)?.set(part.role, part.startedAt ?? null);
  }
  return report.growth.map((entry) => ({ ...entry, growth: bounded.get(`${entry.role} ${entry.session}`) ?? entry.growth }));
};

/** When a session began by the parts of a source; a report has only those that changed. */
const startIn = (source: number, session: number, desk: Desk): EpochMs => Math.min(...[...startsIn(source, session, desk).values()].map((start) => start ?? Infinity));

/** Kept for the sources that grow: looking into the JSON of a part takes as long as writing it. */
const startsIn = (source: number, session: number, { sql, books: { starts } }: Desk): Map<Part['role'], EpochMs | null> => {
  const key = `${source} ${session}`;
  let known = starts.get(key);
  if (known) return known;
  const rows = sql("SELECT role, part ->> '$.startedAt' AS started FROM parts WHERE source = ? AND session = ?").all(source, session) as { role: Part['role']; started: EpochMs | null }[];
  known = new Map(rows.map(({ role, started }) => [role, started]));
  if (starts.size >= mostStarts) starts.clear();
  starts.set(key, known);
  return known;
};

/** More than anybody writes at a time. */
const mostStarts = 1000;

/** With what a source claims the calls of a session. */
interface Claim {
  readonly startedAt: EpochMs;
  readonly project: string | undefined;
}

/** What the parts of a report, main and sub-agent, say together of the sessions in it. */
const claimsOf = (parts: readonly PartReport[]): ReadonlyMap<string, Claim> => {
  const claims = new Map<string, Claim>();
  for (const { session, role, startedAt, project } of parts) {
    const before = claims.get(session);
    claims.set(session, {
      startedAt: Math.min(before?.startedAt ?? Infinity, startedAt ?? Infinity),
      project: role === 'main' ? (project ?? before?.project) : (before?.project ?? project),
    });
  }
  return claims;
};
