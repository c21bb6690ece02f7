import type { Account } from '../api/auth.ts';

/** What somebody wants to be told of on the desktop, on all of their browsers. */
export const tellings = ['all', 'mentions', 'none'] as const;
export type Telling = (typeof tellings)[number];

export const tellingOf = ({ preferences }: Pick<Account, 'preferences'>): Telling => {
  const { notifications } = preferences as { readonly notifications?: { readonly desktop?: unknown } };
  return tellings.find((one) => one === notifications?.desktop) ?? 'mentions';
};

/** All preferences of somebody with this one changed; the hub keeps them as a whole. */
export const withTelling = ({ preferences }: Pick<Account, 'preferences'>, desktop: Telling): Account['preferences'] => ({ ...preferences, notifications: { desktop } });

/** How somebody follows a room, as Mattermost's notify_props say it. */
export interface RoomProps {
  readonly desktop?: string;
  readonly mark_unread?: string;
}

export const followings = ['all', 'default', 'muted'] as const;
export type Following = (typeof followings)[number];

export const followingOf = ({ desktop, mark_unread }: RoomProps): Following => (mark_unread === 'mention' || desktop === 'none' ? 'muted' : desktop === 'all' ? 'all' : 'default');

export const propsOf = (following: Following): Required<RoomProps> => ({ desktop: following === 'muted' ? 'none' : following, mark_unread: following === 'muted' ? 'mention' : 'all' });

/** Whether a message is worth a notification: what the person said of all rooms, then of this one. @param room undefined: not a room they follow */
export const isWorthTelling = ({ telling, room, mentioned }: { readonly telling: Telling; readonly room: RoomProps | undefined; readonly mentioned: boolean }): boolean => {
  if (telling === 'none') return false;
  const following = room === undefined ? undefined : followingOf(room);
  if (following === 'muted') return false;
  return mentioned || following === 'all' || (telling === 'all' && following === 'default');
};
