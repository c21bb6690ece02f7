import type { Room } from '../room.ts';

export interface ChannelName {
  readonly name: string;
  readonly displayName: string;
  /** P: a private session's room. */
  readonly type: 'O' | 'P';
}

/** What a room is called where Mattermost has a channel: by its session, or "team" for the team's own. */
export const channelName = ({ found, team }: Room): ChannelName => {
  if (found === undefined) return { name: 'team', displayName: team.displayName, type: 'O' };
  const { session } = found;
  const displayName = session.title ?? session.project_name ?? session.project ?? session.native_id.slice(0, 8);
  return { name: session.session_key, displayName, type: session.visibility === 'private' ? 'P' : 'O' };
};
