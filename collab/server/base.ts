import type { Logger } from 'pino';
import type { HubEvents } from './events.ts';
import type { HubSettings } from './settings.ts';
import type { Store } from './store/open.ts';

/** What every part of the hub stands on. */
export interface Base {
  readonly store: Store;
  readonly now: () => number;
  readonly log: Logger;
  readonly settings: HubSettings;
  readonly events: HubEvents;
}
