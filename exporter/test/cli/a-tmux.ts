import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { repository } from '../end-to-end/a-world.ts';

/** The program in a real terminal of its own tmux server. */
export interface Tmux {
  readonly screen: () => string;
  readonly press: (...keys: readonly string[]) => void;
  readonly resize: (columns: number, rows: number) => void;
  readonly stop: () => void;
}

let servers = 0;

/** @param shell what runs there; "watchroom" is the program */
export const inTmux = (shell: string, { columns, rows, env = {} }: { readonly columns: number; readonly rows: number; readonly env?: Readonly<Record<string, string>> }): Tmux => {
  const server = `watchroom-${process.pid}-${(servers += 1)}`;
  const tmux = (...args: readonly string[]): string => execFileSync('tmux', ['-L', server, '-f', '/dev/null', ...args], { encoding: 'utf8', env: { ...ourEnvironment, ...env } });
  const program = `'${process.execPath}' '${join(repository, 'exporter/bin/watchroom.js')}'`;
  tmux('new-session', '-d', '-x', String(columns), '-y', String(rows), `watchroom() { ${program} "$@"; }; ${shell}; sleep 1000`);
  return {
    screen: () => tmux('capture-pane', '-p'),
    press: (...keys) => { tmux('send-keys', ...keys); },
    resize: (width, height) => { tmux('resize-window', '-x', String(width), '-y', String(height)); },
    stop: () => { tmux('kill-server'); },
  };
};

const ourEnvironment = Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^(TMUX|WATCHROOM|XDG|CLAUDE|NODE_OPTIONS|CI$|NO_COLOR|FORCE_COLOR|COLUMNS|LINES)/.test(name)));
