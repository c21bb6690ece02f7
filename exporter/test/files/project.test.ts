import { describe, expect, it } from '@jest/globals';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { createProjects, projectOf } from '../../src/files/project.ts';
import type { Disk } from '../../src/files/project.ts';
import { temporaryFolder } from './folder.ts';

const folder = temporaryFolder();

const make = (path: string, text?: string): void => {
  mkdirSync(text === undefined ? folder.at(path) : dirname(folder.at(path)), { recursive: true });
  if (text !== undefined) writeFileSync(folder.at(path), text);
};
const nameOf = (cwd: string): string | undefined => projectOf(folder.at(cwd), { home: folder.at('home') })?.name;

describe('projectOf: the repository of a working directory', () => {
  it('is the nearest folder above with a .git', () => {
    make('home/shop/.git');
    make('home/shop/packages/api/src');
    expect(projectOf(folder.at('home/shop/packages/api/src'), { home: folder.at('home') })).toEqual({ name: 'shop', path: folder.at('home/shop') });
    expect(nameOf('home/shop/')).toBe('shop');
    expect(nameOf('home/shop/gone/long/ago')).toBe('shop');
  });

  it('is the main repository for a worktree, wherever that lies', () => {
    make('home/shop/.git/worktrees/fix');
    make('home/elsewhere/fix/.git', `gitdir: ${folder.at('home/shop/.git/worktrees/fix')}\n`);
    make('home/relative/fix/.git', 'gitdir: ../../shop/.git/worktrees/fix\n');
    expect([nameOf('home/elsewhere/fix/src'), nameOf('home/relative/fix')]).toEqual(['shop', 'shop']);
  });

  it('is named after a bare repository, or after the folder that hides it', () => {
    make('home/w1/.git', `gitdir: ${folder.at('srv/site.git/worktrees/w1')}\n`);
    make('home/site2/w2/.git', `gitdir: ${folder.at('home/site2/.bare/worktrees/w2')}\n`);
    expect([nameOf('home/w1'), nameOf('home/site2/w2')]).toEqual(['site', 'site2']);
  });

  it('is the submodule inside a submodule', () => {
    make('home/shop/vendor/lib/.git', 'gitdir: ../../.git/modules/vendor/lib\n');
    expect(nameOf('home/shop/vendor/lib/src')).toBe('lib');
  });

  it('is the repository for a worktree of Claude Code, also when it was removed', () => {
    expect(nameOf('home/shop/.claude/worktrees/brave-fox')).toBe('shop');
    expect(nameOf('home/shop/.claude/worktrees/brave-fox/packages/api')).toBe('shop');
    expect(nameOf('home/all-gone/.claude/worktrees/brave-fox')).toBe('all-gone');
  });

  it('is the last name of the path where no repository is, or nothing at all', () => {
    make('home/notes');
    expect([nameOf('home/notes'), nameOf('home/vanished/place')]).toEqual(['notes', 'place']);
  });

  it('is unknown for home, the root of a disk and no path', () => {
    for (const cwd of [folder.at('home'), `${folder.at('home')}/`, '/', '//', 'C:\\', 'c:/', '', '.', folder.at('home/.claude/worktrees/x')]) {
      expect(projectOf(cwd, { home: folder.at('home') })).toBeUndefined();
    }
  });

  it('does not take a repository of dotfiles in home for that of everything below', () => {
    make('home/.git');
    expect(nameOf('home/notes')).toBe('notes');
  });

  it('understands the paths of Windows, and looks at no server that a record names', () => {
    const asked: string[] = [];
    const disk: Disk = { kindOf: (path) => (asked.push(path), path === 'C:\\work\\shop\\.git' ? 'folder' : undefined), textOf: () => undefined };
    const home = 'C:\\Users\\ada';
    expect(projectOf('C:\\work\\shop\\src', { home, disk })).toEqual({ name: 'shop', path: 'C:\\work\\shop' });
    expect(projectOf('C:\\Users\\ada\\', { home, disk })).toBeUndefined();
    expect(projectOf('C:\\work\\shop\\.claude\\worktrees\\x', { home, disk })?.name).toBe('shop');
    asked.length = 0;
    expect(projectOf('\\\\evil\\share\\shop', { home, disk })?.name).toBe('shop');
    expect(asked).toEqual([]);
  });

  it('survives whatever a record says', () => {
    make('home/odd/.git', 'no such line');
    expect(nameOf('home/odd')).toBe('odd');
    for (const cwd of ['\0', '/a\0b', `/${'x'.repeat(10_000)}`, 'relative/path', '~', '\n', '/..', '\\']) expect(() => projectOf(cwd, { home: '/home/ada' })).not.toThrow();
  });

  it('is remembered', () => {
    make('home/kept/.git');
    const projects = createProjects({ home: folder.at('home') });
    const first = projects(folder.at('home/kept'));
    rmSync(folder.at('home/kept'), { recursive: true });
    expect(projects(folder.at('home/kept'))).toBe(first);
  });
});
