import type { Generated } from 'kysely';
import type { AccessDatabase } from './access-schema.ts';
import type { GoneDatabase } from './gone-schema.ts';
import type { RoomsDatabase } from './rooms-schema.ts';

// What the hub keeps. Times are epoch ms, yes and no are 1 and 0, structured values are JSON in text: the same on SQLite and PostgreSQL.
// Column names are those of the tables; the domain's types are made of them where they are read.

export interface Database extends RoomsDatabase, GoneDatabase, AccessDatabase {
  meta: { key: string; value: string };
  users: UserTable;
  devices: DeviceTable;
  oidc_links: { issuer: string; subject: string; user_id: string; created_at: number };
  tokens: TokenTable;
  one_time_links: { id: string; hash: string; purpose: 'setup' | 'reset' | 'local'; user_id: string | null; expires_at: number; used_at: number | null };
  invites: InviteTable;
  teams: TeamTable;
  members: MemberTable;
  signing_keys: { kid: string; private_jwk: string; public_jwk: string; created_at: number; retired_at: number | null };
  audit: AuditTable;
  agents: AgentTable;
  commands: CommandTable;
  sessions: SessionTable;
  session_people: { session_id: string; user_id: string; role: RoomRole; given_by: string; created_at: number };
  session_use: SessionUseTable;
  session_samples: SessionSampleTable;
  tombstones: { team_id: string; session_key: string; deleted_at: number; deleted_by: string };
  fleet: FleetTable;
}

export interface UserTable {
  id: string;
  username: string;
  display_name: string;
  email: string | null;
  /** scrypt in PHC form; null: signs in by OIDC only. */
  password: string | null;
  /** Runs the hub: sees every team's metrics, makes teams. */
  operator: 0 | 1;
  preferences: string;
  created_at: number;
  deleted_at: number | null;
}

/** A login: one browser or program in which somebody signed in. */
export interface DeviceTable {
  id: string;
  user_id: string;
  hash: string;
  user_agent: string;
  address: string;
  created_at: number;
  last_seen_at: number;
  expires_at: number;
}

export interface TokenTable {
  id: string;
  kind: 'personal' | 'agent' | 'scrape';
  /** Whoever made it; an agent's sessions are theirs. */
  user_id: string;
  /** null: a personal token, or the operator's scrape token, which sees all teams. */
  team_id: string | null;
  name: string;
  hash: string;
  /** JSON array of scopes. */
  scopes: string;
  created_at: number;
  last_used_at: number | null;
  expires_at: number | null;
  revoked_at: number | null;
}

export interface InviteTable {
  id: string;
  team_id: string;
  /** An invite to one room: makes a guest of it. */
  session_id: string | null;
  role: TeamRole | 'guest-editor' | 'guest-viewer';
  hash: string;
  uses_left: number;
  created_by: string;
  created_at: number;
  expires_at: number;
  revoked_at: number | null;
}

export type TeamRole = 'admin' | 'member' | 'viewer';
export type RoomRole = 'owner' | 'host' | 'editor' | 'viewer';
export type Visibility = 'private' | 'team' | 'public';

export interface TeamTable {
  id: string;
  name: string;
  display_name: string;
  /** JSON, see teams/settings.ts. */
  settings: string;
  /** Key of the file-conflict radar: agents hash repository and path with it. */
  radar_key: string;
  created_at: number;
  updated_at: number;
  deleted_at: number | null;
}

/** A guest is a member of no team but has a row here with the role "guest": it sees the rooms it was invited to. */
export interface MemberTable {
  team_id: string;
  user_id: string;
  role: TeamRole | 'guest';
  joined_at: number;
}

/** Append-only; never any content. */
export interface AuditTable {
  seq: Generated<number>;
  at: number;
  team_id: string | null;
  actor_id: string | null;
  /** As it was called then. */
  actor: string;
  address: string;
  action: string;
  target: string;
  before: string | null;
  after: string | null;
  result: 'done' | 'refused' | 'failed';
}

export interface AgentTable {
  id: string;
  team_id: string;
  user_id: string;
  token_id: string;
  /** The agent's own id: of its state folder. */
  instance: string;
  host_name: string;
  platform: string;
  version: string;
  ledger_id: string;
  url: string | null;
  created_at: number;
  last_report_at: number;
  /** When the next report is due; three times that, at least 90 s, of silence and it is gone. */
  next_due_at: number;
  /** It said goodbye. */
  left_at: number | null;
  /** Hub's clock minus the agent's, ms. */
  skew_ms: number;
}

export interface CommandTable {
  id: string;
  agent_id: string;
  session_id: string;
  kind: 'stop' | 'export';
  asked_by: string;
  created_at: number;
  expires_at: number;
  delivered_at: number | null;
  outcome: 'done' | 'refused' | 'failed' | 'expired' | null;
  detail: string | null;
  ended_at: number | null;
}

export interface SessionTable {
  id: string;
  team_id: string;
  owner_id: string;
  /** The agent whose report is the freshest live one. null: only a webhook told of it. */
  agent_id: string | null;
  /** "<tool>/<native id>", unique within the team. */
  session_key: string;
  tool: string;
  native_id: string;
  host_name: string;
  visibility: Visibility;
  state: 'working' | 'waiting' | 'idle' | 'ended';
  project: string | null;
  branch: string | null;
  title: string | null;
  model: string | null;
  /** Given by people. */
  tags: string;
  project_name: string | null;
  description: string | null;
  tokens: number;
  micro_usd: number;
  errors: number;
  last_error: 0 | 1;
  health: number | null;
  health_level: string | null;
  started_at: number | null;
  last_activity_at: number;
  ended_at: number | null;
  /** The session as its agent last told it (WireSession), JSON. */
  told: string;
  /** Hash of the public link; null: none. */
  link_hash: string | null;
  created_at: number;
  updated_at: number;
}

/** The greatest value reported of each (session, model, kind, hour); what of it moved the fleet counters. */
export interface SessionUseTable {
  session_id: string;
  model: string;
  kind: string;
  hour: number;
  value: number;
  counted: number;
}

export interface SessionSampleTable {
  session_id: string;
  /** Width in ms: a minute, an hour, a day. */
  width: number;
  /** Start of it. */
  at: number;
  /** Growth within it, as the fleet counters were moved; context, health and state as they last were. All growth is in one row, whatever its width. */
  tokens: number;
  micro_usd: number;
  errors: number;
  turns: number;
  context_ratio: number | null;
  health: number | null;
  state: string;
}

/** The hub's own counters over all agents: never lower. */
export interface FleetTable {
  team_id: string;
  user_id: string;
  host_name: string;
  metric: string;
  /** JSON of the labels in the catalogue's order. */
  labels: string;
  value: number;
  born_at: number;
}
