import type { Advice } from '../advice/advice.ts';
import type { ListenAddress } from '../config/kinds.ts';
import type { Loaded } from '../config/load.ts';
import type { Prices } from '../cost/prices.ts';
import type { Carried } from '../exchange/document.ts';
import type { Words, WordsChange } from '../ledger/words.ts';
import type { Search } from '../search/search.ts';
import type { Conversation } from '../readers/conversation/conversation.ts';
import type { BookedCall } from '../session/booked.ts';
import type { NowAsk, NowPage } from '../session/now.ts';
import type { EpochMs, Part } from '../session/part.ts';
import type { Session, SessionState } from '../session/session.ts';
import type { LedgerStatus } from '../session/snapshot.ts';
import type { Tool } from '../session/tool.ts';
import type { BudgetOutlook } from '../sweep/budget-forecast.ts';
import type { ShareCare } from './share-backend.ts';
import type { WrapCare } from './wrap-backend.ts';

/** What the commands ask of the rest of the program. main.ts gives the real one; nothing in cli/ reads a transcript or a ledger. */
export interface Backend {
  /** Live and recent sessions, or all that were ever seen; the most recently active first. */
  readonly sessions: (ask: { readonly all: boolean }) => Promise<readonly Session[]>;
  /** @param id the full id of a session that `sessions` named */
  readonly explain: (id: string) => Promise<Explanation>;
  readonly doctor: () => Promise<Diagnosis>;
  readonly info: () => Promise<Info>;
  /** The text of one scrape of this machine. */
  readonly once: () => Promise<string>;
  readonly ledger: LedgerCare;
  /** What was used before the live series began, for Prometheus. */
  readonly past: (ask: PastAsk) => Promise<Past>;
  /** Every budget of the configuration, with what was used and what may be expected. */
  readonly budgets: () => Promise<readonly BudgetOutlook[]>;
  /** What was said in a session that `sessions` named, read again from its transcripts. */
  readonly conversation: (session: Session) => Promise<Conversation>;
  readonly imports: ImportCare;
  /** What to do now, the most urgent first. */
  readonly recommend: () => Promise<readonly Advice[]>;
  /** Keeps what people say of a session, durably; returns all that is said of it now. */
  readonly say: (change: WordsChange) => Promise<Words>;
  /** Follows the present of this machine; nothing is opened before its first page. */
  readonly follow: () => Following;
  /** Runs until it is told to stop. */
  readonly runExporter: () => Promise<void>;
  /** The same, reporting to a hub; the token as it was typed, and as the variable has it. */
  readonly runAgent: (given: { readonly token: string | undefined; readonly variable: string | undefined }) => Promise<void>;
  /** A sample team instead of this machine; runs until it is told to stop. */
  readonly runDemo: () => Promise<void>;
  readonly hub: HubCare;
  readonly share: () => Promise<ShareCare>;
  /** Full-text search and notes; nothing is opened before it is asked for, and whoever asks closes it. */
  readonly search: () => Promise<Search>;
  readonly wrap: WrapCare;
  /** Answers assistants until it is told to stop. */
  readonly serveMcp: (ask: McpAsk) => Promise<void>;
  /** Gives back what was opened (threads, the ledger, a throw-away folder). */
  readonly close?: () => Promise<void>;
}

/** Everything a command line decided: what Backend is made for. */
export interface World extends Loaded {
  /** Where the ledger lives; 'throw-away' when another home or process table is looked at and no --state given. */
  /** The same command line with the configuration file as it is now. Throws a ConfigError. */
  readonly reload: () => World;
  readonly state: { readonly kind: 'folder'; readonly path: string } | { readonly kind: 'throw-away' };
}

/** The ground under the numbers of a session. */
export interface Explanation {
  readonly session: Session;
  /** Every call of it and of its sub-agents as it was booked. */
  readonly calls: readonly BookedCall[];
  /** What each source says, for the numbers that are no calls: lines, errors, turns … */
  readonly parts: readonly { readonly source: string; readonly part: Part }[];
  /** The price table with the configuration's own prices. */
  readonly prices: Prices;
}

/** The present of this machine, again and again. */
export interface Following {
  readonly page: (ask: NowAsk) => Promise<NowPage>;
  /** Where the last page came from. */
  readonly from: () => FollowedFrom | undefined;
  readonly close: () => Promise<void>;
}

export type FollowedFrom = { readonly kind: 'exporter'; readonly address: string } | { readonly kind: 'own look' } | { readonly kind: 'ledger' };

/** What `doctor` found. */
export interface Diagnosis {
  readonly tools: readonly ToolDiagnosis[];
  /** The process table. */
  readonly processes: { readonly seen: number; readonly problem?: string };
  readonly ledger: LedgerStatus;
}

export interface ToolDiagnosis {
  readonly tool: Tool;
  readonly enabled: boolean;
  readonly roots: readonly RootDiagnosis[];
  /** Transcripts and databases found below the roots. */
  readonly files: number;
  readonly sessions: number;
  readonly unreadable: readonly { readonly path: string; readonly reason: string }[];
  readonly parseErrors: Readonly<Record<string, number>>;
  readonly unknownRecords: number;
  /** Processes that look like this tool. */
  readonly processes: number;
  /** Billed tokens; undefined: the tool reports none. */
  readonly tokens?: number;
  readonly unpricedTokens?: number;
  /** The tool is known by its processes alone (Aider, Windsurf). */
  readonly processOnly?: boolean;
}

export interface RootDiagnosis {
  readonly path: string;
  readonly exists: boolean;
  readonly files: number;
  /** Why it could not be listed. */
  readonly problem?: string;
}

export interface Info {
  readonly version: string;
  readonly revision?: string;
  readonly node: string;
  readonly platform: string;
  readonly home: string;
  readonly ledger: LedgerStatus;
  readonly sessions: Readonly<Record<SessionState, number>>;
  readonly files: number;
  /** The exporter that owns the ledger now. */
  readonly exporter?: { readonly pid: number; readonly url?: string; readonly since?: EpochMs };
}

/** Sessions of other machines: shown, never counted. */
export interface ImportCare {
  /** All of them or none; one of the same id is replaced. */
  readonly add: (sessions: readonly Carried[]) => Promise<void>;
  /** false: it was never imported. */
  readonly remove: (id: string) => Promise<boolean>;
}

export interface LedgerCare {
  /** Problems, none when it is sound. */
  readonly verify: () => Promise<readonly string[]>;
  /** Size in bytes before and after. */
  readonly compact: () => Promise<{ readonly before: number; readonly after: number }>;
  /** Size in bytes of the copy. */
  readonly backup: (file: string) => Promise<{ readonly bytes: number }>;
  /** Puts the old one aside and begins a new one. */
  readonly reset: () => Promise<{ readonly oldId?: string; readonly keptAt?: string; readonly newId: string }>;
}

/** The hub of a team, and the one that an exporter runs beside itself. */
export interface HubCare {
  /** Runs until it is told to stop. */
  readonly serve: () => Promise<void>;
  /** A one-time link with which the person sets a password. */
  readonly createAdmin: (ask: { readonly username: string; readonly team: string }) => Promise<{ readonly link: string }>;
  readonly resetPassword: (ask: { readonly username: string }) => Promise<{ readonly link: string }>;
  readonly backup: (file: string) => Promise<{ readonly bytes: number }>;
  readonly restore: (file: string) => Promise<{ readonly keptAt?: string }>;
  /** A new link to the hub that the exporter of this machine runs beside itself; `show` opens it where there is a browser. */
  readonly open: (ask: { readonly show: boolean }) => Promise<{ readonly link: string; readonly shown: boolean }>;
}

/** How assistants ask. */
export interface McpAsk {
  /** Over HTTP; else over stdin and stdout. */
  readonly http: boolean;
  readonly listenOn: ListenAddress;
  /** What whoever asks over HTTP must know. */
  readonly tokenFile?: string;
  /** A personal token of the hub, and the one of the variable. */
  readonly hubTokenFile?: string;
  readonly token: string | undefined;
}

export interface PastAsk {
  /** Base URL of the Prometheus that scrapes this exporter; undefined: it is not asked, and `job` and `instance` are given. */
  readonly prometheus?: string;
  readonly job?: string;
  readonly instance?: string;
  readonly since?: EpochMs;
}

export interface Past {
  /** The labels of the live target. */
  readonly target: Readonly<Record<string, string>>;
  /** Its first use; undefined: there is none. */
  readonly from: EpochMs | undefined;
  readonly to: EpochMs;
  /** What begins there: the live series in Prometheus, or the ledger. */
  readonly joins: 'live' | 'ledger';
  readonly tokens: number;
  readonly usd: number;
  /** OpenMetrics with timestamps, in small pieces. */
  readonly text: () => Iterable<string>;
}
