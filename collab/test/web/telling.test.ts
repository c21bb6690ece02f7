import { describe, expect, it } from '@jest/globals';
import type { Envelope } from '../../shared/rooms.ts';
import { bytes } from '../../web/src/chat/bytes.ts';
import { sorted } from '../../web/src/chat/file-limits.ts';
import { noteOf } from '../../web/src/inbox/note.ts';
import type { Reader } from '../../web/src/inbox/note.ts';
import { followingOf, followings, propsOf, tellingOf, withTelling } from '../../web/src/inbox/preference.ts';
import { doing } from '../../web/src/room/doing.ts';
import { sessionOf } from '../../web/src/sessions/session.ts';

const posted = (post: object, data: object = {}): Envelope => ({ event: 'posted', broadcast: { channel_id: 'room', team_id: 'team', user_id: '' }, data: { sender_name: '@grace', channel_name: 'claude/one', channel_display_name: 'payments', mentions: '[]', post: JSON.stringify({ id: 'p1', user_id: 'grace', message: 'round once', ...post }), ...data } });
const ada = (telling: Reader['telling'], props?: ReturnType<typeof propsOf>): Reader => ({ id: 'ada', telling, rooms: new Map(props === undefined ? [] : [['room', props]]) });
const mention = { mentions: '["ada"]' };

describe('[C13] what is shown on the desktop', () => {
  it('a mention, with the way to its message', () => {
    expect(noteOf(posted({}, mention), ada('mentions'))).toEqual({ title: 'grace mentions you', body: 'round once', tag: 'p1', to: '/rooms/claude/one?post=p1' });
  });

  it('what somebody says is theirs to hear: of all rooms, of one, of none', () => {
    const told = (reader: Reader, data = {}): boolean => noteOf(posted({}, data), reader) !== undefined;
    expect([told(ada('mentions', propsOf('default'))), told(ada('all', propsOf('default'))), told(ada('mentions', propsOf('all'))), told(ada('all'))]).toEqual([false, true, true, false]);
    expect([told(ada('none', propsOf('all')), mention), told(ada('all', propsOf('muted')), mention)]).toEqual([false, false]);
  });

  it('nobody is told of their own words', () => {
    expect(noteOf(posted({ user_id: 'ada' }), ada('all', propsOf('all')))).toBeUndefined();
  });

  it('[C14] a request to be let in, and that one was let in', () => {
    const told = (event: string): Envelope => ({ event, broadcast: { channel_id: '', team_id: 'team', user_id: 'ada' }, data: { session: 'claude/one', sender_name: '@linus' } });
    expect(noteOf(told('access_requested'), ada('mentions'))).toMatchObject({ title: 'linus asks to be let into a room of yours', to: '/inbox' });
    expect(noteOf(told('access_granted'), ada('mentions'))).toMatchObject({ title: 'linus let you into a room', to: '/rooms/claude/one' });
    expect(noteOf(told('access_requested'), ada('none'))).toBeUndefined();
    expect(noteOf(told('multiple_channels_viewed'), ada('all'))).toBeUndefined();
  });

  it('a choice is read as it was kept; other preferences stay', () => {
    expect(followings.map((one) => followingOf(propsOf(one)))).toEqual(followings);
    expect(followingOf({})).toBe('default');
    expect(tellingOf({ preferences: withTelling({ preferences: { order: 'cost' } }, 'all') })).toBe('all');
    expect(withTelling({ preferences: { order: 'cost' } }, 'none')).toEqual({ order: 'cost', notifications: { desktop: 'none' } });
    expect(tellingOf({ preferences: { notifications: { desktop: 'loud' } } })).toBe('mentions');
  });
});

describe('[C2] files of a message', () => {
  const file = (name: string, size: number) => ({ name, size });

  it('those that fit are taken; of the others the page says why not', () => {
    expect(sorted([file('a', 5), file('b', 5 * 2 ** 20)], 10)).toEqual({ taken: [file('a', 5), file('b', 5 * 2 ** 20)], why: undefined });
    expect(sorted([file('big.mov', 5 * 2 ** 20 + 1), file('a', 5)], 10)).toEqual({ taken: [file('a', 5)], why: 'big.mov is larger than 5 MB, the most a file may have.' });
    expect(sorted([file('nothing', 0)], 10).why).toBe('nothing is empty.');
    expect(sorted([file('a', 1), file('b', 1)], 1)).toEqual({ taken: [file('a', 1)], why: 'A message takes 10 files.' });
  });

  it('sizes are short', () => {
    expect([812, 2048, 14_500, 5 * 2 ** 20].map(bytes)).toEqual(['812 B', '2 kB', '14 kB', '5 MB']);
  });
});

describe('[C4] what the agent does', () => {
  const session = (facts: object) => sessionOf({ id: 'claude/one', tool: 'claude', nativeId: 'one', owner: { id: 'u', name: 'ada' }, ...facts } as Parameters<typeof sessionOf>[0]);
  const at = { path: 'src/a.ts', line: 10 };
  const file = { path: 'src/a.ts', reads: 1, edits: 1, created: false, linesAdded: 1, linesRemoved: 0, lastAt: '2026-11-21T12:00:00Z' };

  it('is said by its name, with the file it is in', () => {
    expect(doing(session({ state: 'working' }), at, [file])).toEqual({ words: 'claude is reading', place: at });
    expect(doing(session({ state: 'working' }), at, [{ ...file, editedAt: file.lastAt }])).toEqual({ words: 'claude is editing', place: at });
    expect(doing(session({ state: 'working', runningTool: 'Bash' }), undefined, [])).toEqual({ words: 'claude is running Bash' });
  });

  it('waiting, idle and ended are told as that', () => {
    expect(['waiting', 'idle', 'ended'].map((state) => doing(session({ state }), at, undefined).words)).toEqual(['claude waits for an answer; last at', 'claude is idle; last at', 'claude ended; last at']);
  });
});
