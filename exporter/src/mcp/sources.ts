import type { Backend } from '../cli/backend.ts';
import type { HealthSettings } from '../health/settings.ts';
import type { EpochMs } from '../session/part.ts';
import type { HubRooms } from './hub-rooms.ts';

/** Where the answers of the server come from. */
export interface Sources {
  readonly version: string;
  /** Asks the program: what was answered a moment ago is not asked again, and nothing is held open in between. */
  readonly ask: <Answer>(question: (backend: Backend) => Promise<Answer>) => Promise<Answer>;
  readonly health: HealthSettings;
  readonly now: () => EpochMs;
  /** Absent: no hub is configured. */
  readonly rooms?: HubRooms;
}
