import type { Logger } from 'pino';

/** What the package @watchroom/collab offers the command line: collab stands on the exporter, so the exporter only knows this much of it. */
export interface HubModule {
  /** Opens the store and listens; rejects with a sentence when it cannot. */
  readonly startHub: (options: HubOptions) => Promise<RunningHub>;
  /** Makes the first admin, or another one, without the set-up token. Returns a one-time link with which the person sets a password. */
  readonly createAdmin: (options: HubStore & { readonly username: string; readonly team: string }) => Promise<{ readonly link: string }>;
  /** A one-time link with which somebody sets a new password. */
  readonly resetPassword: (options: HubStore & { readonly username: string }) => Promise<{ readonly link: string }>;
  /** A copy of the store, made while the hub runs. Size in bytes. */
  readonly backup: (options: HubStore & { readonly file: string }) => Promise<{ readonly bytes: number }>;
  /** In local mode: a new link that signs a browser in, good for 60 seconds and one use. Works beside the running hub. */
  readonly localLink: (options: HubStore) => Promise<{ readonly link: string }>;
  /** A hub with a sample team in it, in a temporary folder. @param options program: what runs the command line, for the agents of the sample team */
  readonly startDemo: (options: Omit<HubOptions, 'dataFolder' | 'local'> & { readonly program: readonly string[] }) => Promise<RunningHub>;
  /** Puts a copy in the place of the store of a hub that does not run; the old one is kept beside it. */
  readonly restore: (options: HubStore & { readonly file: string }) => Promise<{ readonly keptAt?: string }>;
}

/** Where a hub keeps everything. */
export interface HubStore {
  readonly dataFolder: string;
  readonly publicUrl: string;
  readonly now: () => number;
}

export interface HubOptions extends HubStore {
  readonly version: string;
  readonly listen: { readonly host?: string; readonly port: number };
  /** How many further ports are tried when that one is taken. @default 0 */
  readonly nextPorts?: number;
  readonly log: Logger;
  readonly allowedHosts?: readonly string[];
  readonly trustProxy?: number;
  /** Loopback only, one user, a link instead of a password. */
  readonly local?: { readonly userName: string };
  readonly oidc?: { readonly issuer: string; readonly clientId: string; readonly clientSecret?: string; readonly name: string };
  readonly signingKey?: string;
  readonly seriesPerUser?: number;
  readonly seriesPerHub?: number;
  /** What a hub without accounts begins with, and tokens it takes as its own: for stacks that are set up before their hub runs. */
  readonly provision?: { readonly adminPassword?: string; readonly team: string; readonly scrapeToken?: string; readonly agentToken?: string; readonly alertToken?: string };
  /** Where acknowledged alerts are silenced. */
  readonly alertmanagerUrl?: string;
  /** Where people look at dashboards: rooms link to it. */
  readonly grafanaUrl?: string;
}

/** In local mode: people of the local network in rooms of this machine. */
export interface Guests {
  /** Opens the way into a room, or keeps it open for another while; it closes by itself when nobody asks again. Rejects with a sentence. */
  readonly letIn: (ask: LetIn) => Promise<Visit>;
  /** The room is this machine's alone again; names of those who were in it. */
  readonly showOut: (session: string) => Promise<readonly string[]>;
}

export interface LetIn {
  readonly session: string;
  /** IP addresses of this machine in local networks. */
  readonly addresses: readonly string[];
  readonly port: number;
  readonly leaseMs: number;
}

export interface Visit {
  /** "10.0.0.5:8878", in the order of the addresses. */
  readonly hosts: readonly string[];
  /** Secret of the invite to the room. */
  readonly invite: string;
  /** SHA-256 of the certificate. */
  readonly fingerprint: string;
  /** Names of guests in the room. */
  readonly guests: readonly string[];
}

export interface RunningHub {
  readonly url: string;
  readonly port: number;
  /** Until the first admin is made: what makes it. Printed once. */
  readonly setupToken?: string;
  /** In local mode: the token of this machine's own agent. */
  readonly agentToken?: string;
  /** In local mode: a new link that signs the browser in, good for 60 seconds and one use. @param to the path of the page where it leads */
  readonly openLink?: (to?: string) => Promise<string>;
  /** In local mode: whether it was told of a session. */
  readonly knows?: (session: string) => Promise<boolean>;
  readonly guests?: Guests;
  readonly close: () => Promise<void>;
}
