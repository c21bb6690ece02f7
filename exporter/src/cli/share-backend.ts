import type { Session } from '../session/session.ts';

/** To whom a room is opened. */
export type Audience =
  | { readonly kind: 'team'; readonly hub: string }
  /** Guests of the local network, by invite. */
  | { readonly kind: 'network' }
  /** Browsers of this machine alone. */
  | { readonly kind: 'machine' };

export interface ShareAsk {
  readonly session: Session;
  readonly lan: boolean;
  readonly once: boolean;
  /** Where there is a browser. */
  readonly show: boolean;
  /** Between two reports to the hub of a team. @default the agent's own pace */
  readonly intervalMs?: number;
  /** As it was typed, and as the variable has it. */
  readonly token: string | undefined;
  readonly variable: string | undefined;
}

/** What would be told, and to whom. */
export interface SharePlan {
  readonly to: Audience;
  /** Every field, as it would be sent (agent/wire.ts). */
  readonly session: Readonly<Record<string, unknown>>;
  /** What a hub is told of this machine. */
  readonly machine?: { readonly hostName: string; readonly platform: string; readonly version: string };
  /** A keyed hash of each file it edited lately goes to the hub as well (FEATURES H7). */
  readonly keyedPaths?: boolean;
}

/** A room that is open. */
export interface Sharing {
  readonly to: Audience;
  /** Address of the room, for those who may see it. */
  readonly room: string;
  /** What opens it for its owner; a team's is the room itself. */
  readonly link: string;
  readonly shown: boolean;
  /** Who keeps it up to date. */
  readonly syncedBy: 'agent' | 'exporter' | 'this command';
  /** It was visible to the team before. */
  readonly wasOpen?: boolean;
  readonly invites?: Invites;
  /** Rejects with a sentence when it ends by itself. */
  readonly over: Promise<never>;
  /** Closes it again and stops what was started for it; says what stays. */
  readonly end: () => Promise<string>;
}

/** What guests are given. */
export interface Invites {
  /** One for each address of this machine; any will do. */
  readonly links: readonly string[];
  /** SHA-256 of the certificate they will see. */
  readonly fingerprint: string;
}

/** What happens while a room is open. */
export type ShareNews = { readonly said: string } | { readonly invites: Invites };

/** What `watchroom share` does. */
export interface ShareCare {
  /** Sends nothing. */
  readonly plan: (ask: ShareAsk) => SharePlan;
  readonly begin: (ask: ShareAsk, tell: (news: ShareNews) => void) => Promise<Sharing>;
}
