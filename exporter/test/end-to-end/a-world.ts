import { fileURLToPath } from 'node:url';
import type { World } from '../../src/cli/backend.ts';
import { loadConfig } from '../../src/config/load.ts';
import type { Given } from '../../src/config/load.ts';

export const repository = fileURLToPath(new URL('../../../', import.meta.url));

interface WorldAsked { readonly home: string; readonly state?: string; readonly flags?: Given['flags'] }

/** What `watchroom … --home DIR` decides, with a throw-away ledger unless `state` names a folder. */
export const aWorld = (asked: WorldAsked): World => ({ ...decided(asked), reload: () => aWorld(asked) });

const decided = ({ home, state, flags = {} }: WorldAsked): Omit<World, 'reload'> => ({
  ...loadConfig({ machine: { platform: 'linux', home, env: {} }, variables: {}, flags: { logLevel: 'silent', openBrowser: false, ...flags }, cwd: home }),
  state: state === undefined ? { kind: 'throw-away' } : { kind: 'folder', path: state },
});

/** The surroundings of a backend with a fixed clock and nobody at the terminal. */
export const surroundings = (now: () => number) => ({
  now, pid: process.pid, version: '0.0.0', nodeVersion: 'v0', env: {}, stdout: { write: () => true }, stderr: { write: () => true }, ending: new Promise<string>(() => undefined), reloading: () => new Promise<'reload'>(() => undefined),
});
