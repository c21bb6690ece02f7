import type { BookedCall } from '../../session/booked.ts';
import type { Counts, Part } from '../../session/part.ts';
import type { Session } from '../../session/session.ts';
import { tokenTypes, totalTokens } from '../../session/usage.ts';

/** How a number of a session comes about. */
export interface Explained {
  readonly name: string;
  /** In a sentence: what is counted, and by which rule of the documentation. */
  readonly rule: string;
  /** What one call adds to it; undefined: the number is not made of calls. */
  readonly ofCall?: (call: BookedCall) => number | undefined;
  /** What one source adds to it. */
  readonly ofPart?: (part: Part) => number | undefined;
  /** The number itself, as all other commands show it. */
  readonly ofSession: (session: Session) => number | undefined;
  /** The part of it with one name: the calls of one tool, the errors of one kind. */
  readonly narrowed?: (name: string) => Explained;
}

const sum = (numbers: readonly (number | undefined)[]): number | undefined => {
  const known = numbers.filter((number) => number !== undefined);
  return known.length === 0 ? undefined : known.reduce((total, number) => total + number, 0);
};
const overModels = (session: Session, of: (use: Session['models'][string]) => number | undefined): number | undefined => sum(Object.values(session.models).map(of));
const values = (counts: Readonly<Record<string, number>>): number | undefined => sum(Object.values(counts));

const kindRules = {
  input: 'Input that was neither read from the cache nor written to it.',
  output: 'Everything the model wrote, its reasoning included. ≥: the tool logged a placeholder, so the truth is higher.',
  cache_read: 'Input read from the prompt cache, billed at a fraction of the input price.',
  cache_creation_5m: 'Input written to the cache for five minutes.',
  cache_creation_1h: 'Input written to the cache for an hour.',
  reasoning: 'The part of the output that was reasoning. It is in output already: never add it.',
} as const;

const kinds: readonly Explained[] = [...tokenTypes, 'reasoning' as const].map((kind) => ({
  name: kind,
  rule: kindRules[kind],
  ofCall: ({ usage }: BookedCall) => usage[kind],
  ofSession: (session: Session) => overModels(session, ({ usage }) => usage[kind]),
}));

/** A number that counts things by name: tool calls by tool, errors by kind. */
const counted = (name: string, rule: string, of: (by: Part | Session) => Counts): Explained => ({ name, rule, ofPart: (part) => values(of(part)), ofSession: (session) => values(of(session)), narrowed: (key) => counted(`${name}.${key}`, rule, (by) => only(of(by), key)) });

const only = <Value>(all: Readonly<Record<string, Value>>, key: string): Readonly<Record<string, Value>> => (Object.hasOwn(all, key) ? { [key]: all[key]! } : {});

/** The same of the calls of one model. */
const ofModel = (number: Explained, model: string): Explained => ({
  ...number,
  name: `${number.name}.${model}`,
  ofCall: (call) => ((call.model ?? 'unknown') === model ? number.ofCall!(call) : undefined),
  ofSession: (session) => number.ofSession({ ...session, models: only(session.models, model) }),
});

/** Every number that `explain` can trace. */
export const explainable: readonly Explained[] = [
  {
    name: 'tokens',
    rule: 'The sum of the five disjoint kinds of every call, each call once over all files of the machine; of several reports of one call the one with most output (or the newest, where the tool repeats totals) counts, dated by the first.',
    ofCall: ({ usage }) => totalTokens(usage),
    ofSession: (session) => overModels(session, ({ usage }) => totalTokens(usage)),
  },
  ...kinds,
  {
    name: 'cost',
    rule: 'API-equivalent US dollars, not a bill: per call, tokens × the price that held at its time, in whole micro-dollars; a cost that the tool itself wrote wins. What is booked stays booked when prices change.',
    ofCall: ({ microUsd }) => (microUsd === undefined ? undefined : microUsd / 1e6),
    ofSession: (session) => { const micro = overModels(session, ({ microUsd }) => microUsd); return micro === undefined ? undefined : micro / 1e6; },
  },
  {
    name: 'unpriced',
    rule: 'Tokens of calls whose model has no price. They are in no cost: the true cost is higher. Give the model a price under `prices` in the configuration.',
    ofCall: ({ microUsd, usage }) => (microUsd === undefined ? totalTokens(usage) : 0),
    ofSession: (session) => overModels(session, ({ unpricedTokens }) => unpricedTokens),
  },
  { name: 'requests', rule: 'Requests to the model, each once; corrections of a running total stand for none.', ofCall: ({ requests }) => requests, ofSession: (session) => overModels(session, ({ requests }) => requests) },
  { name: 'turns', rule: 'Prompts of the human. Sub-agents have none of their own.', ofPart: ({ turns, role }) => (role === 'main' ? turns : undefined), ofSession: ({ turns }) => turns },
  counted('messages', 'Messages of all roles.', ({ messages }) => messages as Counts),
  counted('tools', 'Tool calls of the agent and its sub-agents.', ({ toolCalls }) => toolCalls as Counts),
  counted('failures', 'Tool calls that failed.', ({ toolErrors }) => toolErrors as Counts),
  counted('errors', 'Errors of all kinds: api, overloaded, rate_limit, tool, permission_denied, interrupted.', ({ errors }) => errors as Counts),
  { name: 'lines_added', rule: 'Lines that edit tools added, as the tool recorded the change.', ofPart: ({ linesAdded }) => linesAdded, ofSession: ({ linesAdded }) => linesAdded },
  { name: 'lines_removed', rule: 'Lines that edit tools removed.', ofPart: ({ linesRemoved }) => linesRemoved, ofSession: ({ linesRemoved }) => linesRemoved },
  { name: 'files', rule: 'Distinct files that were edited; a file edited by the session and its sub-agent is one.', ofPart: ({ filesEdited }) => filesEdited, ofSession: ({ filesEdited }) => filesEdited },
  { name: 'compactions', rule: 'Times the context was compacted.', ofPart: ({ compactions }) => compactions, ofSession: ({ compactions }) => compactions },
  { name: 'subagents', rule: 'Sub-agents it started.', ofPart: ({ subagents }) => subagents, ofSession: ({ subagents }) => subagents },
  { name: 'commits', rule: 'Git commits made by its tools.', ofPart: ({ commits }) => commits, ofSession: ({ commits }) => commits },
  { name: 'active', rule: 'Seconds: the sum of the gaps between records, those longer than 15 minutes left out. Sub-agents work within the time of their parent.', ofPart: ({ activeMs, role }) => (role === 'main' ? activeMs / 1000 : undefined), ofSession: ({ activeMs }) => (activeMs === undefined ? undefined : activeMs / 1000) },
  { name: 'context', rule: 'Tokens in the window at the newest request of the main conversation: input, cache reads and cache writes together. Sub-agents have windows of their own.', ofPart: ({ context, role }) => (role === 'main' ? context?.used : undefined), ofSession: ({ context }) => context?.used },
];

/** The names a person may ask for. */
export const explainableNames: readonly string[] = explainable.map(({ name }) => name);

/** "cost", "cost.<model>", "tools.Bash", "errors.api"; undefined: no number of a session is called so. */
export const explainedAs = (asked: string): Explained | undefined => {
  const [base = '', ...rest] = asked.split('.');
  const number = explainable.find(({ name }) => name === base.toLowerCase().replaceAll('-', '_'));
  if (!number || rest.length === 0) return number;
  if (number.narrowed) return number.narrowed(rest.join('.'));
  return number.ofCall ? ofModel(number, rest.join('.')) : undefined;
};
