import type { ToldSession } from '../../../shared/events.ts';
import type { PublicSession } from 'watchroom/session/public';

/** A session as the page draws it. Times are epoch ms; what is unknown is absent. */
export interface Session {
  /** "<tool>/<native id>" */
  readonly id: string;
  readonly tool: string;
  readonly nativeId: string;
  readonly team?: string;
  /** User name of the owner. */
  readonly owner: string;
  readonly host: string;
  readonly visibility: 'private' | 'team' | 'public';
  readonly state: 'working' | 'waiting' | 'idle' | 'ended';
  readonly project?: string;
  readonly branch?: string;
  readonly title?: string;
  readonly description?: string;
  readonly model?: string;
  readonly tags: readonly string[];
  readonly tokens?: number;
  /** Of those, by kind and by model, where details are known. */
  readonly tokensByKind: Readonly<Record<string, number>>;
  readonly tokensByModel: Readonly<Record<string, number>>;
  readonly costUsd?: number;
  readonly unpricedTokens?: number;
  readonly outputLowerBound?: true;
  /** A tokenizer's count, because the tool reports none. */
  readonly tokensEstimated?: number;
  readonly errors: number;
  readonly errorsByKind: Readonly<Record<string, number>>;
  readonly lastWasError?: boolean;
  readonly health: PublicSession['health'];
  readonly context?: { readonly used: number; readonly limit?: number; readonly ratio?: number; readonly compactAt?: number };
  readonly runningTool?: string;
  readonly waitingFor?: string;
  readonly fileConflicts: readonly string[];
  readonly startedAt?: number;
  readonly lastActivityAt?: number;
  readonly endedAt?: number;
  readonly activeSeconds?: number;
  readonly turns?: number;
  readonly messages?: number;
  readonly requests?: number;
  readonly filesEdited?: number;
  readonly linesAdded?: number;
  readonly linesRemoved?: number;
  readonly commits?: number;
  readonly compactions?: number;
  readonly subagents?: number;
  readonly cwd?: string;
  readonly pid?: number;
  readonly toolVersion?: string;
  readonly toolCalls: Readonly<Record<string, number>>;
  /** Names of those who look at it now. */
  readonly watchers: readonly string[];
  /** Whether the agent that tells of it is heard; absent: none tells. */
  readonly agentUp?: boolean;
  /** Its dashboard. */
  readonly grafanaUrl?: string;
  /** What the asker may do with it, as the hub says. */
  readonly may?: readonly string[];
}

/** A session as the hub answers it: an item of a list, or with all its details. */
export type HubSession = Partial<Omit<PublicSession, 'id' | 'tool' | 'nativeId' | 'health'>> & Pick<PublicSession, 'id' | 'tool' | 'nativeId'> & {
  readonly health?: { readonly score?: number; readonly level?: string; readonly factors?: PublicSession['health']['factors']; readonly missing?: PublicSession['health']['missing'] };
  readonly team?: string | { readonly id: string; readonly name: string };
  readonly owner?: { readonly id: string; readonly name: string };
  readonly hostName?: string;
  readonly visibility?: Session['visibility'];
  readonly agentUp?: boolean;
  readonly grafanaUrl?: string;
  readonly tokensTotal?: number;
  readonly errorsTotal?: number;
  readonly watchers?: readonly string[];
  readonly may?: readonly string[];
  /** In a list: what of its details a card shows. */
  readonly now?: Pick<PublicSession, 'context' | 'runningTool' | 'waitingFor' | 'errors' | 'unpricedTokens' | 'outputLowerBound' | 'turns' | 'filesEdited'> & { readonly factors: PublicSession['health']['factors']; readonly missing: PublicSession['health']['missing']; readonly watchers?: readonly string[] };
};

/** Translates what the hub answers, once. */
export const sessionOf = ({ now, ...item }: HubSession): Session => {
  const told: HubSession = now === undefined ? item : { ...item, ...pick(now, ['context', 'runningTool', 'waitingFor', 'errors', 'unpricedTokens', 'outputLowerBound', 'turns', 'filesEdited']), health: { ...item.health, factors: now.factors, missing: now.missing }, watchers: now.watchers ?? [] };
  const { owner, hostName = '', visibility = 'team', watchers = [], tokens, tokensEstimated, tags = [], fileConflicts = [], toolCalls = {}, health = {} } = told;
  const kept = pick(told, ['id', 'tool', 'nativeId', 'may', 'agentUp', 'grafanaUrl', 'project', 'title', 'description', 'model', 'costUsd', 'unpricedTokens', 'outputLowerBound', 'lastWasError', 'context', 'runningTool', 'waitingFor', 'activeSeconds', 'turns', 'messages', 'requests', 'filesEdited', 'linesAdded', 'linesRemoved', 'commits', 'compactions', 'subagents', 'cwd', 'pid', 'toolVersion']);
  const errors = told.errors ?? {};
  return {
    ...kept, state: (told.state ?? 'idle') as Session['state'],
    health: { factors: health.factors ?? {}, missing: health.missing ?? [], ...known({ score: health.score, level: health.level as Session['health']['level'] }) },
    owner: owner?.name ?? '', host: hostName, visibility, watchers, tags, fileConflicts, toolCalls,
    tokensByKind: { ...tokens }, tokensByModel: Object.fromEntries(Object.entries(told.tokensByModel ?? {}).map(([model, usage]) => [model, billed(usage)])),
    errors: told.errorsTotal ?? sum(Object.values(errors)), errorsByKind: errors,
    ...known({
      team: typeof told.team === 'object' ? told.team.id : told.team,
      branch: told.gitBranch,
      tokens: told.tokensTotal ?? (tokens && billed(tokens)),
      tokensEstimated: tokensEstimated && (tokensEstimated.input ?? 0) + (tokensEstimated.output ?? 0),
      startedAt: time(told.startedAt), lastActivityAt: time(told.lastActivityAt), endedAt: time(told.endedAt),
    }),
  };
};

/** A session brought up to date by what a socket tells: fewer facts than a list has, but newer ones. */
export const mergeTold = (before: Session | undefined, told: ToldSession): Session => {
  const slash = told.id.indexOf('/');
  const { health: score, healthLevel: level, microUsd, user, host, ...rest } = told;
  const blank: Pick<Session, 'health' | 'errorsByKind' | 'tokensByKind' | 'tokensByModel' | 'fileConflicts' | 'toolCalls' | 'watchers'> & Pick<Partial<Session>, 'runningTool' | 'waitingFor' | 'costUsd'> = { health: { factors: {}, missing: [] }, errorsByKind: {}, tokensByKind: {}, tokensByModel: {}, fileConflicts: [], toolCalls: {}, watchers: [] };
  const { runningTool: _ran, waitingFor: _waited, ...kept } = before ?? blank;
  const stillSo = before !== undefined && before.state === told.state && told.state !== 'ended';
  return {
    ...blank, ...kept, ...(stillSo ? known({ runningTool: before.runningTool, waitingFor: before.waitingFor }) : {}),
    ...rest, nativeId: told.id.slice(slash + 1), owner: user, host,
    ...(microUsd > 0 || before?.costUsd !== undefined ? { costUsd: microUsd / 1e6 } : {}),
    health: { ...(before?.health ?? blank.health), ...known({ score, level: level as Session['health']['level'] }) },
  };
};

const billed = ({ input = 0, output = 0, cache_read = 0, cache_creation_5m = 0, cache_creation_1h = 0 }: NonNullable<PublicSession['tokens']>): number => input + output + cache_read + cache_creation_5m + cache_creation_1h;
const time = (iso: string | undefined): number | undefined => (iso === undefined ? undefined : Date.parse(iso));
const sum = (numbers: readonly number[]): number => numbers.reduce((total, number) => total + number, 0);

const pick = <From extends object, Key extends keyof From>(from: From, keys: readonly Key[]): Pick<From, Key> =>
  Object.fromEntries(keys.filter((key) => from[key] !== undefined).map((key) => [key, from[key]])) as Pick<From, Key>;

type Known<T> = { readonly [K in keyof T]?: Exclude<T[K], undefined> };
const known = <Fields extends object>(fields: Fields): Known<Fields> => Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as Known<Fields>;
