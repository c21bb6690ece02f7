import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { World } from '../cli/backend.ts';
import { absolutePath } from '../config/paths.ts';
import { readers } from '../readers/registry.ts';
import { Search } from '../search/search.ts';
import type { Tool } from '../session/tool.ts';
import type { Surroundings } from './books.ts';

/** The search of a world: in the state folder beside the ledger, or thrown away with it when another home is looked at. */
export const createSearch = ({ state, config, machine, file }: World, { now }: Surroundings): Search => {
  const thrownAway = state.kind === 'folder' ? undefined : mkdtempSync(join(tmpdir(), 'watchroom-search-'));
  const search = new Search({
    path: join(state.kind === 'folder' ? state.path : thrownAway!, 'search.db'), machine, now,
    readers: readers.filter(({ tool }) => !config.disabledTools.includes(tool)),
    extraRoots: (Object.entries(config.roots) as [Tool, readonly string[]][]).flatMap(([tool, paths]) => paths.map((path) => ({ tool, path }))),
    excluded: config.searchExclude.map((folder) => absolutePath(folder, machine, dirname(file.path))),
  });
  if (thrownAway === undefined) return search;
  const close = search.close.bind(search);
  search.close = () => {
    close();
    rmSync(thrownAway, { recursive: true, force: true });
  };
  return search;
};
