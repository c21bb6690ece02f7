import { lazyPage } from './lazy-page.tsx';
import type { Place } from './place.ts';

export const pages = {
  sessions: lazyPage(async () => (await import('../sessions/page.tsx')).SessionsPage),
  room: lazyPage(async () => (await import('../room/page.tsx')).RoomPage),
  inbox: lazyPage(async () => (await import('../inbox/page.tsx')).default),
  settings: lazyPage(async () => (await import('../settings/page.tsx')).default),
  door: lazyPage(async () => (await import('../login/page.tsx')).LoginPage),
};

/** Loads the page of a place; what goes wrong is told when it is drawn. */
export const loadPage = async ({ page }: Place): Promise<void> => {
  if (page !== 'nowhere') await pages[page].load().catch(() => undefined);
};
