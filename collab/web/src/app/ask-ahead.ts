import { roomAhead } from '../api/room.ts';
import { firstPageAhead } from '../chat/first-page.ts';
import { askWho, who } from './account.ts';
import { placeOf } from './place.ts';

/** Longer than this nobody waits for answers: the page is drawn with what there is. */
const mostMs = 300;
let asked: Promise<unknown> = Promise.resolve();

/** Asks who is there and what the room of this address says, while the code that draws it is on its way. */
export const askAhead = (path: string): void => {
  const place = placeOf(path);
  if (place.page === 'door') return;
  const room = place.page === 'room' ? whenSomebody((team) => askForRoom(`${place.tool}/${place.nativeId}`, team)) : undefined;
  asked = Promise.all([askWho(), room]);
};

/** Until the answers are there that the first frame can be drawn from: one frame is there sooner than three. */
export const answered = (): Promise<unknown> => Promise.race([asked, new Promise((resolve) => { setTimeout(resolve, mostMs); })]);

/** Told before anything is drawn of it, so that whoever draws finds the answers on their way. */
const whenSomebody = (act: (team: string) => Promise<unknown>): Promise<unknown> => new Promise((resolve) => {
  const stop = who.subscribe(() => {
    const now = who.get();
    stop();
    resolve(now.state === 'somebody' && now.team !== undefined ? act(now.team.id) : undefined);
  });
});

const askForRoom = (id: string, team: string): Promise<unknown> => Promise.all([roomAhead.begin(id, team), firstPageAhead.begin(team, id)]);
