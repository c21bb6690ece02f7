import { join } from 'node:path';
import type { World } from '../cli/backend.ts';
import { statePath } from '../config/paths.ts';

/** Where a team's hub keeps everything. */
export const hubFolder = ({ config, machine, state }: Pick<World, 'config' | 'machine' | 'state'>): string => config.hubData ?? join(state.kind === 'folder' ? state.path : statePath(machine), 'hub');

/** Where the exporter keeps the hub that it runs beside itself; a throw-away state has none that lasts. */
export const localHubFolder = (state: World['state']): string | undefined => (state.kind === 'folder' ? join(state.path, 'local-hub') : undefined);
