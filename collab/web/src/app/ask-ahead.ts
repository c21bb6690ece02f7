import { asking } from '../api/ahead.ts';
import { account, keepAccount } from '../api/auth.ts';
import { detailsOf, roomDetails } from '../api/room.ts';
import type { Details } from '../api/room.ts';
import { firstPage, firstPageOf } from '../chat/first-page.ts';
import { placeOf } from './place.ts';
import { teamOf } from './team-of.ts';

/** Asks who is there and what the room of this address says, while the code that draws it is on its way. */
export const askAhead = (path: string): void => {
  const place = placeOf(path);
  if (place.page === 'door') return;
  const who = askForAccount();
  asking(place.page === 'room' ? askForRoom(`${place.tool}/${place.nativeId}`, who) : who);
};

/** Id of the team that is looked at. */
const askForAccount = async (): Promise<string | undefined> => {
  const who = await account.begin();
  return who && teamOf(keepAccount(who))?.id;
};

/** Two ways to the hub, not five: the session is asked for before it is known in which team, and the room's parts beside each other. */
const askForRoom = async (id: string, who: Promise<string | undefined>): Promise<void> => {
  const found = detailsOf(id).catch(() => undefined);
  const team = await who;
  if (team === undefined) return;
  // Another team of the reader's may know it, too.
  const details = await roomDetails.keep(found.then((session) => (isOf(team, session) ? session : detailsOf(id, team))), id, team);
  if (details?.room !== undefined) await firstPage.keep(firstPageOf({ team, sessionId: id, room: details.room }), team, id);
};

const isOf = (team: string, session: Details | undefined): session is Details => typeof session?.team === 'object' && session.team.id === team;
