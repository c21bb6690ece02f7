import { describe, expect, it } from '@jest/globals';
import type { FileWork } from '../../src/session/part.ts';
import type { StoredSession } from '../../src/session/session.ts';
import { aStoredSession, minutesAgo, now } from '../a-session.ts';
import { joinOnce } from './a-join.ts';
import type { Told } from './a-join.ts';

const edited = (minutes = 10): FileWork => ({ reads: 0, edits: 1, created: false, linesAdded: 1, linesRemoved: 0, lastAt: minutesAgo(minutes), editedAt: minutesAgo(minutes) });
const read: FileWork = { reads: 1, edits: 0, created: false, linesAdded: 0, linesRemoved: 0, lastAt: minutesAgo(1) };
// An editor's chat lives by time alone, so that no processes are needed here.
const editing = (nativeId: string, files: Record<string, FileWork>, facts: Partial<StoredSession> = {}): StoredSession => aStoredSession({ tool: 'cursor', nativeId, files, ...facts });
const conflicts = (sessions: readonly StoredSession[], platform: Told['platform'] = 'linux') => joinOnce({ sessions, processes: [], claims: [], now, platform }).map(({ fileConflicts }) => fileConflicts);

describe('[H7] the file-conflict radar', () => {
  it('two live sessions that edit one file are told so, each in its own words', () => {
    expect(conflicts([editing('a', { 'src/auth.ts': edited(), 'b.ts': edited() }), editing('b', { '/home/ada/shop/src/./auth.ts': edited() }), editing('c', { '/home/ada/other/src/auth.ts': edited() })])).toEqual([['src/auth.ts'], ['/home/ada/shop/src/./auth.ts'], undefined]);
  });

  it('reading is no conflict, nor is an edit two hours old, nor a session that has ended', () => {
    const mine = editing('a', { '/x/a.ts': edited() });
    expect(conflicts([mine, editing('b', { '/x/a.ts': read })])).toEqual([undefined, undefined]);
    expect(conflicts([mine, editing('b', { '/x/a.ts': edited(121) })])).toEqual([undefined, undefined]);
    expect(conflicts([mine, editing('b', { '/x/a.ts': edited() }, { lastActivityAt: minutesAgo(180) })])).toEqual([undefined, undefined]);
  });

  it('one session that names a file in two ways has no conflict with itself', () => {
    expect(conflicts([editing('a', { 'a.ts': edited(), '/home/ada/shop/a.ts': edited() })])).toEqual([undefined]);
  });

  it('a linked working tree inside the repository holds the same files', () => {
    expect(conflicts([editing('a', { 'a.ts': edited() }), editing('b', { 'a.ts': edited() }, { cwd: '/home/ada/shop/.claude/worktrees/fix-7' })])).toEqual([['a.ts'], ['a.ts']]);
  });

  it('Windows: capitals and slashes do not matter', () => {
    expect(conflicts([editing('a', { 'C:\\Shop\\a.ts': edited() }, { cwd: 'C:\\Shop' }), editing('b', { 'a.ts': edited() }, { cwd: 'c:/shop' })], 'win32')).toEqual([['C:\\Shop\\a.ts'], ['a.ts']]);
  });

  it('a relative path in an unknown folder is nobody\'s', () => {
    const { cwd: _cwd, ...lost } = editing('a', { 'a.ts': edited() });
    expect(conflicts([lost, { ...lost, id: 'cursor/b', nativeId: 'b' }])).toEqual([undefined, undefined]);
  });
});
