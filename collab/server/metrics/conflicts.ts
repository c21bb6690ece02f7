import type { Session } from 'watchroom/session';
import type { LiveAgent, LiveSession } from '../agents/live.ts';

/** An edit counts for so long, as in the radar of sessions. */
const freshMs = 2 * 3_600_000;

/**
 * Adds to sessions the files that a session on another machine of the team edits too [H7]; each machine only knows of its own.
 * Private sessions neither count nor learn of others [R7]. A session without news is the same object.
 */
export const conflictsAcross = (found: readonly { readonly agent: LiveAgent; readonly live: LiveSession }[], now: number): ((live: LiveSession) => Session) => {
  const editors = new Map<string, number>();
  for (const { agent, live } of found) for (const { key } of editsOf(live, now)) editors.set(`${agent.teamId} ${key}`, (editors.get(`${agent.teamId} ${key}`) ?? 0) + 1);
  const teamOf = new Map(found.map(({ agent, live }) => [live, agent.teamId]));
  return (live) => {
    const paths = editsOf(live, now).filter(({ key }) => editors.get(`${teamOf.get(live)} ${key}`)! > 1).map(({ path }) => path);
    return paths.length === 0 ? live.session : withPaths(live.session, paths);
  };
};

/** What a session edited lately, each file once. */
const editsOf = ({ visibility, wire }: LiveSession, now: number): LiveSession['wire']['edits'] =>
  visibility === 'private' || wire.state === 'ended' || wire.edits.length === 0 ? [] : [...new Map(wire.edits.filter(({ at }) => at > now - freshMs).map((edit) => [edit.key, edit])).values()];

const withPaths = (session: Session, paths: readonly string[]): Session => {
  const all = [...new Set([...(session.fileConflicts ?? []), ...paths])];
  if (all.length === session.fileConflicts?.length) return session;
  const known = made.get(session);
  if (known && known.fileConflicts!.length === all.length) return known;
  const changed: Session = { ...session, fileConflicts: all };
  made.set(session, changed);
  return changed;
};

const made = new WeakMap<Session, Session>();
