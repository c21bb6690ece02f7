import { readFileSync } from 'node:fs';
import { configPath, statePath } from '../config/paths.ts';
import type { Machine } from '../files/machine.ts';

/**
 * The state folder, where nothing needs to be parsed to know it; undefined: the environment or the configuration file says something of
 * `settings` (state, home …), and has to be read properly.
 */
export const quickStateFolder = (machine: Machine, settings: readonly string[] = []): string | undefined => {
  const all = ['state', 'home', 'proc', ...settings];
  const told = all.slice(1).concat('config').map((name) => `WATCHROOM_${name.toUpperCase()}`);
  const { env } = machine;
  if (Object.keys(env).some((variable) => variable.startsWith('WATCHROOM_') && env[variable] && told.some((name) => variable.startsWith(name)))) return undefined;
  return env['WATCHROOM_STATE'] || (names(configPath(machine), all) ? undefined : statePath(machine));
};

const names = (file: string, settings: readonly string[]): boolean => {
  try {
    return new RegExp(`^\\s*["']?(${settings.join('|')})["']?\\s*:`, 'm').test(readFileSync(file, 'utf8'));
  } catch {
    return false;
  }
};
