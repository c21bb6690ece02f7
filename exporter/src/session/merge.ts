import type { Counts, Durations, FileWork, Histogram, Part, RateLimit } from './part.ts';
import type { ModelUse, StoredSession } from './session.ts';
import type { Tool } from './tool.ts';
import { withoutUnknown } from './without-unknown.ts';

export interface SessionParts {
  readonly id: string;
  readonly tool: Tool;
  readonly nativeId: string;
  /** Its own parts and those of its sub-agents, each with the path of its source. */
  readonly parts: readonly { readonly part: Part; readonly source: string }[];
  /** Use of all its calls by model, '' for an unnamed one. */
  readonly models: Readonly<Record<string, ModelUse>>;
  readonly tags?: readonly string[];
  readonly projectName?: string;
  readonly description?: string;
}

/** A session is the sum of its parts: the main conversation tells who and where, sub-agents add work and errors. */
export const mergeParts = ({ id, tool, nativeId, parts: all, models, ...given }: SessionParts): StoredSession => {
  const counted = oneOfEachCopy(all);
  const mains = counted.filter(({ part }) => part.role === 'main').map(({ part }) => part).sort(byActivity);
  const parts = counted.map(({ part }) => part);
  const newest = mains.at(-1) ?? parts.toSorted(byActivity).at(-1)!;
  const told = mains.length > 0 ? mains : [newest];
  const title = told.findLast((part) => part.title !== undefined)?.title;
  const files = mergeFiles(parts);
  return withoutUnknown({
    id, tool, nativeId, models, files, title,
    cwd: lastKnown(told, 'cwd'),
    project: lastKnown(told, 'project'),
    gitBranch: lastKnown(told, 'gitBranch'),
    toolVersion: lastKnown(told, 'toolVersion'),
    model: lastKnown(told, 'model'),
    parentId: lastKnown(told, 'parentId'),
    context: lastKnown(told, 'context'),
    rateLimits: newestLimits(parts),
    startedAt: least(parts.map((part) => part.startedAt)),
    lastActivityAt: most(parts.map((part) => part.lastActivityAt)),
    activeMs: sum(told.map((part) => part.activeMs)),
    messages: addCounts(told.map((part) => part.messages as Counts)),
    turns: sum(told.map((part) => part.turns)),
    toolCalls: addCounts(parts.map((part) => part.toolCalls)),
    toolErrors: addCounts(parts.map((part) => part.toolErrors)),
    errors: addCounts(parts.map((part) => part.errors as Counts)),
    errorTimes: parts.flatMap((part) => part.errorTimes).sort((a, b) => a - b).slice(-100),
    compactions: sum(told.map((part) => part.compactions)),
    subagents: most([sum(told.map((part) => part.subagents)), parts.length > told.length ? parts.length - told.length : undefined]),
    linesAdded: sum(parts.map((part) => part.linesAdded)),
    linesRemoved: sum(parts.map((part) => part.linesRemoved)),
    filesEdited: distinctEdited(parts, files),
    commits: sum(parts.map((part) => part.commits)),
    present: newest.present,
    rot: newest.rot,
    estimatedTokens: addEstimates(parts),
    durations: addDurations(parts),
    sources: [...new Set(counted.map(({ source }) => source))],
    ...given,
  }) as StoredSession;
};

/** Of sources that each tell the conversation whole, only the best counts (Part.copyRank). */
const oneOfEachCopy = (all: SessionParts['parts']): SessionParts['parts'] => {
  const best = new Map<string, SessionParts['parts'][number]>();
  for (const entry of all) {
    if (entry.part.copyRank === undefined) continue;
    const key = `${entry.part.role} ${entry.part.nativeId}`;
    const before = best.get(key);
    if (!before || beats(entry.part, before.part)) best.set(key, entry);
  }
  return all.filter((entry) => entry.part.copyRank === undefined || best.get(`${entry.part.role} ${entry.part.nativeId}`) === entry);
};

const beats = (part: Part, other: Part): boolean =>
  part.copyRank! > other.copyRank! || (part.copyRank === other.copyRank && (part.lastActivityAt ?? 0) > (other.lastActivityAt ?? 0));

const byActivity = (a: Part, b: Part): number => (a.lastActivityAt ?? 0) - (b.lastActivityAt ?? 0);

const lastKnown = <Fact extends keyof Part>(parts: readonly Part[], fact: Fact): Part[Fact] | undefined => parts.findLast((part) => part[fact] !== undefined)?.[fact];

const known = (values: readonly (number | undefined)[]): number[] => values.filter((value) => value !== undefined);
const sum = (values: readonly (number | undefined)[]): number | undefined => (known(values).length ? known(values).reduce((a, b) => a + b, 0) : undefined);
const least = (values: readonly (number | undefined)[]): number | undefined => (known(values).length ? Math.min(...known(values)) : undefined);
const most = (values: readonly (number | undefined)[]): number | undefined => (known(values).length ? Math.max(...known(values)) : undefined);

const addCounts = (all: readonly Counts[]): Counts => {
  if (all.length === 1) return all[0]!;
  const total = new Map<string, number>();
  for (const counts of all) for (const [name, count] of Object.entries(counts)) total.set(name, (total.get(name) ?? 0) + count);
  return Object.fromEntries(total);
};

const mergeFiles = (parts: readonly Part[]): Readonly<Record<string, FileWork>> => {
  if (parts.length === 1) return parts[0]!.files;
  const files = new Map<string, FileWork>();
  for (const part of parts) for (const [path, work] of Object.entries(part.files)) files.set(path, addWork(files.get(path), work));
  return Object.fromEntries(files);
};

const addWork = (before: FileWork | undefined, work: FileWork): FileWork => {
  if (!before) return work;
  const editedAt = most([before.editedAt, work.editedAt]);
  return {
    reads: before.reads + work.reads,
    edits: before.edits + work.edits,
    created: before.created || work.created,
    linesAdded: before.linesAdded + work.linesAdded,
    linesRemoved: before.linesRemoved + work.linesRemoved,
    lastAt: Math.max(before.lastAt, work.lastAt),
    ...(editedAt === undefined ? {} : { editedAt }),
  };
};

/** Exact while no part had to forget files; else the sum, which counts a file shared with a sub-agent twice. */
const distinctEdited = (parts: readonly Part[], files: Readonly<Record<string, FileWork>>): number | undefined => {
  const total = sum(parts.map((part) => part.filesEdited));
  if (total === undefined) return undefined;
  const listed = Object.values(files).filter((file) => file.edits > 0).length;
  const forgot = parts.some((part) => (part.filesEdited ?? 0) !== Object.values(part.files).filter((file) => file.edits > 0).length);
  return forgot ? total : listed;
};

const newestLimits = (parts: readonly Part[]): readonly RateLimit[] | undefined => {
  const limits = new Map<string, RateLimit>();
  for (const part of parts) for (const limit of part.rateLimits ?? []) if (!((limits.get(limit.window)?.reportedAt ?? -1) > limit.reportedAt)) limits.set(limit.window, limit);
  return limits.size ? [...limits.values()] : undefined;
};

const addEstimates = (parts: readonly Part[]): StoredSession['estimatedTokens'] => {
  const input = sum(parts.map((part) => part.estimatedTokens?.input));
  const output = sum(parts.map((part) => part.estimatedTokens?.output));
  if (input === undefined && output === undefined) return undefined;
  return { ...(input === undefined ? {} : { input }), ...(output === undefined ? {} : { output }) };
};

const addDurations = (parts: readonly Part[]): Durations | undefined => {
  const timed = parts.map((part) => part.durations).filter((durations) => durations !== undefined);
  if (timed.length <= 1) return timed[0];
  const tools = new Map<string, Histogram>();
  for (const { tools: some } of timed) for (const [name, histogram] of Object.entries(some)) tools.set(name, addHistograms(tools.get(name), histogram));
  const turns = timed.reduce<Histogram | undefined>((total, durations) => (durations.turns ? addHistograms(total, durations.turns) : total), undefined);
  return { tools: Object.fromEntries(tools), ...(turns ? { turns } : {}) };
};

/** Bucket by bucket. */
export const addHistograms = (left: Histogram | undefined, right: Histogram): Histogram =>
  left ? { buckets: left.buckets.map((count, index) => count + (right.buckets[index] ?? 0)), sum: left.sum + right.sum } : right;
