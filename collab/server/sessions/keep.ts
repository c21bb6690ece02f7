import type { PastSession, WireSession } from 'watchroom/wire';
import { newId } from '../store/ids.ts';
import type { SessionTable, Visibility } from '../store/schema.ts';
import type { Work } from '../store/open.ts';
import { pastWire } from './keep-past.ts';
import { laterWord, peoplesWords } from './keep-words.ts';

/** Whose report it is, as the token says. */
export interface Reporter {
  readonly agentId: string;
  readonly teamId: string;
  readonly userId: string;
  readonly hostName: string;
}

export interface KeepInput {
  readonly reporter: Reporter;
  /** Told whole, times by the hub's clock. */
  readonly sessions: readonly WireSession[];
  /** Named in use only. */
  readonly past: readonly PastSession[];
  /** Of a session nobody has seen before. */
  readonly visibility: Visibility;
  /** Whether this agent's word on a session is the freshest of all agents that are up. */
  readonly isFreshest: (session: WireSession) => boolean;
  readonly now: number;
}

/** A session of a report, as it is now in the store. */
export interface Kept {
  readonly row: SessionTable;
  readonly before: SessionTable | undefined;
  /** Undefined: only its use was told. */
  readonly wire: WireSession | undefined;
  /** The row was written. */
  readonly changed: boolean;
}

export interface Refused {
  readonly id: string;
  /** deleted: quietly, it stays deleted. another's: audited. */
  readonly why: 'deleted' | "another's";
  readonly owner?: string;
}

/** Writes the sessions of a report; the same words again are no write. Refuses those that are another person's or were deleted. */
export const keepSessions = async (work: Work, input: KeepInput): Promise<{ readonly kept: ReadonlyMap<string, Kept>; readonly refused: readonly Refused[] }> => {
  const { reporter, sessions, past } = input;
  const told = new Map(sessions.map((session) => [session.id, session]));
  const keys = [...new Set([...told.keys(), ...past.map(({ id }) => id)])];
  const known = await rowsOf(work, reporter.teamId, keys);
  const deleted = await tombstonesOf(work, reporter.teamId, keys.filter((key) => !known.has(key)));
  const pastOf = new Map(past.map((one) => [one.id, one]));
  const kept = new Map<string, Kept>();
  const refused: Refused[] = [];
  for (const key of keys) {
    const before = known.get(key);
    if (deleted.has(key)) refused.push({ id: key, why: 'deleted' });
    else if (before && before.owner_id !== reporter.userId) refused.push({ id: key, why: "another's", owner: before.owner_id });
    else kept.set(key, keptOf(before, { wire: told.get(key), past: pastOf.get(key) ?? { id: key } }, input));
  }
  await write(work, [...kept.values()].filter(({ changed }) => changed).map(({ row }) => row));
  return { kept, refused };
};

const keptOf = (before: SessionTable | undefined, { wire, past }: { readonly wire: WireSession | undefined; readonly past: PastSession }, input: KeepInput): Kept => {
  if (!before) return { row: newRow(wire ?? pastWire(past), input), before, wire, changed: true };
  // Only a webhook told of it until now: the agent's numbers take the place of those, also when it tells of use alone.
  if (!wire && before.agent_id === null) return { row: renewed(before, pastWire(past), input), before, wire, changed: true };
  if (!wire || !isNews(before, wire, input)) return { row: before, before, wire, changed: false };
  return { row: renewed(before, wire, input), before, wire, changed: true };
};

/** Of one session on two machines of its owner the freshest live report wins; an agent that is gone yields to whoever knows as much. */
const isNews = (before: SessionTable, wire: WireSession, { reporter, isFreshest }: KeepInput): boolean => {
  if (!isFreshest(wire)) return false;
  if (before.agent_id !== null && before.agent_id !== reporter.agentId) return (wire.lastActivityAt ?? 0) >= before.last_activity_at;
  return before.told !== textOf(wire) || before.agent_id !== reporter.agentId;
};

const newRow = (wire: WireSession, { reporter, visibility, now }: KeepInput): SessionTable => ({
  ...factsOf(wire, { reporter, now }),
  id: newId(), team_id: reporter.teamId, owner_id: reporter.userId, session_key: wire.id, tool: wire.tool, native_id: wire.nativeId,
  visibility, link_hash: null, created_at: now,
  ...peoplesWords(wire),
});

const renewed = (before: SessionTable, wire: WireSession, { reporter, now }: KeepInput): SessionTable => {
  const facts = factsOf(wire, { reporter, now });
  return {
    ...before, ...facts,
    ...laterWord(before, peoplesWords(wire)),
    started_at: facts.started_at ?? before.started_at,
    last_activity_at: Math.max(facts.last_activity_at, wire.lastActivityAt === undefined ? before.last_activity_at : 0),
    // After the end there is no score; the last one is kept for lists.
    ...(wire.health.score === undefined && wire.state === 'ended' ? { health: before.health, health_level: before.health_level } : {}),
  };
};

/** As it is stored; made once. */
const textOf = (wire: WireSession): string => {
  let text = texts.get(wire);
  if (text === undefined) texts.set(wire, (text = JSON.stringify(wire)));
  return text;
};
const texts = new WeakMap<WireSession, string>();

type Facts = Omit<SessionTable, 'id' | 'team_id' | 'owner_id' | 'session_key' | 'tool' | 'native_id' | 'visibility' | 'link_hash' | 'created_at' | 'tags' | 'project_name' | 'description'>;

const factsOf = (wire: WireSession, { reporter, now }: Pick<KeepInput, 'reporter' | 'now'>): Facts => ({
  agent_id: reporter.agentId, host_name: reporter.hostName,
  state: wire.state, project: wire.project ?? null, branch: wire.gitBranch ?? null, title: wire.title ?? null, model: wire.model ?? null,
  ...totalsOf(wire),
  last_error: wire.present.lastWasError ? 1 : 0,
  health: wire.health.score ?? null, health_level: wire.health.level ?? null,
  started_at: wire.startedAt ?? null,
  last_activity_at: wire.lastActivityAt ?? wire.startedAt ?? now,
  ended_at: wire.state === 'ended' ? (wire.endedAt ?? wire.lastActivityAt ?? now) : null,
  told: textOf(wire), updated_at: now,
});

const totalsOf = ({ models, errors }: WireSession): Pick<SessionTable, 'tokens' | 'micro_usd' | 'errors'> => {
  let tokens = 0;
  let microUsd = 0;
  for (const { usage, microUsd: booked = 0 } of Object.values(models)) {
    tokens += (usage.input ?? 0) + (usage.output ?? 0) + (usage.cache_read ?? 0) + (usage.cache_creation_5m ?? 0) + (usage.cache_creation_1h ?? 0);
    microUsd += booked;
  }
  return { tokens, micro_usd: microUsd, errors: Object.values(errors).reduce((sum, count) => sum + count, 0) };
};

/** Whether only the use of a session was ever told: then its totals are the sum of it, else those that were told. */
export const isKnownByUse = ({ told }: Pick<SessionTable, 'told'>): boolean => Object.keys((JSON.parse(told) as WireSession).models ?? {}).length === 0;

/** Adds use to the totals of such a session. */
export const addTotals = async (work: Work, id: string, { tokens, microUsd, errors }: { readonly tokens: number; readonly microUsd: number; readonly errors: number }): Promise<void> => {
  if (tokens + microUsd + errors === 0) return;
  await work.updateTable('sessions').set((is) => ({ tokens: is('tokens', '+', tokens), micro_usd: is('micro_usd', '+', microUsd), errors: is('errors', '+', errors) })).where('id', '=', id).execute();
};

const rowsOf = async (work: Work, teamId: string, keys: readonly string[]): Promise<Map<string, SessionTable>> => {
  const rows = new Map<string, SessionTable>();
  for (const some of chunks(keys, 500))
    for (const row of await work.selectFrom('sessions').selectAll().where('team_id', '=', teamId).where('session_key', 'in', some).execute()) rows.set(row.session_key, row);
  return rows;
};

const tombstonesOf = async (work: Work, teamId: string, keys: readonly string[]): Promise<Set<string>> => {
  const found = new Set<string>();
  for (const some of chunks(keys, 500))
    for (const { session_key } of await work.selectFrom('tombstones').select('session_key').where('team_id', '=', teamId).where('session_key', 'in', some).execute()) found.add(session_key);
  return found;
};

/** One statement for many rows. What people and the permission table decide (owner, visibility, link) is not the agent's to change. */
const write = async (work: Work, rows: readonly SessionTable[]): Promise<void> => {
  for (const some of chunks(rows, 200))
    await work.insertInto('sessions').values(some).onConflict((on) => on.column('id').doUpdateSet((is) => ({
      agent_id: is.ref('excluded.agent_id'), host_name: is.ref('excluded.host_name'), state: is.ref('excluded.state'), project: is.ref('excluded.project'), branch: is.ref('excluded.branch'),
      title: is.ref('excluded.title'), model: is.ref('excluded.model'), tags: is.ref('excluded.tags'), project_name: is.ref('excluded.project_name'), description: is.ref('excluded.description'),
      tokens: is.ref('excluded.tokens'), micro_usd: is.ref('excluded.micro_usd'), errors: is.ref('excluded.errors'), last_error: is.ref('excluded.last_error'),
      health: is.ref('excluded.health'), health_level: is.ref('excluded.health_level'), started_at: is.ref('excluded.started_at'), last_activity_at: is.ref('excluded.last_activity_at'),
      ended_at: is.ref('excluded.ended_at'), told: is.ref('excluded.told'), updated_at: is.ref('excluded.updated_at'),
    }))).execute();
};

const chunks = <Item>(items: readonly Item[], size: number): Item[][] => {
  const pieces: Item[][] = [];
  for (let start = 0; start < items.length; start += size) pieces.push(items.slice(start, start + size));
  return pieces;
};
