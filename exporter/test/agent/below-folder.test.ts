import { expect, it } from '@jest/globals';
import { belowFolder } from '../../src/agent/below-folder.ts';

it.each([
  ['/home/ada/shop/src/cart.ts', '/home/ada/shop', 'src/cart.ts'],
  ['C:\\work\\shop\\src\\cart.ts', 'C:\\work\\shop', 'src/cart.ts'],
  ['/home/ada/shop-old/cart.ts', '/home/ada/shop', '/home/ada/shop-old/cart.ts'],
  ['/etc/hosts', '/home/ada/shop', '/etc/hosts'],
  ['/home/ada/shop', '/home/ada/shop', '/home/ada/shop'],
  ['cart.ts', undefined, 'cart.ts'],
])('[P5] %s of a session in %s is told as %s', (path, folder, told) => expect(belowFolder(path, folder)).toBe(told));
