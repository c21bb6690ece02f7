import { spawn } from 'node:child_process';

/** Opens a page in the user's browser, where there is a screen and a person: not in CI, over SSH or without a display. Failing is no matter. */
export const openInBrowser = (url: string, platform: NodeJS.Platform, env: Readonly<Record<string, string | undefined>>): void => {
  if (env.CI || env.SSH_CONNECTION || (platform === 'linux' && !env.DISPLAY && !env.WAYLAND_DISPLAY)) return;
  const [command, ...args] = platform === 'darwin' ? ['open', url] : platform === 'win32' ? ['cmd', '/c', 'start', '', url] : ['xdg-open', url];
  const opener = spawn(command!, args, { stdio: 'ignore', detached: true });
  opener.on('error', () => undefined);
  opener.unref();
};
