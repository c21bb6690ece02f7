import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { parse as parseYaml } from 'yaml';
import { object, text } from '../fields.ts';
import { draftOf } from './log.ts';
import type { SessionLog } from './log.ts';

/** The parser of YAML is loaded when there is something to parse: it would take a fifth of the time in which a thread starts. */
const require = createRequire(import.meta.url);

/** Takes the session's name from the workspace.yaml beside its events. */
export const readWorkspace = (log: SessionLog): void => {
  if (log.memo.session === undefined) return;
  const workspace = workspaceOf(dirname(log.source.path));
  // In a recording of several sessions the file speaks of one of them.
  if (!workspace || (workspace.id !== undefined && workspace.id !== log.memo.session)) return;
  const draft = draftOf(log);
  draft.set({ title: workspace.name, cwd: draft.get('cwd') === undefined ? workspace.cwd : undefined });
};

export interface Workspace {
  readonly id: string | undefined;
  readonly cwd: string | undefined;
  /** Given by the human, or by Copilot from the first answer. */
  readonly name: string | undefined;
}

/** `workspace.yaml` of a session's folder; undefined when there is none that can be read. */
export const workspaceOf = (folder: string): Workspace | undefined => {
  try {
    const { parse } = require('yaml') as { readonly parse: typeof parseYaml };
    const facts = object(parse(readFileSync(join(folder, 'workspace.yaml'), 'utf8').slice(0, 65_536)));
    return facts && { id: text(facts.id), cwd: text(facts.cwd), name: text(facts.name) };
  } catch {
    return undefined;
  }
};
