import { createPrices } from '../cost/prices.ts';
import type { Prices } from '../cost/prices.ts';
import type { PriceOverride } from '../cost/row.ts';
import { loadPriceTable } from '../cost/table.ts';
import type { Machine } from '../files/machine.ts';
import { createProjects } from '../files/project.ts';
import { applyPathMode } from '../files/path-mode.ts';
import type { PathMode } from '../files/path-mode.ts';
import type { Ledger } from '../ledger/ledger.ts';
import { readers } from '../readers/registry.ts';
import type { Places } from '../session/draft.ts';
import { makeCutter } from './read-source.ts';
import type { Reading } from './read-source.ts';

/** What reading depends on, as plain data that crosses threads. */
export interface ReadingSettings {
  readonly machine: Machine;
  readonly priceOverrides?: readonly PriceOverride[];
  readonly pathMode?: PathMode;
  /** Keys the hashes of the 'hash' mode, so that they cannot be looked up. */
  readonly pathSalt?: string;
}

export const makePrices = (settings: ReadingSettings): Prices => createPrices(loadPriceTable(), settings.priceOverrides ?? []);

/** Everything a thread needs to read sources. */
export const makeReading = (settings: ReadingSettings): Reading => {
  const prices = makePrices(settings);
  const tools = new Map(readers.map((reader) => [reader.tool, reader]));
  return {
    machine: settings.machine,
    readerOf: (tool) => tools.get(tool)!,
    priceOf: prices.microUsdOf,
    places: placesOf(settings),
    cutter: makeCutter(),
  };
};

/** Keeps a ledger's places in the configured mode; returns whether past series were re-labelled. */
export const keepPlaces = (ledger: Ledger, settings: ReadingSettings): boolean => {
  const { pathMode = 'full', pathSalt = '' } = settings;
  return ledger.keepPlacesAs(pathMode, {
    path: (path) => applyPathMode(path, pathMode, pathSalt),
    project: (name) => (pathMode === 'hash' ? applyPathMode(name, 'hash', pathSalt) : name),
  });
};

/** Paths as the configuration lets them be kept and told: full, the last name only, or a keyed hash. */
const placesOf = ({ machine, pathMode = 'full', pathSalt = '' }: ReadingSettings): Places => {
  const projectOf = createProjects({ home: machine.home });
  return {
    tell: (path) => applyPathMode(path, pathMode, pathSalt),
    projectOf: (cwd) => {
      const name = projectOf(cwd)?.name;
      return name === undefined || pathMode !== 'hash' ? name : applyPathMode(name, 'hash', pathSalt);
    },
  };
};
