import type { Answer, Client } from '../support/hub.ts';

/** Posts into a room, as a Mattermost client does. */
export const postTo = (who: Client, channel: string, message: string, more: Readonly<Record<string, unknown>> = {}): Promise<Answer> => who.ask('POST', '/api/v4/posts', { channel_id: channel, message, ...more });

/** The same, and it must be taken. */
export const posted = async (who: Client, channel: string, message: string, more: Readonly<Record<string, unknown>> = {}) => {
  const { status, body, text } = await postTo(who, channel, message, more);
  if (status !== 201) throw new Error(`the post was answered ${status}: ${text}`);
  return body;
};

/** The messages of a room, newest first. */
export const messagesIn = async (who: Client, channel: string): Promise<readonly string[]> => {
  const { body } = await who.ask('GET', `/api/v4/channels/${channel}/posts?per_page=200`);
  return body.order.map((id: string) => body.posts[id].message);
};
