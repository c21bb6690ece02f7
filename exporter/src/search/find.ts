import type { Database } from 'better-sqlite3';
import type { EpochMs } from '../session/part.ts';
import { idsPerMs } from './index-file.ts';
import { projectScope, sessionScope, toolScope, voiceScope } from './scopes.ts';
import { snippetOf } from './snippet.ts';
import type { Snippet } from './snippet.ts';
import { queryOf, shownWords } from './words.ts';

/** What is looked for, and where. */
export interface SearchAsk {
  /** Words as typed: all of them, "a phrase", begin*, -not. */
  readonly words: string;
  readonly tools?: readonly string[];
  /** Parts of project names. */
  readonly projects?: readonly string[];
  /** A full session id. */
  readonly session?: string;
  /** Only what this one said: user, assistant, tool or note. */
  readonly voice?: string;
  readonly from?: EpochMs;
  readonly to?: EpochMs;
  readonly limit: number;
}

/** A text with the words in it. */
export interface Hit {
  readonly id: number;
  readonly at: EpochMs;
  readonly voice: string;
  readonly snippet: Snippet;
  /** undefined: a note of no session. */
  readonly session?: string;
  readonly tool?: string;
  readonly project?: string;
  readonly cwd?: string;
  /** Number of the note, for `memory remove`. */
  readonly note?: number;
}

interface Row { readonly id: number; readonly voice: string; readonly text: string; readonly session: string | null; readonly tool: string | null; readonly project: string | null; readonly cwd: string | null; readonly note: number | null; readonly noteProject: string | null; readonly noteSession: string | null }

/** The newest texts that have all the words; the same text of one session (Claude copies it into every fork) once. undefined: nothing to look for was typed. */
export const find = (db: Database, ask: SearchAsk): readonly Hit[] | undefined => {
  const words = queryOf(ask.words);
  if (words === undefined) return undefined;
  const narrowed = scopeOf(db, ask);
  if (narrowed === 'nothing') return [];
  const rows = db.prepare(`SELECT t.id, t.voice, t.text, s.id AS session, s.tool, s.project, s.cwd, n.number AS note, n.project AS noteProject, n.session AS noteSession
    FROM words w CROSS JOIN texts t ON t.id = w.rowid LEFT JOIN sessions s ON s.number = t.session LEFT JOIN notes n ON t.voice = 'note' AND n.text_id = t.id
    WHERE w.words MATCH ? AND w.rowid >= ? AND w.rowid < ? ORDER BY w.rowid DESC`)
    .iterate([words, ...narrowed].map((part) => `(${part})`).join(' AND '), (ask.from ?? 0) * idsPerMs, (ask.to ?? lastMs) * idsPerMs) as Iterable<Row>;
  const hits: Hit[] = [];
  const seen = new Set<string>();
  const shown = shownWords(ask.words);
  for (const row of rows) {
    const key = `${row.session ?? row.noteSession ?? row.id} ${row.text}`;
    if (seen.has(key)) continue;
    seen.add(key);
    hits.push(hitOf(row, shown));
    if (hits.length >= ask.limit) break;
  }
  return hits;
};

/** Times that fit into a safe integer with idsPerMs. */
const lastMs = 2 ** 41;

const hitOf = (row: Row, words: readonly string[]): Hit => {
  const session = row.session ?? row.noteSession;
  const project = row.project ?? row.noteProject;
  return {
    id: row.id,
    at: Math.floor(row.id / idsPerMs),
    voice: row.voice,
    snippet: snippetOf(row.text, words),
    ...(session === null ? {} : { session }),
    ...(row.tool === null ? {} : { tool: row.tool }),
    ...(project === null ? {} : { project }),
    ...(row.cwd === null ? {} : { cwd: row.cwd }),
    ...(row.note === null ? {} : { note: row.note }),
  };
};

const scopeOf = (db: Database, { tools, projects, session, voice }: SearchAsk): readonly string[] | 'nothing' => {
  const parts: string[] = [];
  if (tools) parts.push(anyOf(tools.map(toolScope)));
  if (projects) {
    const all = db.prepare('SELECT number, name FROM projects').all() as { number: number; name: string }[];
    const meant = all.filter(({ name }) => projects.some((part) => name.toLowerCase().includes(part.toLowerCase())));
    if (meant.length === 0) return 'nothing';
    parts.push(anyOf(meant.map(({ number }) => projectScope(number))));
  }
  if (session !== undefined) {
    const number = db.prepare('SELECT number FROM sessions WHERE id = ?').pluck().get(session) as number | undefined;
    if (number === undefined) return 'nothing';
    parts.push(anyOf([sessionScope(number)]));
  }
  if (voice !== undefined) parts.push(anyOf([voiceScope(voice)]));
  return parts;
};

const anyOf = (scopes: readonly string[]): string => `scope : (${scopes.map((scope) => `"${scope}"`).join(' OR ')})`;
