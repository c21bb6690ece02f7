import type { Express } from 'express';
import type { Base } from '../base.ts';
import type { Route } from '../routes/route.ts';
import { Alerts } from './alerts/alerts.ts';
import { alertRoutes } from './alerts/routes.ts';
import { bootRoutes } from './api/boot.ts';
import { channelRoutes } from './api/channels.ts';
import { fileRoutes } from './api/files.ts';
import { hookRoutes } from './api/hooks.ts';
import { postRoutes } from './api/posts.ts';
import { searchRoutes } from './api/search.ts';
import { threadRoutes } from './api/threads.ts';
import { mountV4 } from './api/v4.ts';
import { commentRoutes } from './comments.ts';
import { Live } from './live/live.ts';
import { forgetOldRequests } from './requests/ask.ts';
import { requestRoutes } from './requests/routes.ts';
import { pendingMs } from './chat/write.ts';
import { createBus } from './told.ts';
import { createTalk } from './talk.ts';
import type { Talk } from './talk.ts';
import type { RoomBus } from './told.ts';
import { createWriter } from './writer.ts';
import type { Writer } from './writer.ts';

/** The rooms of a hub. */
export interface Rooms {
  /** Comments, alerts, requests to be let in: /api/v1, in the API document. */
  readonly routes: readonly Route[];
  readonly alerts: Alerts;
  /** The Mattermost v4 subset: mounted apart, because it answers as Mattermost does. */
  readonly chatRoutes: readonly Route[];
  readonly mount: (app: Express) => void;
  readonly writer: Writer;
  readonly live: Live;
  readonly bus: RoomBus;
  readonly talk: Talk;
  readonly close: () => Promise<void>;
}

/** How often what has run out is thrown away. */
const tidyMs = 3_600_000;

/** Makes the rooms of a hub. @param auth the routes of /api/v1/auth, by which a Mattermost client signs in as everybody does */
export const createRooms = (base: Base, auth: readonly Route[]): Rooms => {
  const bus = createBus();
  const writer = createWriter(base.store, (told, acceptedAt) => {
    for (const one of told) bus.emit('told', one);
    const types = told.flatMap(({ postType }) => postType ?? []);
    if (types.length > 0) bus.emit('sent', { types, seconds: (performance.now() - acceptedAt) / 1000 });
  });
  const live = new Live(base, bus);
  const tell = (told: Parameters<typeof bus.emit<'told'>>[1]): void => { bus.emit('told', told); };
  const chatRoutes = [
    ...bootRoutes({ base, presence: live.presence, tell, auth }),
    ...channelRoutes({ base, writer }),
    ...threadRoutes({ base, writer }),
    ...postRoutes({ base, writer }),
    ...fileRoutes({ base, writer }),
    ...searchRoutes(base),
    ...hookRoutes({ base, writer }),
  ];
  const alerts = new Alerts(base, writer);
  const tidying = setInterval(() => void tidy(base).catch((error: unknown) => base.log.warn({ problem: String(error) }, 'old pending posts could not be thrown away')), tidyMs);
  tidying.unref();
  return {
    routes: [...commentRoutes({ base, writer }), ...alertRoutes(base, alerts), ...requestRoutes(base, tell)],
    chatRoutes, writer, live, bus, alerts, talk: createTalk(base.store),
    mount: (app) => mountV4(app, chatRoutes, base),
    close: async () => {
      clearInterval(tidying);
      live.close();
      await alerts.close();
      await writer.close();
    },
  };
};

const tidy = async ({ store, now }: Base): Promise<void> => {
  await store.deleteFrom('pending_posts').where('created_at', '<=', now() - pendingMs).execute();
  await forgetOldRequests(store, now());
  await store.deleteFrom('files').where('post_id', 'is', null).where('create_at', '<=', now() - pendingMs).execute();
};
