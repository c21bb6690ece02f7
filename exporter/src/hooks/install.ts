import { chmodSync, existsSync, mkdirSync, readFileSync, readdirSync, realpathSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { hasHooks, hooksFolder, withHooks, withoutHooks } from './hooked-settings.ts';
import { recordScript } from './record-script.ts';

/** Claude Code's hooks in one of its configuration folders. */
export interface HooksStatus {
  readonly settings: string;
  readonly installed: boolean;
  /** The script is there, which the hooks run. */
  readonly script: boolean;
  /** Sessions that have told their state. */
  readonly states: number;
}

const scriptOf = (folder: string): string => join(folder, hooksFolder, 'record.mjs');
const beforeOf = (folder: string): string => join(folder, hooksFolder, 'settings.before');
const settingsOf = (folder: string): string => join(folder, 'settings.json');

/** What Claude Code runs. */
export const hookCommand = (folder: string, { node, isWindows }: { readonly node: string; readonly isWindows: boolean }): string =>
  `"${node.replaceAll('\\', '/')}" "${scriptOf(folder).replaceAll('\\', '/')}"${isWindows ? '' : ' || true'}`;

/** The settings as they would be; undefined: they are so already. */
export const plannedSettings = (folder: string, command: string): string | undefined => {
  const before = textOf(settingsOf(folder));
  const after = about(folder, () => withHooks(before ?? '', command));
  return after === before ? undefined : after;
};

export const installHooks = (folder: string, command: string): void => {
  const before = textOf(settingsOf(folder));
  const after = about(folder, () => withHooks(before ?? '', command));
  mkdirSync(join(folder, hooksFolder), { recursive: true, mode: 0o700 });
  writeBeside(scriptOf(folder), recordScript);
  // Kept from the first installation on, so that taking the hooks away again leaves every byte as it was.
  if (!existsSync(beforeOf(folder)) && !about(folder, () => hasHooks(before ?? ''))) writeBeside(beforeOf(folder), JSON.stringify({ before: before ?? null, after }));
  if (after !== before) writeBeside(settingsOf(folder), after);
};

/** @returns whether there was anything */
export const removeHooks = (folder: string): boolean => {
  const now = textOf(settingsOf(folder));
  const had = existsSync(join(folder, hooksFolder)) || (now !== undefined && about(folder, () => hasHooks(now)));
  if (now !== undefined) {
    const kept = keptBefore(folder);
    if (kept && kept.after === now) {
      if (kept.before === null) rmSync(settingsOf(folder));
      else writeBeside(settingsOf(folder), kept.before);
    } else {
      const without = about(folder, () => withoutHooks(now));
      if (without !== now) writeBeside(settingsOf(folder), without);
    }
  }
  rmSync(join(folder, hooksFolder), { recursive: true, force: true });
  return had;
};

export const hooksStatus = (folder: string): HooksStatus => ({
  settings: settingsOf(folder), installed: about(folder, () => hasHooks(textOf(settingsOf(folder)) ?? '')), script: existsSync(scriptOf(folder)),
  states: existsSync(join(folder, hooksFolder)) ? readdirSync(join(folder, hooksFolder)).filter((name) => name.endsWith('.json')).length : 0,
});

const keptBefore = (folder: string): { readonly before: string | null; readonly after: string } | undefined => {
  try {
    return JSON.parse(readFileSync(beforeOf(folder), 'utf8')) as { readonly before: string | null; readonly after: string };
  } catch {
    return undefined;
  }
};

const about = <Result>(folder: string, work: () => Result): Result => {
  try {
    return work();
  } catch (error) {
    throw new Error(`${settingsOf(folder)} ${(error as Error).message}`, { cause: undefined });
  }
};

const textOf = (path: string): string | undefined => {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw new Error(`${path} cannot be read (${(error as NodeJS.ErrnoException).code})`, { cause: undefined });
  }
};

/** Settings may be a link into somebody's dotfiles: the link stays. */
const writeBeside = (path: string, text: string): void => {
  const target = existsSync(path) ? realpathSync(path) : path;
  const beside = join(dirname(target), `.watchroom-${process.pid}.new`);
  try {
    const mode = statSync(target, { throwIfNoEntry: false })?.mode;
    writeFileSync(beside, text, { mode: 0o600 });
    if (mode !== undefined) chmodSync(beside, mode & 0o777);
    renameSync(beside, target);
  } catch (error) {
    rmSync(beside, { force: true });
    throw new Error(`${path} cannot be written (${(error as NodeJS.ErrnoException).code})`, { cause: undefined });
  }
};
