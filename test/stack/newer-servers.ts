import { describe } from '@jest/globals';
import { existsSync } from 'node:fs';
import { repository } from './compose.ts';

const folder = `${repository}.cache/newer-servers/usr/bin/`;

/** The path of a newer server that scripts/setup-newer-servers.sh has unpacked; undefined where it could not. */
export const newer = (command: string): string | undefined => (existsSync(folder + command) ? folder + command : undefined);

/** The installed command and, where there is one, its newer self: for `describe.each`. */
export const installedAndNewer = (command: string): readonly (readonly [string, string])[] => [['installed', command], ...(newer(command) === undefined ? [] : [['newer', newer(command)!] as const])];

/** `describe` for suites that need a newer server; a suite without it is reported as skipped with the reason, also with CI=true: none can be had everywhere. */
export const describeNewer = (command: string): ((title: string, body: (path: string) => void) => void) => {
  const path = newer(command);
  return path === undefined
    ? (title, body) => describe.skip(`${title} (skipped: no newer ${command}; scripts/setup-newer-servers.sh gets it where Debian's archive is at hand)`, () => body(command))
    : (title, body) => describe(title, () => body(path));
};
