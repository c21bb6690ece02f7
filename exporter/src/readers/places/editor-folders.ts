import { posix, win32 } from 'node:path';
import type { Machine } from '../../files/machine.ts';

/** The "User" folder of an editor of the VS Code family ("Code", "Cursor", "VSCodium" …), absolute. */
export const userFolder = (machine: Machine, product: string): string => {
  const { platform, home, env } = machine;
  switch (platform) {
    case 'darwin': return posix.join(home, 'Library', 'Application Support', product, 'User');
    case 'win32': return win32.join(env['APPDATA'] || win32.join(home, 'AppData', 'Roaming'), product, 'User');
    case 'linux': return posix.join(env['XDG_CONFIG_HOME'] || posix.join(home, '.config'), product, 'User');
  }
};

/**
 * The folder a URI of such an editor names: file:///c%3A/garden → c:\garden, vscode-remote://wsl%2Bubuntu/home/ada → /home/ada
 * (the path as the remote machine has it); undefined when it names none.
 */
export const folderOfUri = (uri: string): string | undefined => {
  try {
    const path = decodeURIComponent(new URL(uri).pathname);
    if (/^\/[A-Za-z]:/.test(path)) return path.slice(1).replaceAll('/', '\\');
    return path.length > 1 ? path.replace(/\/$/, '') : undefined;
  } catch {
    return undefined;
  }
};
