import { z } from 'zod';
import { messageKinds } from '../readers/conversation/message.ts';
import { errorKinds } from '../session/part.ts';
import type { Session } from '../session/session.ts';
import { tools } from '../session/tool.ts';

/** What `watchroom export` writes and `import` reads. docs/export.md describes it; the version rises when a field changes its meaning or goes. */
export const exportFormat = 'watchroom-sessions';
export const exportVersion = 2;

const count = z.number().min(0);
const time = z.number();
const counts = z.record(z.string(), count);
const usage = z.object({
  input: count.exactOptional(), output: count.exactOptional(), cache_read: count.exactOptional(), cache_creation_5m: count.exactOptional(), cache_creation_1h: count.exactOptional(), reasoning: count.exactOptional(),
});
const histogram = z.object({ buckets: z.array(count), sum: z.number() });

/** A session as it is carried to another machine: everything the ledger knows of it, without its processes. Times are milliseconds since 1970 UTC. */
export const carriedSession = z.object({
  id: z.string().min(3).max(500),
  tool: z.enum(tools),
  nativeId: z.string().min(1).max(500),
  project: z.string().exactOptional(),
  cwd: z.string().exactOptional(),
  gitBranch: z.string().exactOptional(),
  title: z.string().exactOptional(),
  toolVersion: z.string().exactOptional(),
  model: z.string().exactOptional(),
  parentId: z.string().exactOptional(),
  startedAt: time.exactOptional(),
  lastActivityAt: time.exactOptional(),
  endedAt: time.exactOptional(),
  activeMs: count.exactOptional(),
  models: z.record(z.string(), z.object({ usage, requests: count, microUsd: count.exactOptional(), unpricedTokens: count, outputLowerBound: z.boolean().exactOptional() })),
  context: z.object({ used: count, limit: count.exactOptional(), compactAt: count.exactOptional(), at: time.exactOptional(), peak: count.exactOptional() }).exactOptional(),
  messages: z.partialRecord(z.enum(['user', 'assistant', 'system']), count),
  turns: count.exactOptional(),
  toolCalls: counts,
  toolErrors: counts,
  errors: z.partialRecord(z.enum(errorKinds), count),
  errorTimes: z.array(time),
  compactions: count.exactOptional(),
  subagents: count.exactOptional(),
  linesAdded: count.exactOptional(),
  linesRemoved: count.exactOptional(),
  files: z.record(z.string(), z.object({ reads: count, edits: count, created: z.boolean(), linesAdded: count, linesRemoved: count, lastAt: time, editedAt: time.exactOptional() })),
  filesEdited: count.exactOptional(),
  commits: count.exactOptional(),
  rateLimits: z.array(z.object({ window: z.string(), usedRatio: z.number(), resetsAt: time.exactOptional(), reportedAt: time })).exactOptional(),
  present: z.object({
    turnOpen: z.boolean(), turnSince: time.exactOptional(), pendingTools: z.array(z.object({ id: z.string(), name: z.string(), since: time })),
    waitingFor: z.string().exactOptional(), lastWasError: z.boolean().exactOptional(), endedAt: time.exactOptional(),
  }),
  rot: z.object({ repeatedFailures: count.exactOptional(), editChurn: z.number().exactOptional(), cacheHitRatio: z.number().exactOptional(), cacheCollapsed: z.boolean().exactOptional() }),
  estimatedTokens: z.object({ input: count.exactOptional(), output: count.exactOptional() }).exactOptional(),
  durations: z.object({ tools: z.record(z.string(), histogram), turns: histogram.exactOptional() }).exactOptional(),
  tags: z.array(z.string()).exactOptional(),
  projectName: z.string().exactOptional(),
  description: z.string().exactOptional(),
  sources: z.array(z.string()),
}).refine(({ id, tool, nativeId }) => id === `${tool}/${nativeId}`, 'id is not <tool>/<nativeId>');
export type CarriedSession = z.infer<typeof carriedSession>;

const said = z.object({
  kind: z.enum(messageKinds), text: z.string(), at: time.exactOptional(), model: z.string().exactOptional(), tool: z.string().exactOptional(), callId: z.string().exactOptional(),
  failed: z.literal(true).exactOptional(), subagent: z.string().exactOptional(),
});

export const carried = z.object({
  session: carriedSession,
  /** Only with --with-content. */
  conversation: z.array(said).exactOptional(),
  /** What of the conversation could not be read. */
  missing: z.array(z.string()).exactOptional(),
  /** Secrets that were taken out. */
  redacted: count.exactOptional(),
});
export type Carried = z.infer<typeof carried>;

export const exportHead = z.object({ format: z.literal(exportFormat), version: z.literal(exportVersion), exportedAt: z.string(), by: z.string() });
export type ExportHead = z.infer<typeof exportHead>;
export const exportDocument = exportHead.extend({ sessions: z.array(carried) });
export type ExportDocument = z.infer<typeof exportDocument>;

/** A session without what is only true on this machine and at this moment, and without what readers remember for themselves. */
export const carriedOf = (session: Session): CarriedSession =>
  carriedSession.parse(Object.fromEntries(Object.entries(session).filter(([, value]) => value !== undefined)));

/** The session again: past, and without a process. */
export const sessionOf = (session: CarriedSession): Session => ({ ...(session as Omit<Session, 'state' | 'processes'>), state: 'ended', processes: [] });
