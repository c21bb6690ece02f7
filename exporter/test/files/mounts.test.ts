import { expect, it } from '@jest/globals';
import { isRemote } from '../../src/files/mounts.ts';

it('calls no file system remote that the kernel runs itself, nor one that cannot be asked', async () => {
  expect(await isRemote('/proc')).toBe(false);
  expect(await isRemote('/no/such/folder')).toBe(false);
});
