import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';

/** Opens a page in the user's browser, where there is a screen and a person: not in CI, over SSH or without a display. Failing is no matter. */
export const openInBrowser = (url: string, platform: NodeJS.Platform, env: Readonly<Record<string, string | undefined>>): boolean => {
  if (env.CI || env.SSH_CONNECTION || (platform === 'linux' && !env.DISPLAY && !env.WAYLAND_DISPLAY)) return false;
  const [command, ...args] = platform === 'darwin' ? ['open', url] : platform === 'win32' ? ['cmd', '/c', 'start', '', url] : ['xdg-open', url];
  const opener = spawn(command!, args, { stdio: 'ignore', detached: true });
  opener.on('error', () => undefined);
  opener.unref();
  return true;
};

interface Showing {
  /** Private to the user; the file that leads to the link stands in it for a minute. */
  readonly folder: string;
  readonly platform: NodeJS.Platform;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The process ends right after: it stays until the browser has read the file. */
  readonly wait?: boolean;
}

/** Opens a link with a secret in it: any user of the machine can read command lines, so the browser gets it from a file that only this user can read. */
export const showInBrowser = async (link: string, { folder, platform, env, wait = false }: Showing): Promise<boolean> => {
  const file = join(folder, `open-${randomBytes(8).toString('hex')}.html`);
  writeFileSync(file, redirectTo(link), { mode: 0o600, flag: 'wx' });
  if (!openInBrowser(pathToFileURL(file).href, platform, env)) {
    rmSync(file, { force: true });
    return false;
  }
  const remove = (): void => rmSync(file, { force: true });
  process.once('exit', remove);
  if (!wait) setTimeout(remove, 60_000).unref();
  else await sleep(5000);
  return true;
};

const redirectTo = (link: string): string => `<!doctype html><meta charset="utf-8"><meta name="referrer" content="no-referrer"><meta http-equiv="refresh" content="0; url=${link.replaceAll('&', '&amp;').replaceAll('"', '&quot;')}"><title>Watchroom</title><p>Opening Watchroom …</p>\n`;
