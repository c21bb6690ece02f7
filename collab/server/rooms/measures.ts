import { Counter, Gauge, Histogram } from 'prom-client';
import type { Registry } from 'prom-client';
import { hubOwnMetrics, messageKinds } from 'watchroom/metrics/hub-metrics';
import type { MessageKind } from 'watchroom/metrics/hub-metrics';
import type { Store } from '../store/open.ts';
import { alertEndType, alertType } from './alerts/message.ts';
import { commentType } from './chat/shape.ts';
import type { Live } from './live/live.ts';
import type { RoomBus } from './told.ts';

/** Counts and times the rooms as a whole, for whoever runs the hub: numbers of all teams together, without a name of any [R7]. */
export const measureRooms = (registry: Registry, { store, live, bus }: { readonly store: Store; readonly live: Live; readonly bus: RoomBus }): void => {
  const common = ({ name, help, labels }: (typeof hubOwnMetrics)[keyof typeof hubOwnMetrics]) => ({ name, help, labelNames: labels, registers: [registry] });
  new Gauge({ ...common(hubOwnMetrics.rooms), async collect() { this.set(await roomsWithWords(store)); } });
  new Gauge({ ...common(hubOwnMetrics.roomMembers), collect() { this.set(live.looking()); } });
  const messages = new Counter(common(hubOwnMetrics.messages));
  for (const kind of messageKinds) messages.inc({ kind }, 0);
  const delivery = new Histogram({ ...common(hubOwnMetrics.delivery), buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5] });
  bus.on('sent', ({ types, seconds }) => {
    for (const type of types) {
      messages.inc({ kind: kinds.get(type) ?? 'other' });
      delivery.observe(seconds);
    }
  });
};

const kinds: ReadonlyMap<string, MessageKind> = new Map([['', 'message'], [commentType, 'comment'], [alertType, 'alert'], [alertEndType, 'alert']]);

const roomsWithWords = async (store: Store): Promise<number> =>
  Number((await store.selectFrom('rooms').select(({ fn }) => fn.countAll<number>().as('rooms')).where('total_posts', '>', 0).executeTakeFirstOrThrow()).rooms);
