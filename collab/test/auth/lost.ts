import type { HubEventMap } from '../../server/events.ts';
import type { TestHub } from '../support/hub.ts';

/** What the hub tells from now on of rights that were lost [R8]. */
export const lostOf = (hub: TestHub): HubEventMap['access:lost'][0][] => {
  const lost: HubEventMap['access:lost'][0][] = [];
  hub.base.events.on('access:lost', (one) => { lost.push(one); });
  return lost;
};
