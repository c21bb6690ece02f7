import type { Loaded } from '../config/load.ts';
import { applyPathMode } from '../files/path-mode.ts';
import type { Budget } from '../sweep/budgets.ts';
import type { EngineSettings } from '../sweep/engine-settings.ts';
import type { ReadingSettings } from '../sweep/reading.ts';
import type { Tool } from '../session/tool.ts';
import type { State } from './state.ts';

/** What the parse threads need of the configuration. */
export const readingSettings = ({ config, machine }: Pick<Loaded, 'config' | 'machine'>, pathSalt: string): ReadingSettings => ({
  machine: { platform: machine.platform, home: machine.home, env: { ...machine.env } },
  priceOverrides: config.prices,
  pathMode: config.pathMode,
  pathSalt,
});

/** What the ledger's thread needs of it. */
export const engineSettings = (loaded: Pick<Loaded, 'config' | 'machine'>, state: Pick<State, 'ledgerPath' | 'pathSalt'>, cores: number): EngineSettings => {
  const { config } = loaded;
  return {
    ledgerPath: state.ledgerPath,
    reading: readingSettings(loaded, state.pathSalt),
    disabledTools: config.disabledTools,
    extraRoots: (Object.entries(config.roots) as [Tool, readonly string[]][]).flatMap(([tool, paths]) => paths.map((path) => ({ tool, path }))),
    recent: config.exportLimit,
    windowMs: config.exportWindowMs,
    threads: Math.max(1, Math.min(cores, 4)),
    pollIntervalMs: config.pollIntervalMs,
    rescanIntervalMs: 60_000,
    maxWatchedDirectories: 8192,
    budgets: toldBudgets(config, state.pathSalt),
    weekStart: config.weekStart,
    ...(config.timezone === 'local' ? {} : { timeZone: config.timezone }),
  };
};

/** Budgets as the ledger knows their projects: by a keyed hash where it keeps no names. */
export const toldBudgets = ({ budgets, pathMode }: Loaded['config'], pathSalt: string): readonly Budget[] =>
  budgets.map((budget) => (budget.scope === 'project' && pathMode === 'hash' ? { ...budget, name: applyPathMode(budget.name, 'hash', pathSalt) } : budget));
