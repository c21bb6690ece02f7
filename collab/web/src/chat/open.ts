import type { Account, Team } from '../api/auth.ts';
import { asProblem } from '../api/problem.ts';
import { contentPainted } from '../app/content.ts';
import { chat } from './chat-state.ts';
import { firstPage, perPage } from './first-page.ts';
import { agentAt, present } from './presence.ts';
import type * as RoomChat from './room-chat.ts';
import { view, withFirst } from './view.ts';

type Following = typeof RoomChat;

/** What keeps the chat and acts in it, once the room that is open is in its care. */
let following: Promise<Following> | undefined;

/** Opens a room's chat and follows it until the returned function is called. Its newest messages are drawn first; mattermost-redux, which keeps them, is loaded behind them. */
export const openChat = ({ sessionId, account, team }: { readonly sessionId: string; readonly account: Account; readonly team: Team }): (() => void) => {
  let ended = false;
  let stop = (): void => undefined;
  chat.set(() => ({ state: 'opening' }));
  const begin = async (): Promise<void> => {
    const first = await firstPage.ask(team.id, sessionId);
    if (ended) return;
    view.set((now) => withFirst(now, first, account.id));
    const kept = keep();
    following = kept.then((loaded) => { loaded.take(first, account); return loaded; });
    following.catch(() => undefined);
    chat.set(() => ({ state: 'open', channelId: first.channel.id, hasOlder: first.page.order.length >= perPage }));
    const stopped = await (await following).follow({ channelId: first.channel.id, account, team });
    if (ended) stopped();
    else stop = stopped;
  };
  begin().catch((error: unknown) => { if (!ended) chat.set(() => ({ state: 'failed', problem: asProblem(error) })); });
  return () => {
    ended = true;
    stop();
    following = undefined;
    chat.set(() => ({ state: 'none' }));
    present.set(() => []);
    agentAt.set(() => undefined);
  };
};

const keep = async (): Promise<Following> => {
  await contentPainted();
  return import('./room-chat.ts');
};

/** Does something with the chat as soon as it can. */
export const inChat = async <Done>(act: (chat: Following) => Done | Promise<Done>): Promise<Done> => {
  if (following === undefined) throw new Error('No chat is open.');
  return act(await following);
};
