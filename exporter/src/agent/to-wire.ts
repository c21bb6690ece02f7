import type { Health } from '../session/health-type.ts';
import type { Counts } from '../session/part.ts';
import type { Session } from '../session/session.ts';
import { belowFolder } from './below-folder.ts';
import { wireSession } from './wire.ts';
import type { WireSession } from './wire.ts';

export interface Telling {
  readonly health: Health;
  readonly edits: WireSession['edits'];
  /** The owner lets titles leave the machine. */
  readonly shareTitles: boolean;
}

/** A session as it may leave the machine, within the bounds of the wire; a sentence when it cannot be told. */
export const toWire = (session: Session, { health, edits, shareTitles }: Telling): WireSession | { readonly problem: string } => {
  const { title, description, sources, files, toolCalls, toolErrors, tags, fileConflicts, errorTimes, processes, present, rateLimits, ...plain } = session;
  const parsed = wireSession.safeParse({
    ...shortened(plain),
    ...(shareTitles && title !== undefined ? { title: title.slice(0, 300) } : {}),
    ...(description === undefined ? {} : { description: description.slice(0, 2000) }),
    files: newestFiles(files, session.cwd),
    toolCalls: fewer(toolCalls),
    toolErrors: fewer(toolErrors),
    ...(tags ? { tags: tags.slice(0, 50).map((tag) => tag.slice(0, 100)) } : {}),
    ...(fileConflicts ? { fileConflicts: fileConflicts.slice(0, 200).map((path) => belowFolder(path, session.cwd).slice(0, 1024)) } : {}),
    ...(rateLimits ? { rateLimits: rateLimits.slice(0, 20) } : {}),
    errorTimes: errorTimes.slice(-100),
    processes: processes.slice(0, 100),
    present: { ...shortened(present), pendingTools: present.pendingTools.slice(0, 50).map((call) => shortened(call)) },
    hasTranscript: sources.length > 0,
    health,
    edits,
  });
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  return { problem: `${session.id} cannot be told to a hub: ${issue!.path.join('.')}: ${issue!.message}` };
};

const longest: Readonly<Record<string, number>> = { cwd: 1024, gitBranch: 300, parentId: 300, toolVersion: 100 };

/** Texts that are longer than any real one are cut; ids are not, they would be others'. */
const shortened = <Facts extends object>(facts: Facts): Facts =>
  Object.fromEntries(Object.entries(facts).filter(([, value]) => value !== undefined).map(([name, value]) => [name, typeof value === 'string' && name !== 'id' && name !== 'nativeId' ? value.slice(0, longest[name] ?? 200) : value])) as Facts;

const newestFiles = (files: Session['files'], cwd: string | undefined): Session['files'] => {
  const all = Object.entries(files);
  const kept = all.length <= 500 ? all : all.sort(([, a], [, b]) => b.lastAt - a.lastAt).slice(0, 500);
  return Object.fromEntries(kept.map(([path, work]) => [belowFolder(path, cwd).slice(0, 1024), work]));
};

const fewer = (counts: Counts): Counts => Object.fromEntries(Object.entries(counts).slice(0, 2000).map(([name, count]) => [name.slice(0, 200), count]));
