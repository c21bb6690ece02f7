import type { Prices } from '../cost/prices.ts';
import type { Usage } from '../session/usage.ts';
import type { Session } from '../session/session.ts';
import type { Advice } from './advice.ts';
import { dollars, many, percent } from './figures.ts';
import { inSession } from './in-session.ts';

/** What advice on models needs of the price table. */
export interface Models {
  readonly prices: Prices;
  /** Names of the table's rows. */
  readonly names: readonly string[];
}

/** A newer model of the same line for less, or a smaller one for work that only reads. */
export const modelAdvice = (session: Session, models: Models): readonly Advice[] => {
  const { model } = session;
  const own = model === undefined ? undefined : placed(model);
  const use = model === undefined ? undefined : session.models[model];
  if (own === undefined || !use || use.requests === 0) return [];
  const mean = meanOf(use.usage, use.requests);
  const costOf = (name: string): number | undefined => models.prices.microUsdOf({ model: name, usage: mean, at: session.lastActivityAt ?? 0 });
  const spent = costOf(model!);
  if (spent === undefined || spent === 0) return [];
  const about = (other: string, why: string): readonly Advice[] => {
    const saved = ((spent - costOf(other)!) * use.requests) / 1e6;
    if (saved < leastUsd) return [];
    return [{
      kind: 'switch-model', urgency: 'consider', sessions: [session.id],
      reason: `${why}: on ${other} its ${many(use.requests, 'request')} would have cost ${dollars(saved)} less (${percent(1 - costOf(other)! / spent)})`,
      number: { name: 'saved_usd', value: saved, unit: 'usd', limit: leastUsd }, command: switching(session, other),
    }];
  };
  const cheaper = (name: string): boolean => (costOf(name) ?? Infinity) < spent && fits(session, models, name);
  const successor = newest(models.names.filter((name) => placed(name)?.line === own.line && placed(name)!.version > own.version && cheaper(name)));
  if (successor !== undefined) return about(successor, `${successor} is newer than ${model} and costs less`);
  const below = smaller[own.line];
  const small = below === undefined || !onlyReads(session) ? undefined : newest(models.names.filter((name) => placed(name)?.line === below && cheaper(name)));
  return small === undefined ? [] : about(small, `it has only read so far, with ${model}`);
};

/** Less is not worth the switch, which throws the cache away. */
const leastUsd = 0.5;

/** A model's line and its place in it: "claude-opus-4-6" is 4.06 of claude-opus. Previews, dated and other variants have none. */
const placed = (name: string): { readonly line: string; readonly version: number } | undefined => {
  const plain = name.toLowerCase().replace(/^.*\//, '').replaceAll('.', '-').replace(/[-@]20\d{6}$/, '');
  const found = /^(claude-(?:opus|sonnet|haiku))-(\d+)(?:-(\d{1,2}))?$/.exec(plain) ?? /^(gpt)-(\d+)(?:-(\d{1,2}))?((?:-(?:codex|mini))*)$/.exec(plain) ?? /^(gemini)-(\d+)(?:-(\d{1,2}))?(-(?:pro|flash))$/.exec(plain);
  return found ? { line: `${found[1]}${found[4] ?? ''}`, version: Number(found[2]) + Number(found[3] ?? 0) / 100 } : undefined;
};

const smaller: Readonly<Record<string, string>> = { 'claude-opus': 'claude-sonnet', 'claude-sonnet': 'claude-haiku', gpt: 'gpt-mini', 'gpt-codex': 'gpt-codex-mini', 'gemini-pro': 'gemini-flash' };

const newest = (names: readonly string[]): string | undefined => names.toSorted((a, b) => placed(b)!.version - placed(a)!.version)[0];

/** A model whose window the session has outgrown is no way out. */
const fits = ({ context }: Session, { prices }: Models, name: string): boolean => (context?.used ?? 0) < 0.8 * (prices.priceOf(name)?.row.contextWindow ?? Infinity);

const manyCalls = 10;

const onlyReads = ({ toolCalls, filesEdited = 0, linesAdded = 0, commits = 0, turns = 0 }: Session): boolean =>
  turns >= 2 && filesEdited === 0 && linesAdded === 0 && commits === 0 && Object.values(toolCalls).reduce((sum, count) => sum + count, 0) >= manyCalls;

/** One request of the mean size: long-context prices go by a request, not by a session. */
const meanOf = (usage: Usage, requests: number): Usage => Object.fromEntries(Object.entries(usage).map(([kind, count]) => [kind, count / requests]));

const switching = (session: Session, model: string): Advice['command'] => {
  const command = inSession(session, 'model');
  return command.where === 'session' && session.tool === 'claude' ? { ...command, run: `${command.run} ${model}` } : command;
};
