import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { World } from '../cli/backend.ts';
import { absolutePath } from '../config/paths.ts';
import { readers } from '../readers/registry.ts';
import { coverageText } from '../search/coverage.ts';
import type { KeepSettings } from '../search/keep-settings.ts';
import { Search } from '../search/search.ts';
import type { Tool } from '../session/tool.ts';
import type { Surroundings } from './books.ts';

/** The search of a world: in the state folder beside the ledger, or thrown away with it when another home is looked at. */
export const createSearch = (world: World, { now }: Surroundings): Search => {
  const { state } = world;
  const thrownAway = state.kind === 'folder' ? undefined : mkdtempSync(join(tmpdir(), 'watchroom-search-'));
  const settings = indexSettings(world, state.kind === 'folder' ? state.path : thrownAway!);
  const search = new Search({ ...settings, now, readers: readers.filter(({ tool }) => !settings.disabledTools.includes(tool)) });
  if (thrownAway === undefined) return search;
  const close = search.close.bind(search);
  search.close = () => {
    close();
    rmSync(thrownAway, { recursive: true, force: true });
  };
  return search;
};

/** What decides what an index in this folder has; plain data, which crosses threads. */
export const indexSettings = ({ config, machine, file }: Pick<World, 'config' | 'machine' | 'file'>, folder: string): KeepSettings => {
  const settings = {
    machine: { platform: machine.platform, home: machine.home, env: { ...machine.env } },
    disabledTools: config.disabledTools,
    extraRoots: (Object.entries(config.roots) as [Tool, readonly string[]][]).flatMap(([tool, paths]) => paths.map((path) => ({ tool, path }))),
    excluded: config.searchExclude.map((excluded) => absolutePath(excluded, machine, dirname(file.path))),
  };
  return { ...settings, path: join(folder, 'search.db'), coverage: coverageText(settings) };
};
