import { join } from 'node:path';
import type { World } from '../cli/backend.ts';
import { statePath } from '../config/paths.ts';

/** Where a team's hub keeps everything. */
export const hubFolder = ({ config, machine, state }: Pick<World, 'config' | 'machine' | 'state'>): string => config.hubData ?? join(state.kind === 'folder' ? state.path : statePath(machine), 'hub');

/** Where the exporter keeps the hub that it runs beside itself: with its ledger. */
export const localHubFolder = (stateFolder: string): string => join(stateFolder, 'local-hub');
