import type { Health } from './health-type.ts';
import type { Counts, EpochMs } from './part.ts';
import type { ModelUse, Session } from './session.ts';
import { addUsage } from './usage.ts';
import type { Usage } from './usage.ts';
import { withoutUnknown } from './without-unknown.ts';

/** Version of the shape below (docs/sessions-json.md). It grows when a field changes its meaning or goes; new fields do not raise it. */
export const sessionsSchema = 1;

type Known<T> = { readonly [K in keyof T]?: Exclude<T[K], undefined> };

/** A session as `--format json` and the APIs print it: a public contract. Times are ISO 8601 in UTC; what is unknown is absent. */
export type PublicSession = Known<Describing & Moments & Using & Working> & Pick<Describing, 'id' | 'tool' | 'nativeId' | 'state'> & { readonly health: Health };

interface Describing {
  id: string;
  tool: string;
  nativeId: string;
  project: string | undefined;
  cwd: string | undefined;
  gitBranch: string | undefined;
  title: string | undefined;
  description: string | undefined;
  tags: readonly string[] | undefined;
  state: string;
  alive: boolean | undefined;
  /** The oldest process of the session. */
  pid: number | undefined;
  /** All of them, when there are several. */
  pids: readonly number[] | undefined;
  model: string | undefined;
  toolVersion: string | undefined;
  parentId: string | undefined;
}

interface Moments {
  startedAt: string | undefined;
  lastActivityAt: string | undefined;
  endedAt: string | undefined;
  activeSeconds: number | undefined;
}

interface Using {
  /** Sum over all models, by disjoint kind; `reasoning` is a part of `output`. */
  tokens: Usage | undefined;
  tokensByModel: Readonly<Record<string, Usage>> | undefined;
  /** Counted by a tokenizer because the tool reports none; never part of `tokens`. */
  tokensEstimated: { readonly input?: number; readonly output?: number } | undefined;
  /** The true output is higher (the tool logged placeholders). */
  outputLowerBound: true | undefined;
  context: { readonly used: number; readonly limit?: number; readonly ratio?: number; readonly compactAt?: number } | undefined;
  /** API-equivalent US dollars of the priced calls. */
  costUsd: number | undefined;
  /** Tokens of models without a price: the true cost is higher. */
  unpricedTokens: number | undefined;
  requests: number | undefined;
}

interface Working {
  /** Of all roles. */
  messages: number | undefined;
  messagesByRole: Counts | undefined;
  turns: number | undefined;
  toolCalls: Counts;
  toolErrors: Counts;
  errors: Counts;
  compactions: number | undefined;
  filesEdited: number | undefined;
  linesAdded: number | undefined;
  linesRemoved: number | undefined;
  commits: number | undefined;
  subagents: number | undefined;
  fileConflicts: readonly string[] | undefined;
  /** What the tool says it waits for. */
  waitingFor: string | undefined;
  /** The tool call that runs now. */
  runningTool: string | undefined;
  lastWasError: boolean | undefined;
  sources: readonly string[];
}

/** A session and its health in the shape of the public contract. */
export const publicSession = (session: Session, health: Health): PublicSession =>
  withoutUnknown({ ...describing(session), ...moments(session), ...using(session), ...working(session), health }) as PublicSession;

const describing = (session: Session): Describing => ({
  id: session.id,
  tool: session.tool,
  nativeId: session.nativeId,
  project: session.projectName ?? session.project,
  cwd: session.cwd,
  gitBranch: session.gitBranch,
  title: session.title,
  description: session.description,
  tags: filled(session.tags),
  state: session.state,
  alive: session.alive,
  pid: session.processes[0]?.pid,
  pids: session.processes.length > 1 ? session.processes.map(({ pid }) => pid) : undefined,
  model: session.model,
  toolVersion: session.toolVersion,
  parentId: session.parentId,
});

const moments = (session: Session): Moments => ({
  startedAt: iso(session.startedAt),
  lastActivityAt: iso(session.lastActivityAt),
  endedAt: iso(session.endedAt),
  activeSeconds: session.activeMs === undefined ? undefined : session.activeMs / 1000,
});

const using = (session: Session): Using => {
  const uses = Object.values(session.models);
  const estimated = session.estimatedTokens;
  return {
    ...(uses.length === 0 ? unknownUse : knownUse(session, uses)),
    tokensEstimated: estimated && (estimated.input ?? estimated.output) !== undefined ? estimated : undefined,
    context: contextOf(session),
  };
};

/** Every session that called a model has its calls here, so none of this is 0 for one that did not. */
const unknownUse = { tokens: undefined, tokensByModel: undefined, outputLowerBound: undefined, costUsd: undefined, unpricedTokens: undefined, requests: undefined };

const knownUse = (session: Session, uses: readonly ModelUse[]) => ({
  tokens: uses.map(({ usage }) => usage).reduce(addUsage),
  tokensByModel: Object.fromEntries(Object.entries(session.models).map(([model, { usage }]) => [model, usage])),
  outputLowerBound: uses.some((use) => use.outputLowerBound) ? (true as const) : undefined,
  costUsd: costUsdOf(uses),
  unpricedTokens: sum(uses.map((use) => use.unpricedTokens)),
  requests: sum(uses.map((use) => use.requests)),
});

const costUsdOf = (uses: readonly ModelUse[]): number | undefined => {
  const priced = uses.flatMap(({ microUsd }) => (microUsd === undefined ? [] : [microUsd]));
  return priced.length === 0 ? undefined : sum(priced) / 1e6;
};

const contextOf = ({ context }: Session): Using['context'] =>
  context && {
    used: context.used,
    ...(context.limit === undefined ? {} : { limit: context.limit }),
    ...(context.limit ? { ratio: context.used / context.limit } : {}),
    ...(context.compactAt === undefined ? {} : { compactAt: context.compactAt }),
  };

const working = (session: Session): Working => ({
  messages: Object.keys(session.messages).length === 0 ? undefined : sum(Object.values(session.messages)),
  messagesByRole: Object.keys(session.messages).length === 0 ? undefined : session.messages,
  turns: session.turns,
  toolCalls: session.toolCalls,
  toolErrors: session.toolErrors,
  errors: session.errors as Counts,
  compactions: session.compactions,
  filesEdited: session.filesEdited ?? editedFiles(session),
  linesAdded: session.linesAdded,
  linesRemoved: session.linesRemoved,
  commits: session.commits,
  subagents: session.subagents,
  fileConflicts: filled(session.fileConflicts),
  waitingFor: session.present.waitingFor,
  runningTool: session.state === 'ended' ? undefined : session.present.pendingTools[0]?.name,
  lastWasError: session.present.lastWasError,
  sources: session.sources,
});

const editedFiles = ({ files }: Session): number | undefined => {
  const works = Object.values(files);
  return works.length === 0 ? undefined : works.filter(({ edits, created }) => edits > 0 || created).length;
};

/** A time beyond what a Date can hold (a broken record's) is unknown. */
const iso = (at: EpochMs | undefined): string | undefined => {
  const date = new Date(at ?? NaN);
  return Number.isNaN(date.getTime()) ? undefined : date.toISOString();
};
const sum = (numbers: readonly number[]): number => numbers.reduce((total, number) => total + number, 0);
const filled = <Item>(items: readonly Item[] | undefined): readonly Item[] | undefined => (items?.length ? items : undefined);
