import { nearest } from '../config/nearest.ts';
import type { Session } from '../session/session.ts';
import { CommandError } from './exit-codes.ts';
import { safeText } from './safe-text.ts';

/** The session a person means by its pid, its full id, or any part of it that only one session has. */
export const findSession = (name: string, sessions: readonly Session[]): Session => {
  const asked = name.trim().toLowerCase();
  const found = meantBy(asked, sessions);
  if (found.length === 1) return found[0]!;
  throw new CommandError(found.length === 0 ? nothingFound(name, sessions) : ambiguous(name, found, sessions), 'noSession');
};

/**
 * A short name for each id that only it has: "claude/1af7c9d2", or "codex/…c0ffee42" where many begin alike
 * (ids made of the time). Either can be typed as it stands. By full id.
 */
export const shortIds = (sessions: readonly Identified[]): ReadonlyMap<string, string> => {
  const beginnings = countBy(sessions, beginning);
  const endings = countBy(sessions, ending);
  return new Map(sessions.map((session) => {
    if (beginnings.get(beginning(session)) === 1) return [session.id, beginning(session)];
    return [session.id, endings.get(ending(session)) === 1 ? ending(session) : session.id];
  }));
};

/** What its short name is made of. */
type Identified = Pick<Session, 'id' | 'nativeId'> & { readonly tool: string };

const shortLength = 8;
const beginning = ({ tool, nativeId }: Identified): string => `${tool}/${nativeId.slice(0, shortLength).replace(/[-_.]+$/, '')}`;
const ending = ({ tool, nativeId }: Identified): string => `${tool}/…${nativeId.slice(-shortLength)}`;

const countBy = (sessions: readonly Identified[], nameOf: (session: Identified) => string): ReadonlyMap<string, number> => {
  const counts = new Map<string, number>();
  for (const session of sessions) counts.set(nameOf(session), (counts.get(nameOf(session)) ?? 0) + 1);
  return counts;
};

/** Exact names before parts: a full id may stand inside another one. */
const meantBy = (asked: string, sessions: readonly Session[]): readonly Session[] => {
  if (asked === '') return [];
  const ways: ((session: Session) => boolean)[] = [
    ({ id, nativeId }) => id.toLowerCase() === asked || nativeId.toLowerCase() === asked,
    ({ processes }) => processes.some(({ pid }) => String(pid) === asked),
    ({ id }) => containsInTurn(id.toLowerCase(), asked.split(/…|\.\.\./)),
  ];
  for (const way of ways) {
    const found = sessions.filter(way);
    if (found.length > 0) return found;
  }
  return [];
};

const nothingFound = (name: string, sessions: readonly Session[]): string => {
  if (sessions.length === 0) return `no session is called ${JSON.stringify(name)}: none was found on this machine. Try: watchroom doctor`;
  const close = nearest(name, sessions.flatMap(({ id, nativeId }) => [id, nativeId, nativeId.slice(0, name.length)]));
  const session = sessions.find(({ id, nativeId }) => close !== undefined && (id === close || nativeId.startsWith(close)));
  return `no session is called ${JSON.stringify(name)}.${session ? ` Did you mean ${session.id}?` : ''} A pid, any part of an id or a whole one will do: watchroom list --all`;
};

const mostCandidates = 10;

const ambiguous = (name: string, found: readonly Session[], sessions: readonly Session[]): string => {
  const short = shortIds(sessions);
  const lines = found.slice(0, mostCandidates).map((session) => `  ${[short.get(session.id)!, session.state, session.projectName ?? session.project ?? '', session.title ?? ''].map(safeText).filter(Boolean).join('  ')}`);
  const rest = found.length > mostCandidates ? [`  … and ${found.length - mostCandidates} more`] : [];
  return [`${JSON.stringify(name)} is a part of ${found.length} session ids. Which one?`, ...lines, ...rest].join('\n');
};

/** "codex/…42" as lists print it: the pieces one after the other. */
const containsInTurn = (id: string, pieces: readonly string[]): boolean => {
  let from = 0;
  for (const piece of pieces) {
    const at = id.indexOf(piece, from);
    if (at === -1) return false;
    from = at + piece.length;
  }
  return true;
};
