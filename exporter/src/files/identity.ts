import type { Stats } from 'node:fs';

/** What tells one file from another and a changed one from an unchanged one. */
export interface FileStat {
  /** Not stable over reboots (NFS, btrfs, overlay), so it never decides alone. */
  readonly dev: number;
  /** On Windows a 64-bit number rounded to 53 bits: the same file always gives the same one. */
  readonly ino: number;
  readonly size: number;
  readonly mtimeMs: number;
  readonly birthtimeMs: number;
}

/** The part of a stat that Watchroom keeps. */
export const fileStat = ({ dev, ino, size, mtimeMs, birthtimeMs }: Stats): FileStat => ({ dev, ino, size, mtimeMs, birthtimeMs });
