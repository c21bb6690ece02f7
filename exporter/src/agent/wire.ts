import { z } from 'zod';
import { healthFactors, healthLevels } from '../session/health-type.ts';
import { errorKinds } from '../session/part.ts';
import { sessionStates } from '../session/session.ts';
import type { Session } from '../session/session.ts';
import { tools } from '../session/tool.ts';
import { tokenTypes } from '../session/usage.ts';

/**
 * Everything that travels between an agent and a hub (DESIGN.md section 8). Times are milliseconds since 1970 UTC by the clock of whoever wrote them;
 * the hub learns the agent's skew from `sentAt`. What is unknown is absent. Keys that a schema does not name are dropped, so that a newer side can speak to an older one.
 *
 * POST /api/v1/agents/report            Bearer agent token, gzip JSON `report` → `reportAnswer`
 * GET  /api/v1/agents/downlink          `downlinkQuery` → `downlink`, at once or after at most `wait` seconds
 * POST /api/v1/agents/commands/:id      `commandResult` → 204
 * PUT  /api/v1/agents/sessions/:tool/:nativeId/visibility   `visibilityWish` → `visibilityAnswer`
 * Anything but 2xx has the body `hubError`.
 */
export const wireVersion = 1;
export const agentPaths = {
  report: '/api/v1/agents/report', downlink: '/api/v1/agents/downlink', command: (id: string): string => `/api/v1/agents/commands/${encodeURIComponent(id)}`,
  visibility: (tool: string, nativeId: string): string => `/api/v1/agents/sessions/${encodeURIComponent(tool)}/${encodeURIComponent(nativeId)}/visibility`,
} as const;

/** Bounds of one report; an agent with more to say sends several. */
export const reportLimits = { bytes: 4 * 2 ** 20, sessions: 1000, present: 10_000, use: 20_000, past: 1000 } as const;

const text = (most: number) => z.string().max(most);
/** A name that is printed: no control characters. */
const word = (most: number) => z.string().min(1).max(most).regex(/^[^\x00-\x1f\x7f]+$/, 'control characters');
const time = z.number().min(0).max(8.64e15);
const count = z.int().min(0);
const amount = z.number().min(0);
const ratio = z.number().min(0).max(1);
const counts = (most: number) => z.record(text(200), count).refine((map) => Object.keys(map).length <= most, `more than ${most} entries`);

const sessionIdPattern = new RegExp(`^(?:${tools.join('|')})/[^\\x00-\\x1f\\x7f]{1,300}$`);
/** "<tool>/<the tool's own id>", the same on every machine. */
export const wireSessionId = z.string().max(320).regex(sessionIdPattern, 'a session id is <tool>/<native id>');

const usage = z.object({
  input: count.exactOptional(), output: count.exactOptional(), cache_read: count.exactOptional(), cache_creation_5m: count.exactOptional(), cache_creation_1h: count.exactOptional(),
  /** A part of output. */
  reasoning: count.exactOptional(),
});

const modelUse = z.object({
  usage,
  requests: count,
  microUsd: count.exactOptional(),
  unpricedTokens: count,
  outputLowerBound: z.boolean().exactOptional(),
});

const fileWork = z.object({ reads: count, edits: count, created: z.boolean(), linesAdded: count, linesRemoved: count, lastAt: time, editedAt: time.exactOptional() });

const health = z.object({
  /** 0–100; absent: not enough is known, or the session has ended. */
  score: z.number().min(0).max(100).exactOptional(),
  level: z.enum(healthLevels).exactOptional(),
  factors: z.partialRecord(z.enum(healthFactors), ratio),
  missing: z.array(z.enum(healthFactors)).max(healthFactors.length),
});

/** A file that a live session edited in the last two hours. */
const edit = z.object({
  /** HMAC-SHA256 in base64url, under the hub's `radarKey`, of `<repository>\0<path inside it>`: equal on all machines of the team for the same file of the same repository. */
  key: z.string().regex(/^[A-Za-z0-9_-]{43}$/),
  /** As the agent's path mode tells it. */
  path: text(1024),
  at: time,
});

/**
 * A session as the agent's exporter knows it (session/session.ts), without what concerns only its machine (`sources`, `durations`).
 * Paths follow the path mode of the agent's configuration; there is a title only if its owner set agent.share_titles.
 * `sessionOfWire` makes a `Session` of it again.
 */
export const wireSession = z.object({
  id: wireSessionId,
  tool: z.enum(tools),
  nativeId: word(300),
  project: text(200).exactOptional(),
  cwd: text(1024).exactOptional(),
  gitBranch: text(300).exactOptional(),
  title: text(300).exactOptional(),
  toolVersion: text(100).exactOptional(),
  model: text(200).exactOptional(),
  parentId: text(300).exactOptional(),
  startedAt: time.exactOptional(),
  lastActivityAt: time.exactOptional(),
  activeMs: amount.exactOptional(),
  /** By model, '' or 'unknown' for one that the records do not name. */
  models: z.record(text(200), modelUse).refine((map) => Object.keys(map).length <= 100, 'more than 100 models'),
  context: z.object({ used: count, limit: count.exactOptional(), compactAt: count.exactOptional(), at: time.exactOptional(), peak: count.exactOptional() }).exactOptional(),
  messages: z.partialRecord(z.enum(['user', 'assistant', 'system']), count),
  turns: count.exactOptional(),
  /** In the order of first use: the first names get a label of their own in metrics. */
  toolCalls: counts(2000),
  toolErrors: counts(2000),
  errors: z.partialRecord(z.enum(errorKinds), count),
  errorTimes: z.array(time).max(100),
  compactions: count.exactOptional(),
  subagents: count.exactOptional(),
  linesAdded: count.exactOptional(),
  linesRemoved: count.exactOptional(),
  files: z.record(text(1024), fileWork).refine((map) => Object.keys(map).length <= 500, 'more than 500 files'),
  filesEdited: count.exactOptional(),
  commits: count.exactOptional(),
  rateLimits: z.array(z.object({ window: text(20), usedRatio: amount, resetsAt: time.exactOptional(), reportedAt: time })).max(20).exactOptional(),
  present: z.object({
    turnOpen: z.boolean(),
    turnSince: time.exactOptional(),
    pendingTools: z.array(z.object({ id: text(200), name: text(200), since: time })).max(50),
    waitingFor: text(200).exactOptional(),
    lastWasError: z.boolean().exactOptional(),
    endedAt: time.exactOptional(),
  }),
  rot: z.object({ repeatedFailures: count.exactOptional(), editChurn: ratio.exactOptional(), cacheHitRatio: ratio.exactOptional(), cacheCollapsed: z.boolean().exactOptional() }),
  estimatedTokens: z.object({ input: count.exactOptional(), output: count.exactOptional() }).exactOptional(),
  tags: z.array(text(100)).max(50).exactOptional(),
  projectName: text(200).exactOptional(),
  description: text(2000).exactOptional(),
  state: z.enum(sessionStates),
  alive: z.boolean().exactOptional(),
  endedAt: time.exactOptional(),
  processes: z.array(z.object({ pid: z.int().min(0), startedAt: time.exactOptional(), cpuSeconds: amount.exactOptional(), residentBytes: amount.exactOptional() })).max(100),
  fileConflicts: z.array(text(1024)).max(500).exactOptional(),

  /** false: it is known by its process alone, so it says nothing of errors, tokens and files. */
  hasTranscript: z.boolean(),
  /** As the exporter computed it at `sentAt`, with its own weights and curves. */
  health,
  /** For the file-conflict radar over all agents; empty for an ended session, and where the path mode hides what a key is made of. */
  edits: z.array(edit).max(200),
}).refine(({ id, tool, nativeId }) => id === `${tool}/${nativeId}`, 'id is not <tool>/<nativeId>');
export type WireSession = z.infer<typeof wireSession>;

/** The session again, as health, metrics and lists want it. */
export const sessionOfWire = ({ hasTranscript, health: _health, edits: _edits, ...session }: WireSession): Session => ({ ...session, sources: hasTranscript ? ['agent'] : [] });

/**
 * What a row of use counts. With an hour of their own, by model: tokens of each kind, `requests`, `micro_usd` (integer micro-dollars booked),
 * `unpriced:<kind>` (those of the tokens whose model has no price). Without, model '': `turns`, `error:<kind>`, `lines:added`, `lines:removed`,
 * `tool:<label>` (named and capped as the metrics do: MCP tools by server, the rest "other") and `started`, always 1.
 */
export const useKinds = [
  ...tokenTypes, 'requests', 'micro_usd', ...tokenTypes.map((type) => `unpriced:${type}` as const),
  'turns', 'lines:added', 'lines:removed', 'started', ...errorKinds.map((kind) => `error:${kind}` as const),
] as const;
export type UseKind = (typeof useKinds)[number] | `tool:${string}`;

const knownKinds = new Set<string>(useKinds);
const useKind = z.custom<UseKind>((kind) => typeof kind === 'string' && (knownKinds.has(kind) || (kind.startsWith('tool:') && kind.length > 5 && kind.length <= 205)), 'an unknown kind of use')
  .meta({ type: 'string', pattern: `^(${useKinds.join('|')}|tool:.{1,200})$` });

const datedKinds = new Set<string>([...tokenTypes, 'requests', 'micro_usd', ...tokenTypes.map((type) => `unpriced:${type}`)]);
/** Whether the hour of a row is that of the use itself. Else it is the hour of the session's start (0: unknown), tells only how old the count is, and must not be part of its key. */
export const isDated = (kind: UseKind): boolean => datedKinds.has(kind);

export const hourMs = 3_600_000;
const hour = z.int().min(0).max(2_400_000_000);

/**
 * `[session, model, kind, hour, value]`: the whole use so far of that session, of that kind, by that model, in that hour (hours since 1970 UTC). Values are absolute;
 * a hub keeps the greatest of each key (session, model, kind, and hour when `isDated`) and books what it grew by. A sub-agent's use is its parent session's.
 * Rows whose value was acknowledged before are left out.
 */
export const useRow = z.tuple([wireSessionId, text(200), useKind, hour, count]);
export type UseRow = z.infer<typeof useRow>;

/** What a hub must know of a session that is named in `use` and stands outside the export window. */
export const pastSession = z.object({
  id: wireSessionId,
  project: text(200).exactOptional(),
  startedAt: time.exactOptional(),
  lastActivityAt: time.exactOptional(),
});
export type PastSession = z.infer<typeof pastSession>;

const agentCard = z.object({
  /** Random, kept in the agent's state folder; a copied state folder has another one on another host. */
  id: word(64),
  hostName: word(255),
  platform: word(40),
  version: word(40),
  /** Changes when the ledger was lost or begun anew; its values may then be lower than before. */
  ledgerId: text(100),
  /** When this agent process began. */
  startedAt: time,
  /** Its own page, where it listens for others. */
  url: z.url({ protocol: /^https?$/ }).max(500).exactOptional(),
});

export const report = z.object({
  v: z.literal(wireVersion),
  agent: agentCard,
  sentAt: time,
  /** When the next report is due at the latest. Three times that, at least 90 s, of silence: the agent is down. */
  nextReportMs: z.int().min(100).max(3_600_000),
  /** The agent stops now, cleanly: its session series go at once. */
  goodbye: z.boolean().exactOptional(),
  /** This report only carries history behind the first one: nothing about the present has changed, and it can wait. */
  backlog: z.boolean().exactOptional(),
  /**
   * Since when this agent process has had news that this hub does not know: `sentAt` of the last acknowledged report after which nothing was left to tell (what does not
   * fit into one report follows in others with the same `since`), before the first one the start of the process.
   * A row that is new to the hub and whose hour ended more than an hour before this moment is history (also when it is in the first report of an agent);
   * anything newer is growth, also after hours without a hub. Absent: take `sentAt`.
   */
  since: time.exactOptional(),
  /** Those that changed since they were acknowledged. */
  sessions: z.array(wireSession).max(reportLimits.sessions),
  /** Ids of all sessions of the export window; one that is missing here has left it. */
  present: z.array(wireSessionId).max(reportLimits.present),
  use: z.array(useRow).max(reportLimits.use),
  past: z.array(pastSession).max(reportLimits.past).exactOptional(),
});
export type Report = z.infer<typeof report>;

export const reportAnswer = z.object({
  hub: z.object({
    /** Random, made with the hub's store. Another id: the agent sends its history again. */
    id: word(64),
  }),
  /** Secret of the agent's team, under which it makes the keys of `edits`. */
  radarKey: word(200),
  /** Sessions of this agent that somebody looks at now: they are reported every second that they change. */
  watched: z.array(wireSessionId).max(1000),
  /** The hub wishes to hear this agent no more often than this (watched sessions included). */
  nextReportMs: z.int().min(100).max(3_600_000).exactOptional(),
  /** The hub has forgotten something (it was restarted, its backup was restored): send every session of the window again with all of its use, at once. History follows within a day, or at once to another `hub.id`. */
  resend: z.boolean().exactOptional(),
  /** Sessions the hub does not take: deleted there, another user's, too many. They stay refused until their next change; the reason is for the agent's log. */
  refused: z.array(z.object({ id: wireSessionId, reason: text(300) })).max(reportLimits.sessions).exactOptional(),
});
export type ReportAnswer = z.infer<typeof reportAnswer>;

/** One long poll per agent. */
export const downlinkQuery = z.object({
  agent: word(64),
  /** Seconds to wait for news. */
  wait: z.coerce.number().min(0).max(60).default(30),
  /** The `version` of the last answer; absent or another than the present one: the hub answers at once. */
  after: word(100).optional(),
});

export const commandKinds = ['stop', 'export'] as const;
export type CommandKind = (typeof commandKinds)[number];

/** stop: end the session's process. export: report all of the session again, now. Obeyed only where the owner allowed it on the command line. */
export const command = z.object({
  /** An agent runs an id at most once, over restarts too. */
  id: word(64),
  kind: z.enum(commandKinds),
  sessionId: wireSessionId,
  by: z.object({ id: word(64), name: text(200) }),
  /** By the agent's clock, as the hub knows it from `sentAt`. */
  expiresAt: time,
});
export type Command = z.infer<typeof command>;

export const downlink = z.object({
  /** Of what this answer says; opaque. */
  version: word(100),
  watched: z.array(wireSessionId).max(1000),
  /** All that are neither answered nor expired; the agent knows which of them it has taken. */
  commands: z.array(command).max(100),
});
export type Downlink = z.infer<typeof downlink>;

export const commandOutcomes = ['done', 'refused', 'failed', 'expired'] as const;
export const commandResult = z.object({
  outcome: z.enum(commandOutcomes),
  /** A sentence for the person who asked. */
  detail: text(500),
});
export type CommandResult = z.infer<typeof commandResult>;

/** What the owner of a session wants, by their own agent's token: open to the team, or the room's people alone. */
export const visibilityWish = z.strictObject({ visibility: z.enum(['private', 'team']) });
export type VisibilityWish = z.infer<typeof visibilityWish>;

export const visibilityAnswer = z.object({
  before: z.enum(['private', 'team', 'public']),
  /** Address of the room. */
  room: z.url(),
  /** An agent that is up tells of the session now. */
  told: z.boolean(),
});
export type VisibilityAnswer = z.infer<typeof visibilityAnswer>;
/** `id` of the hub's refusal when it was not told of the session. */
export const noSuchSession = 'no_such_session';

/** Every failure of the hub. */
export const hubError = z.object({ id: text(200), message: text(2000), detailed_error: text(4000).default(''), request_id: text(200).default(''), status_code: z.int() });
export type HubError = z.infer<typeof hubError>;
