import { describe, expect, it } from '@jest/globals';
import { applyPathMode } from '../../src/files/path-mode.ts';

describe('applyPathMode [T47] [P5]', () => {
  it('full: tells the path', () => {
    expect(applyPathMode('/home/ada/shop/a.ts', 'full', 's')).toBe('/home/ada/shop/a.ts');
  });

  it.each([['/home/ada/shop/a.ts', 'a.ts'], ['/home/ada/shop/', 'shop'], ['C:\\Users\\ada\\a.ts', 'a.ts'], ['\\\\server\\share\\a.ts', 'a.ts'], ['a.ts', 'a.ts'], ['/', '/'], ['/x/back\\slash', 'back\\slash'], ['', '']])('basename: of %j is %j', (path, name) => {
    expect(applyPathMode(path, 'basename', 's')).toBe(name);
  });

  it('hash: the same for the same path and salt, different otherwise, and nothing of the path', () => {
    const hashed = applyPathMode('/home/ada/shop', 'hash', 'salt');
    expect(hashed).toMatch(/^[0-9a-f]{16}$/);
    expect(applyPathMode('/home/ada/shop', 'hash', 'salt')).toBe(hashed);
    expect(applyPathMode('/home/ada/shop', 'hash', 'other')).not.toBe(hashed);
    expect(applyPathMode('/home/ada/shoq', 'hash', 'salt')).not.toBe(hashed);
  });
});
