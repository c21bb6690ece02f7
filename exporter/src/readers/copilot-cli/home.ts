import { posix, win32 } from 'node:path';
import type { Machine } from '../../files/machine.ts';

/** A folder below Copilot's: $COPILOT_HOME, else ~/.copilot on every system. */
export const copilotFolder = ({ platform, home, env }: Machine, ...names: readonly string[]): string => {
  const { join } = platform === 'win32' ? win32 : posix;
  return join(env.COPILOT_HOME || join(home, '.copilot'), ...names);
};
