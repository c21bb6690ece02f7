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

/** The shortest beginning of each id that names it alone, at least 8 characters of the tool's own id; by full id. */
export const shortIds = (sessions: readonly Session[]): ReadonlyMap<string, string> => {
  const sorted = [...sessions].sort((a, b) => (a.id < b.id ? -1 : 1));
  return new Map(sorted.map(({ id, tool }, index) => {
    const alone = 1 + Math.max(sharedLength(id, sorted[index - 1]?.id), sharedLength(id, sorted[index + 1]?.id));
    return [id, id.slice(0, Math.max(tool.length + 9, alone))];
  }));
};

/** Exact names before parts: a full id may stand inside another one. */
const meantBy = (asked: string, sessions: readonly Session[]): readonly Session[] => {
  if (asked === '') return [];
  const ways: ((session: Session) => boolean)[] = [
    ({ id, nativeId }) => id.toLowerCase() === asked || nativeId.toLowerCase() === asked,
    ({ processes }) => processes.some(({ pid }) => String(pid) === asked),
    ({ id }) => id.toLowerCase().includes(asked),
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

const sharedLength = (one: string, other: string | undefined): number => {
  let length = 0;
  while (other !== undefined && length < one.length && one[length] === other[length]) length += 1;
  return length;
};
