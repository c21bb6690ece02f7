/** How this hub is run. */
export interface HubSettings {
  readonly version: string;
  /** The address people use, without a slash at the end: https://watchroom.example */
  readonly publicUrl: string;
  /** Host names it goes by, besides that of publicUrl and loopback. */
  readonly allowedHosts: readonly string[];
  /** Express's "trust proxy": how many proxies stand before it. */
  readonly trustProxy: number;
  /** Where the store, its backups and the keys are. */
  readonly dataFolder: string;
  /** Loopback only, one user, links instead of passwords (ROOMS.md 6). */
  readonly local: boolean;
  /** In local mode: hosts with port by which guests of the local network come in now (lan/). @default none */
  readonly guestHosts?: () => readonly string[];
  /** Single sign-on. */
  readonly oidc?: { readonly issuer: string; readonly clientId: string; readonly clientSecret?: string; readonly name: string };
  /** Signing keys from the environment instead of the store: a private JWK (ES256). */
  readonly signingKey?: string;
  /** The Alertmanager whose alerts people acknowledge here; pollMs and settleMs are for tests. */
  readonly alertmanager?: { readonly url: string; readonly pollMs?: number; readonly settleMs?: number };
  /** Where this team's Grafana is, without a slash at the end: rooms link to their session's dashboard. */
  readonly grafanaUrl?: string;
  /** Multiplies every limit of calls a minute: for benches and tests that call from one address. @default 1 */
  readonly limitFactor?: number;
  /** Most series of one user's sessions in /metrics, and of all. */
  readonly seriesPerUser: number;
  readonly seriesPerHub: number;
}
