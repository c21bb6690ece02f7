/** Where somebody is: every address of the page. */
export type Place =
  | { readonly page: 'sessions' }
  | { readonly page: 'room'; readonly tool: string; readonly nativeId: string }
  | { readonly page: 'inbox' }
  | { readonly page: 'settings'; readonly section: string }
  /** Ways in; what stands behind the # of open, join, reset and setup is a secret. */
  | { readonly page: 'door'; readonly door: Door }
  | { readonly page: 'nowhere' };

export const doors = ['login', 'open', 'join', 'reset', 'setup'] as const;
export type Door = (typeof doors)[number];

export const placeOf = (path: string): Place => {
  const [first = '', second, third, ...rest] = path.split('/').slice(1).map(decoded);
  if (first === '') return { page: 'sessions' };
  if (first === 'rooms' && second && third) return { page: 'room', tool: second, nativeId: [third, ...rest].join('/') };
  if (first === 'settings') return { page: 'settings', section: second || 'profile' };
  if (second === undefined && first === 'inbox') return { page: first };
  const door = second === undefined ? doors.find((one) => one === first) : undefined;
  if (door) return { page: 'door', door };
  return { page: 'nowhere' };
};

/** "claude/1af7…" → "/rooms/claude/1af7…" */
export const roomPath = (sessionId: string): string => {
  const slash = sessionId.indexOf('/');
  return `/rooms/${encodeURIComponent(sessionId.slice(0, slash))}/${encodeURIComponent(sessionId.slice(slash + 1))}`;
};

/** Where a link of this machine leads, "?to=/rooms/…": to rooms only, for anybody can write a link. */
export const roomAsked = (query: string): string => {
  const to = new URLSearchParams(query).get('to') ?? '';
  return placeOf(to).page === 'room' ? to : '/';
};

const decoded = (part: string): string => {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
};
