import type { Database, Statement } from 'better-sqlite3';
import { createProjects } from '../files/project.ts';
import { sessionId } from '../session/session.ts';
import type { Tool } from '../session/tool.ts';
import { projectScope, sessionScope, toolScope } from './scopes.ts';

export interface KnownSession {
  readonly number: number;
  readonly scope: string;
}

interface Row { number: number; project: string | null; cwd: string | null }

/** Sessions as the index numbers them. A working directory is learnt when a record tells it. */
export class Sessions {
  readonly #projectOf: ReturnType<typeof createProjects>;
  readonly #find: Statement;
  readonly #add: Statement;
  readonly #learn: Statement;
  readonly #addProject: Statement;
  readonly #project: Statement;
  readonly #known = new Map<string, KnownSession & { readonly hasPlace: boolean }>();

  constructor(db: Database, home: string) {
    this.#projectOf = createProjects({ home });
    this.#find = db.prepare('SELECT number, project, cwd FROM sessions WHERE id = ?');
    this.#add = db.prepare('INSERT OR IGNORE INTO sessions (id, tool) VALUES (?, ?)');
    this.#learn = db.prepare('UPDATE sessions SET project = ?, cwd = ? WHERE id = ?');
    this.#addProject = db.prepare('INSERT OR IGNORE INTO projects (name) VALUES (?)');
    this.#project = db.prepare('SELECT number FROM projects WHERE name = ?').pluck();
  }

  of(tool: Tool, nativeId: string, cwd: string | undefined): KnownSession {
    const id = sessionId(tool, nativeId);
    const known = this.#known.get(id);
    if (known && (known.hasPlace || cwd === undefined)) return known;
    let row = this.#find.get(id) as Row | undefined;
    if (!row || (row.cwd === null && cwd !== undefined)) {
      this.#add.run(id, tool);
      if (cwd !== undefined) this.#learn.run(this.#projectOf(cwd)?.name ?? null, cwd, id);
      row = this.#find.get(id) as Row;
    }
    const session = { number: row.number, scope: [toolScope(tool), sessionScope(row.number), ...(row.project === null ? [] : [projectScope(this.#numberOf(row.project))])].join(' '), hasPlace: row.cwd !== null };
    this.#known.set(id, session);
    return session;
  }

  #numberOf(project: string): number {
    this.#addProject.run(project);
    return this.#project.get(project) as number;
  }
}
