import { describe, expect, it } from '@jest/globals';
import { createRepositoryPlaces, originOf } from '../../src/files/repository-file.ts';
import type { Disk } from '../../src/files/project.ts';

const onDisk = (files: Readonly<Record<string, string>>): Disk => ({
  kindOf: (path) => (path in files ? 'file' : Object.keys(files).some((file) => file.startsWith(`${path}/`)) ? 'folder' : undefined),
  textOf: (path) => files[path],
});
const config = (url: string): string => `[core]\n\tbare = false\n[remote "upstream"]\n\turl = https://example.org/upstream\n[remote "origin"]\n\turl = ${url}\n\tfetch = +refs/heads/*:refs/remotes/origin/*\n`;
const places = (files: Readonly<Record<string, string>>) => createRepositoryPlaces({ now: () => 0, disk: onDisk(files) });

describe('the place of a file in its repository', () => {
  it.each([
    'https://example.org/ada/shop.git', 'https://ada:secret@Example.org/ada/shop', 'ssh://git@example.org:2222/ada/shop.git', 'git@example.org:ada/shop.git', 'example.org:ada/shop/',
  ])('[H7] is the same for every way to write its origin: %s', (url) => {
    expect(originOf(config(url))).toBe('example.org/ada/shop');
  });

  it('is that of the main repository also in a linked working tree', () => {
    const placeOf = places({ '/r/.git/config': config('git@example.org:ada/shop.git'), '/r/.git/worktrees/w/HEAD': '', '/w/.git': 'gitdir: /r/.git/worktrees/w\n' });
    expect(placeOf('/w/src/a.ts', undefined)).toEqual({ repository: 'example.org/ada/shop', path: 'src/a.ts' });
    expect(placeOf('src/a.ts', '/r')).toEqual({ repository: 'example.org/ada/shop', path: 'src/a.ts' });
  });

  it('is called by the folder where there is no origin, and unknown outside any repository', () => {
    const placeOf = places({ '/home/ada/shop/.git/config': '[core]\n' });
    expect(placeOf('/home/ada/shop/a.ts', undefined)).toEqual({ repository: 'shop', path: 'a.ts' });
    expect([placeOf('/home/ada/notes.txt', undefined), placeOf('a.ts', undefined), placeOf('\\\\server\\share\\a.ts', undefined)]).toEqual([undefined, undefined, undefined]);
  });
});
