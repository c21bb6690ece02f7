import { z } from 'zod';

/**
 * Everything that travels by socket.io between the hub and whoever watches: names and payloads, for both sides. The client asks (`noun:verb`, answered with
 * `{data}` or `{error}`), the hub tells (past tense). Mutations go by REST. Transport: websocket only, path /socket.io, `auth: {token}` with a JWT of
 * POST /api/v1/auth/token, a login or a personal access token.
 */

export const channels = ['sessions', 'team', 'notifications'] as const;
export type Channel = (typeof channels)[number];

const name = z.string().min(1).max(200);
/** A team's id or name. */
const team = name;
/** "<tool>/<native id>". */
const sessionKey = z.string().min(3).max(320);

/** Every filter that is given must fit. */
export const sessionFilters = z.strictObject({
  /** Name or id of the owner. */
  user: name.exactOptional(),
  tool: name.exactOptional(),
  project: name.exactOptional(),
  tag: name.exactOptional(),
  /** "live" is every state but ended. */
  status: z.enum(['live', 'working', 'waiting', 'idle', 'ended']).exactOptional(),
});
export type SessionFilters = z.infer<typeof sessionFilters>;

/** What a client may ask. A payload that does not fit its schema changes nothing and is answered with {error}. */
export const asks = {
  /** Begins to tell of a channel, or goes on with other filters. */
  subscribe: z.strictObject({ channel: z.enum(channels), team, filters: sessionFilters.exactOptional() }),
  unsubscribe: z.strictObject({ channel: z.enum(channels), team }),
  /** A newer token of the same person, before the present one has been expired for a minute. */
  'auth:renew': z.strictObject({ token: z.string().min(1).max(4096) }),
  /** Somebody looks at this session: its agent reports every second, and its updates come whatever the filters are. */
  'session:watch': z.strictObject({ session: sessionKey, team: team.exactOptional() }),
  'session:unwatch': z.strictObject({ session: sessionKey, team: team.exactOptional() }),
} as const;
export type AskName = keyof typeof asks;
export type Asked<Name extends AskName> = z.infer<(typeof asks)[Name]>;

const time = z.number();

/** A session in a list. */
export const toldSession = z.object({
  id: sessionKey,
  /** The team's id. */
  team: z.string(),
  user: z.string(),
  host: z.string(),
  tool: z.string(),
  visibility: z.enum(['private', 'team', 'public']),
  state: z.enum(['working', 'waiting', 'idle', 'ended']),
  project: z.string().exactOptional(),
  branch: z.string().exactOptional(),
  title: z.string().exactOptional(),
  model: z.string().exactOptional(),
  tags: z.array(z.string()),
  tokens: z.number(),
  /** Dollars, 10^-6. */
  microUsd: z.number(),
  errors: z.number(),
  lastWasError: z.boolean(),
  /** 0 to 100. */
  health: z.number().exactOptional(),
  healthLevel: z.string().exactOptional(),
  startedAt: time.exactOptional(),
  lastActivityAt: time,
  endedAt: time.exactOptional(),
});
export type ToldSession = z.infer<typeof toldSession>;

/** What the hub tells. */
export const tells = {
  'session:created': z.object({ session: toldSession }),
  /** At most once a second and session; the last one counts. */
  'session:updated': z.object({ session: toldSession }),
  'session:ended': z.object({ session: toldSession }),
  /** It was deleted, or does not fit the filters any more. */
  'session:removed': z.object({ id: sessionKey, team: z.string() }),
  /** A list of this team may hold what its reader may no longer see: ask for it again. */
  'sessions:outdated': z.object({ team: z.string() }),
  'health:alerted': z.object({ session: toldSession, from: z.string().exactOptional(), to: z.string() }),
  'tokens:warned': z.object({ session: toldSession, reason: z.string(), ratio: z.number(), threshold: z.number() }),
  'member:joined': z.object({ team: z.string(), user: z.string(), role: z.string() }),
  /** With a team: its channels ended. Without: the connection ends. */
  'access:lost': z.object({ team: z.string().exactOptional(), reason: z.enum(['signed out', 'no longer a member', 'expired']) }),
} as const;
export type TellName = keyof typeof tells;
export type Told<Name extends TellName> = z.infer<(typeof tells)[Name]>;

/** Why an ask was refused. */
export const askErrors = ['invalid_input', 'unknown_event', 'not_found', 'forbidden', 'too_many', 'not_signed_in', 'unavailable'] as const;
export interface AskError {
  readonly id: (typeof askErrors)[number];
  /** A sentence. */
  readonly message: string;
}
export type Ack<Data = unknown> = { readonly data: Data } | { readonly error: AskError };

/** Types for socket.io on both sides. */
export type ClientAsks = { [Name in AskName]: (payload: Asked<Name>, ack: (answer: Ack) => void) => void };
export type HubTells = { [Name in TellName]: (payload: Told<Name>) => void };
