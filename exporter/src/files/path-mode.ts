import { createHmac } from 'node:crypto';

/** How paths of the user's machine are told to others: as they are, their last name only, or a hash that says only whether two are the same. */
export const pathModes = ['full', 'basename', 'hash'] as const;
export type PathMode = (typeof pathModes)[number];

/**
 * A path as the mode lets it be told.
 * @param salt makes hashes useless to people who try likely paths; the same salt gives the same hash
 */
export const applyPathMode = (path: string, mode: PathMode, salt: string): string => {
  switch (mode) {
    case 'full':
      return path;
    case 'basename':
      return lastName(path);
    case 'hash':
      return createHmac('sha256', salt).update(path).digest('hex').slice(0, 16);
  }
};

/** The last name of a path of any system: records may come from another one than ours. */
export const lastName = (path: string): string => {
  const names = path.split(isWindowsPath(path) ? /[\\/]+/ : /\/+/).filter((name) => name !== '');
  return names.at(-1) ?? path;
};

/** C:\…, C:/… or \\server\share: on Linux and macOS a backslash may be part of a name. */
export const isWindowsPath = (path: string): boolean => /^([a-zA-Z]:[\\/]|\\\\)/.test(path);
