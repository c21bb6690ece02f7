import { durationBounds } from './part.ts';
import type { Context, EpochMs, ErrorKind, FileWork, Histogram, Part, RateLimit, Role } from './part.ts';
import { RotWindow } from './rot.ts';
import type { Tool } from './tool.ts';
import { withoutUnknown } from './without-unknown.ts';

/** Gaps between records longer than this are not active time (METRICS.md, ai_session_active_seconds_total). */
export const idleLimitMs = 15 * 60_000;
const maxFiles = 500;
const maxErrorTimes = 100;
const maxPendingTools = 50;

/** What happened since the last take, at or after the draft's `freshAfter`. The fleet counters grow by it. */
export interface Growth {
  turns: number;
  linesAdded: number;
  linesRemoved: number;
  errors: Partial<Record<ErrorKind, number>>;
  toolCalls: Record<string, number>;
  toolSeconds: [tool: string, seconds: number][];
  turnSeconds: number[];
}

export interface ToolCall {
  readonly id: string;
  readonly name: string;
  readonly at: EpochMs | undefined;
  /** Hash or text of the arguments: equal failing calls are a loop. Only its hash is kept. */
  readonly input?: string;
}

/** How places are told: the path mode of the configuration, and the project a folder belongs to. */
export interface Places {
  /** A path as it may be kept. */
  readonly tell: (path: string) => string;
  /** The project of a working folder, as it may be kept. */
  readonly projectOf: (cwd: string) => string | undefined;
}

export interface FileEdit {
  /** As the tool wrote it. */
  readonly path: string;
  readonly at: EpochMs | undefined;
  readonly linesAdded?: number;
  readonly linesRemoved?: number;
  readonly created?: boolean;
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };
type Sums = Record<string, number>;

/** A histogram that grows in place: a transcript has a tool call in every second line. */
interface Growing { readonly buckets: number[]; sum: number }

/** The running account of one session in one source. Readers call its methods record by record; it keeps the totals. */
export class Draft {
  readonly tool: Tool;
  readonly nativeId: string;
  readonly role: Part['role'];
  readonly #freshAfter: EpochMs;
  readonly #places: Places;
  #cwd: string | undefined;
  readonly #part: Mutable<Part>;
  readonly #files: Map<string, Mutable<FileWork>>;
  readonly #toolCalls: Map<string, number>;
  #context: Context | undefined;
  /** The most the context ever held. */
  #peak: number;
  readonly #pending: Map<string, { id: string; name: string; since: EpochMs; input?: string | undefined }>;
  readonly #rot: RotWindow;
  readonly #toolSeconds: Map<string, Growing>;
  #turnSeconds: Growing | undefined;
  readonly #errorTimes: EpochMs[];
  #turnOpen: boolean;
  #turnSince: EpochMs | undefined;
  #lastWasError: boolean | undefined;
  #growth: Growth = noGrowth();
  #grew = false;
  #changed = false;

  constructor(tool: Tool, nativeId: string, role: Part['role'] = 'main', from: { readonly before?: Part; readonly freshAfter?: EpochMs; readonly places?: Places } = {}) {
    this.tool = tool;
    this.nativeId = nativeId;
    this.role = role;
    this.#freshAfter = from.freshAfter ?? Infinity;
    this.#places = from.places ?? asTheyAre;
    const before = from.before;
    this.#part = before ? structuredClone(before) : emptyPart(tool, nativeId, role);
    this.#files = new Map(Object.entries(this.#part.files));
    this.#toolCalls = new Map(Object.entries(this.#part.toolCalls));
    this.#context = this.#part.context;
    this.#peak = this.#context?.peak ?? 0;
    delete this.#part.context;
    this.#pending = new Map(this.#part.present.pendingTools.map((pending) => [pending.id, { ...pending }]));
    this.#turnOpen = this.#part.present.turnOpen;
    this.#turnSince = this.#part.present.turnSince;
    this.#lastWasError = this.#part.present.lastWasError;
    this.#errorTimes = this.#part.errorTimes as EpochMs[];
    this.#toolSeconds = new Map(Object.entries(this.#part.durations?.tools ?? {}) as [string, Growing][]);
    this.#turnSeconds = this.#part.durations?.turns as Growing | undefined;
    this.#rot = new RotWindow(this.#part.rot);
  }

  get changed(): boolean {
    return this.#changed;
  }

  /** Facts of which the last one told wins; an undefined one changes nothing. */
  set(facts: { readonly [Fact in 'cwd' | 'project' | 'gitBranch' | 'title' | 'toolVersion' | 'model' | 'parentId' | 'copyRank' | 'subagents' | 'filesEdited' | 'linesAdded' | 'linesRemoved' | 'estimatedTokens']?: Part[Fact] | undefined }): void {
    const { cwd, ...others } = facts;
    if (cwd !== undefined && cwd !== this.#cwd) this.#moveTo(cwd);
    for (const [name, value] of Object.entries(others)) if (value !== undefined) (this.#part as Record<string, unknown>)[name] = value;
    this.#changed = true;
  }

  get<Fact extends keyof Part>(fact: Fact): Part[Fact] {
    return this.#part[fact];
  }

  /** Something was recorded at this time: first and last activity, and active time. */
  seen(at: EpochMs | undefined): void {
    this.#changed = true;
    if (at === undefined || !Number.isFinite(at) || at <= 0) return;
    const part = this.#part;
    if (part.startedAt === undefined || at < part.startedAt) part.startedAt = at;
    if (part.lastActivityAt !== undefined && at > part.lastActivityAt && at - part.lastActivityAt <= idleLimitMs) part.activeMs += at - part.lastActivityAt;
    if (part.lastActivityAt === undefined || at > part.lastActivityAt) part.lastActivityAt = at;
  }

  message(role: Role, at: EpochMs | undefined): void {
    this.seen(at);
    bump(this.#part.messages as Sums, role);
    if (role === 'assistant') this.#lastWasError = false;
  }

  /** The human asked something: a turn begins. */
  turnStarted(at: EpochMs | undefined): void {
    this.seen(at);
    this.#part.turns = (this.#part.turns ?? 0) + 1;
    if (this.#isFresh(at)) this.#grow().turns += 1;
    this.#turnOpen = true;
    this.#turnSince = at;
    this.#pending.clear();
    this.waitsFor(undefined);
  }

  /** The agent's answer is complete: it is the human's turn. */
  turnEnded(at: EpochMs | undefined, seconds?: number): void {
    this.seen(at);
    const took = seconds ?? (at !== undefined && this.#turnSince !== undefined ? (at - this.#turnSince) / 1000 : undefined);
    if (this.#turnOpen && took !== undefined && took >= 0) {
      this.#turnSeconds = grow(this.#turnSeconds ?? emptyHistogram(), took);
      if (this.#isFresh(at)) this.#grow().turnSeconds.push(took);
    }
    this.#turnOpen = false;
    this.#turnSince = undefined;
    this.#pending.clear();
  }

  /** The agent goes on without a new prompt (a streamed answer seen half-way). */
  turnContinues(at: EpochMs | undefined): void {
    this.seen(at);
    this.#turnOpen = true;
  }

  toolCall(call: ToolCall): void {
    this.seen(call.at);
    const name = toolName(call.name);
    this.#toolCalls.set(name, (this.#toolCalls.get(name) ?? 0) + 1);
    if (this.#isFresh(call.at)) bump(this.#grow().toolCalls, name);
    if (this.#pending.size < maxPendingTools) this.#pending.set(call.id, { id: call.id, name, since: call.at ?? this.#part.lastActivityAt ?? 0, input: call.input === undefined ? undefined : this.#rot.hash(name, call.input) });
  }

  /**
   * The result of a tool call.
   * @param outcome error: the call failed, and of which kind. seconds: measured by the tool, else by the two times.
   */
  toolResult(id: string, at: EpochMs | undefined, outcome: { readonly error?: ErrorKind; readonly name?: string; readonly seconds?: number } = {}): void {
    this.seen(at);
    const call = this.#pending.get(id);
    const name = call?.name ?? (outcome.name === undefined ? undefined : toolName(outcome.name));
    this.#pending.delete(id);
    if (name !== undefined) {
      const seconds = outcome.seconds ?? (call && at !== undefined && call.since > 0 ? (at - call.since) / 1000 : undefined);
      if (seconds !== undefined && seconds >= 0) this.#observeTool(name, seconds, at);
      if (outcome.error) bump(this.#part.toolErrors as Sums, name);
    }
    if (outcome.error) this.error(outcome.error, at);
    if (call?.input !== undefined) this.#rot.call(call.input, outcome.error !== undefined);
  }

  error(kind: ErrorKind, at: EpochMs | undefined): void {
    this.seen(at);
    bump(this.#part.errors as Sums, kind);
    if (at !== undefined && this.#errorTimes.push(at) > maxErrorTimes) this.#errorTimes.shift();
    if (this.#isFresh(at)) bump(this.#grow().errors as Sums, kind);
    this.#lastWasError = true;
  }

  read(path: string, at: EpochMs | undefined): void {
    this.#touch(this.#places.tell(path), at).reads += 1;
  }

  edit({ path: raw, at, linesAdded = 0, linesRemoved = 0, created = false }: FileEdit): void {
    const path = this.#places.tell(raw);
    const file = this.#touch(path, at);
    if (file.edits === 0) this.#part.filesEdited = (this.#part.filesEdited ?? 0) + 1;
    file.edits += 1;
    file.created ||= created;
    file.linesAdded += linesAdded;
    file.linesRemoved += linesRemoved;
    if (at !== undefined) file.editedAt = at;
    this.#part.linesAdded = (this.#part.linesAdded ?? 0) + linesAdded;
    this.#part.linesRemoved = (this.#part.linesRemoved ?? 0) + linesRemoved;
    if (this.#isFresh(at)) {
      const growth = this.#grow();
      growth.linesAdded += linesAdded;
      growth.linesRemoved += linesRemoved;
    }
    this.#rot.edit(path, linesAdded, linesRemoved);
  }

  compaction(at: EpochMs | undefined): void {
    this.seen(at);
    this.#part.compactions = (this.#part.compactions ?? 0) + 1;
  }

  subagentStarted(): void {
    this.#part.subagents = (this.#part.subagents ?? 0) + 1;
    this.#changed = true;
  }

  committed(): void {
    this.#part.commits = (this.#part.commits ?? 0) + 1;
    this.#changed = true;
  }

  /** The context window at the newest request of the main conversation. */
  context(context: Context | undefined): void {
    this.#context = context;
    this.#peak = context ? Math.max(context.used, this.#peak) : 0;
    this.#changed = true;
  }

  /** What a main-chain request sent, for the cache-hit signal. */
  request(cacheRead: number, inputSide: number): void {
    this.#rot.request(cacheRead, inputSide);
  }

  rateLimits(limits: readonly RateLimit[]): void {
    const named = new Set(limits.map((limit) => limit.window));
    this.#part.rateLimits = [...(this.#part.rateLimits ?? []).filter((limit) => !named.has(limit.window)), ...limits];
    this.#changed = true;
  }

  /** The tool says that it cannot go on without the human; undefined: it can. */
  waitsFor(what: string | undefined): void {
    this.#changed = true;
    if (what === this.#part.present.waitingFor) return;
    const { waitingFor: _before, ...rest } = this.#part.present;
    this.#part.present = what === undefined ? rest : { ...rest, waitingFor: what };
  }

  /** The tool recorded its own end; undefined: it goes on (a resume). */
  ended(at: EpochMs | undefined): void {
    const { endedAt: _before, ...rest } = this.#part.present;
    this.#part.present = at === undefined ? rest : { ...rest, endedAt: at };
    this.#changed = true;
  }

  estimated(tokens: { readonly input?: number; readonly output?: number }): void {
    const before = this.#part.estimatedTokens ?? {};
    this.#part.estimatedTokens = {
      ...(tokens.input === undefined && before.input === undefined ? {} : { input: (before.input ?? 0) + (tokens.input ?? 0) }),
      ...(tokens.output === undefined && before.output === undefined ? {} : { output: (before.output ?? 0) + (tokens.output ?? 0) }),
    };
    this.#changed = true;
  }

  /** The account as plain data. */
  toPart(): Part {
    const timed = this.#toolSeconds.size > 0 || this.#turnSeconds !== undefined;
    return {
      ...(withoutUnknown(this.#part) as Part),
      ...(this.#context ? { context: { ...this.#context, peak: this.#peak } } : {}),
      ...(timed ? { durations: { tools: Object.fromEntries(this.#toolSeconds), ...(this.#turnSeconds ? { turns: this.#turnSeconds } : {}) } } : {}),
      toolCalls: Object.fromEntries(this.#toolCalls),
      files: byPath(this.#files),
      rot: this.#rot.toRot(),
      present: this.#present(),
    };
  }

  /** What grew since the last take; undefined when nothing fresh happened. */
  takeGrowth(): Growth | undefined {
    if (!this.#grew) return undefined;
    const growth = this.#growth;
    this.#growth = noGrowth();
    this.#grew = false;
    return growth;
  }

  #moveTo(cwd: string): void {
    this.#cwd = cwd;
    this.#part.cwd = this.#places.tell(cwd);
    const project = this.#places.projectOf(cwd);
    if (project !== undefined) this.#part.project = project;
  }

  #present(): Part['present'] {
    const { turnSince: _before, ...rest } = this.#part.present;
    const pendingTools = [...this.#pending.values()].map(({ id, name, since, input }) => ({ id, name, since, ...(input === undefined ? {} : { input }) }));
    return {
      ...rest,
      turnOpen: this.#turnOpen,
      ...(this.#turnSince === undefined ? {} : { turnSince: this.#turnSince }),
      ...(this.#lastWasError === undefined ? {} : { lastWasError: this.#lastWasError }),
      pendingTools,
    };
  }

  #touch(path: string, at: EpochMs | undefined): Mutable<FileWork> {
    this.seen(at);
    const file = this.#files.get(path) ?? { reads: 0, edits: 0, created: false, linesAdded: 0, linesRemoved: 0, lastAt: 0 };
    this.#files.delete(path); // re-inserted last: the map's order is the order of use
    this.#files.set(path, file);
    if (at !== undefined) file.lastAt = at;
    if (this.#files.size > maxFiles) this.#files.delete(this.#files.keys().next().value!);
    return file;
  }

  #observeTool(name: string, seconds: number, at: EpochMs | undefined): void {
    let histogram = this.#toolSeconds.get(name);
    if (!histogram) this.#toolSeconds.set(name, (histogram = emptyHistogram()));
    grow(histogram, seconds);
    if (this.#isFresh(at)) this.#grow().toolSeconds.push([name, seconds]);
  }

  #isFresh(at: EpochMs | undefined): boolean {
    return at !== undefined && at >= this.#freshAfter && at <= this.#freshAfter + 2 * 3_600_000;
  }

  #grow(): Growth {
    this.#grew = true;
    return this.#growth;
  }
}

/** Adds one observation in seconds to a histogram of `durationBounds`. */
export const observe = (histogram: Histogram | undefined, seconds: number): Histogram =>
  grow(histogram ? { buckets: [...histogram.buckets], sum: histogram.sum } : emptyHistogram(), seconds);

const emptyHistogram = (): Growing => ({ buckets: new Array<number>(durationBounds.length + 1).fill(0), sum: 0 });

const grow = (histogram: Growing, seconds: number): Growing => {
  let index = 0;
  while (index < durationBounds.length && !(seconds <= durationBounds[index]!)) index += 1;
  histogram.buckets[index]! += 1;
  histogram.sum += seconds;
  return histogram;
};

const asTheyAre: Places = { tell: (path) => path, projectOf: () => undefined };

/** Everything that is told sooner or later is there from the beginning: objects that grow in another order each are slow for V8. */
const emptyPart = (tool: Tool, nativeId: string, role: Part['role']): Mutable<Part> => ({
  tool, nativeId, role, startedAt: undefined, lastActivityAt: undefined, activeMs: 0, cwd: undefined, project: undefined, gitBranch: undefined, toolVersion: undefined, model: undefined, title: undefined,
  turns: undefined, linesAdded: undefined, linesRemoved: undefined, filesEdited: undefined, compactions: undefined,
  messages: {}, toolCalls: {}, toolErrors: {}, errors: {}, errorTimes: [], files: {}, present: { turnOpen: false, pendingTools: [] }, rot: {},
}) as unknown as Mutable<Part>;

/** An object without a prototype takes any key at once; others would get a hidden class for each path that was ever seen. */
const byPath = (files: ReadonlyMap<string, FileWork>): Record<string, FileWork> => {
  const object = Object.create(null) as Record<string, FileWork>;
  for (const [path, work] of files) object[path] = work;
  return object;
};

const noGrowth = (): Growth => ({ turns: 0, linesAdded: 0, linesRemoved: 0, errors: {}, toolCalls: {}, toolSeconds: [], turnSeconds: [] });

/** A tool's name as a key and label: short, and never one that JavaScript objects keep for themselves. */
const toolName = (name: string): string => (name === '__proto__' ? 'proto' : name.slice(0, 100));

const bump = (counts: Record<string, number>, name: string): void => {
  counts[name] = (Object.hasOwn(counts, name) ? counts[name]! : 0) + 1;
};
