/** Why a file or folder could not be used. A fixed set: it is a label. */
export const hindrances = ['no_permission', 'symlink', 'not_a_file', 'not_a_folder', 'busy', 'too_many_open', 'io_error'] as const;
export type Hindrance = (typeof hindrances)[number];

/** What an error of the file system means: the thing is gone, which is normal, or something keeps us from reading it. */
export const hindranceOf = (error: unknown): Hindrance | 'vanished' => {
  const { code, cause } = error as NodeJS.ErrnoException;
  return meanings[code ?? ''] ?? (cause === undefined ? 'io_error' : hindranceOf(cause));
};

const meanings: Readonly<Record<string, Hindrance | 'vanished'>> = {
  ENOENT: 'vanished',
  ENOTDIR: 'vanished', // a folder on the way became a file
  ESTALE: 'vanished', // NFS: the file behind the handle is gone
  EACCES: 'no_permission',
  EPERM: 'no_permission',
  ELOOP: 'symlink', // what open(2) says with O_NOFOLLOW
  EISDIR: 'not_a_file',
  EBUSY: 'busy', // Windows: opened by somebody who shares it with nobody
  EMFILE: 'too_many_open',
  ENFILE: 'too_many_open',
};
