import { sql } from 'kysely';
import { viewerOf } from '../sessions/visible.ts';
import type { Store } from '../store/open.ts';
import { Groups, addUse, allTokens, inDollars, noSums } from './figures.ts';
import type { ExportQuestion, LabelOf, Question, Sums } from './question.ts';
import { column, hourOfUse, isVisible, samplesOf, sumsOfGone, sumsOfUse, usedSessions } from './use.ts';
import type { Scope } from './use.ts';
import { bucketOf, clockOf, hourMs } from './zone.ts';

// Every answer's rows add up to the summary's sums. Names are told of sessions the asker may see; others' private sessions are one row "private",
// deleted ones one row "deleted" [R7].

/** Works out one analytic, from one state of the store. */
export const answerTo = (store: Store, question: Question): Promise<object> =>
  store.transaction().execute(async (work) => {
    const scope: Scope = { store: work, viewer: await viewerOf(work, question.userId), teamId: question.teamId, ...(question.from === undefined ? {} : { from: question.from }), ...(question.to === undefined ? {} : { to: question.to }) };
    switch (question.name) {
      case 'summary': return summary(scope);
      case 'users': return users(scope);
      case 'sessions': return sessions(scope, question.limit);
      case 'trends': return trends(scope, question);
      case 'tools': return tools(scope);
      case 'projects': return { rows: await projects(scope) };
      case 'tags': return { rows: await tags(scope) };
      case 'errors': return errors(scope);
      case 'hours': return { rows: await hours(scope, question.zone) };
    }
  });

/** A piece of an export, and where the next one begins. */
export const pieceOf = async (store: Store, question: ExportQuestion): Promise<{ readonly rows: readonly object[]; readonly next?: string }> => {
  if (question.name === 'sessions') return store.transaction().execute(async (work) => exportSessions({ store: work, viewer: await viewerOf(work, question.userId), teamId: question.teamId, ...(question.from === undefined ? {} : { from: question.from }), ...(question.to === undefined ? {} : { to: question.to }) }, question.exportAfter));
  const answer = (await answerTo(store, question)) as { readonly rows?: readonly object[] };
  return { rows: answer.rows ?? [answer] };
};

const totals = async (scope: Scope): Promise<Sums> => {
  const sums = noSums();
  for (const row of await sumsOfUse(scope, {})) addUse(sums, row);
  for (const row of await sumsOfGone(scope, [])) addUse(sums, row);
  return sums;
};

const summary = async (scope: Scope): Promise<object> => {
  const { store, teamId } = scope;
  const sums = inDollars(await totals(scope));
  const used = await usedSessions(scope).select(sql<number>`count(distinct session_use.session_id)`.as('sessions')).select(sql<number>`count(distinct sessions.owner_id)`.as('users')).executeTakeFirstOrThrow();
  const states = await store.selectFrom('sessions').select(['state', ({ fn }) => fn.countAll<number>().as('sessions')]).where('team_id', '=', teamId).groupBy('state').execute();
  const levels = await store.selectFrom('sessions').select(['health_level', ({ fn }) => fn.countAll<number>().as('sessions')]).where('team_id', '=', teamId).where('state', '<>', 'ended').groupBy('health_level').execute();
  const all = { tokens: sums.counted.tokens + sums.history.tokens, costUsd: sums.counted.costUsd + sums.history.costUsd, input: both(sums, 'inputTokens'), read: both(sums, 'cacheReadTokens'), written: both(sums, 'cacheCreationTokens') };
  const sent = all.input + all.read + all.written;
  return {
    ...sums, sessions: used.sessions, users: used.users,
    states: Object.fromEntries(states.map(({ state, sessions: count }) => [state, count])),
    health: Object.fromEntries(levels.map(({ health_level: level, sessions: count }) => [level ?? 'unknown', count])),
    ...(used.sessions > 0 ? { tokensPerSession: all.tokens / used.sessions, costUsdPerSession: all.costUsd / used.sessions } : {}),
    ...(used.users > 0 ? { sessionsPerUser: used.sessions / used.users } : {}),
    ...(sent > 0 ? { cacheReadRatio: all.read / sent } : {}),
    reported: await reportedByWebhooks(scope),
  };
};

const both = ({ counted, history }: Sums, name: keyof Sums['counted']): number => counted[name] + history[name];

/** Sessions that only a webhook told of: no fleet counter moved, so they stand apart. */
const reportedByWebhooks = async ({ store, teamId, from, to }: Scope): Promise<object> => {
  let query = store.selectFrom('sessions').select([sql<number>`count(*)`.as('sessions'), sql<number>`coalesce(sum(tokens), 0)`.as('tokens'), sql<number>`coalesce(sum(micro_usd), 0)`.as('microUsd')])
    .where('team_id', '=', teamId).where('agent_id', 'is', null).where((is) => is.not(is.exists(is.selectFrom('session_use').select('session_use.session_id').whereRef('session_use.session_id', '=', 'sessions.id'))));
  if (from !== undefined) query = query.where('last_activity_at', '>=', from * hourMs);
  if (to !== undefined) query = query.where('last_activity_at', '<', to * hourMs);
  const { sessions: count, tokens, microUsd } = await query.executeTakeFirstOrThrow();
  return { sessions: count, tokens, costUsd: microUsd / 1e6 };
};

const users = async (scope: Scope): Promise<object> => {
  const groups = new Groups<{ userId: string }>();
  for (const row of await sumsOfUse(scope, { userId: column('sessions.owner_id') })) groups.add({ userId: row.userId }, row);
  for (const row of await sumsOfGone(scope, ['user_id'])) groups.add({ userId: row.user_id }, row);
  const counts = new Map((await usedSessions(scope).select(['sessions.owner_id', sql<number>`count(distinct session_use.session_id)`.as('sessions')]).groupBy('sessions.owner_id').execute()).map((row) => [row.owner_id, row.sessions]));
  const names = new Map((await scope.store.selectFrom('users').select(['id', 'username', 'deleted_at']).execute()).map(({ id, username, deleted_at: gone }) => [id, gone === null ? username : 'former member']));
  return { rows: groups.rows().map(({ userId, ...sums }) => ({ user: { id: userId, name: names.get(userId) ?? 'former member' }, sessions: counts.get(userId) ?? 0, ...sums })) };
};

const sessionLabels = ['sessions.id', 'sessions.session_key', 'sessions.tool', 'users.username', 'sessions.project', 'sessions.project_name', 'sessions.state', 'sessions.tags', 'sessions.started_at', 'sessions.last_activity_at'] as const;

/** The sessions that used most, and all the others in one row. */
const sessions = async (scope: Scope, limit: number): Promise<object> => {
  const byId = new Map<string, Sums>();
  const rest = noSums();
  for (const row of await sumsOfUse(scope, { id: column('sessions.id'), visible: isVisible(scope) })) {
    if (row.visible !== 1) addUse(rest, row);
    else {
      let sums = byId.get(row.id);
      if (sums === undefined) byId.set(row.id, (sums = noSums()));
      addUse(sums, row);
    }
  }
  for (const row of await sumsOfGone(scope, [])) addUse(rest, row);
  const ranked = [...byId].sort(([, one], [, other]) => allTokens(other) - allTokens(one));
  for (const [, sums] of ranked.slice(limit)) addSums(rest, sums);
  const shown = new Map(ranked.slice(0, limit));
  return { rows: await labelled(scope, shown), rest: inDollars(rest) };
};

const addSums = (to: Sums, from: Sums): void => {
  for (const part of ['counted', 'history'] as const) for (const name of Object.keys(from[part]) as (keyof Sums['counted'])[]) to[part][name] += from[part][name];
};

const labelled = async ({ store }: Scope, sums: ReadonlyMap<string, Sums>): Promise<object[]> => {
  const ids = [...sums.keys()];
  if (ids.length === 0) return [];
  const rows = new Map((await store.selectFrom('sessions').innerJoin('users', 'users.id', 'sessions.owner_id').select(sessionLabels).where('sessions.id', 'in', ids).execute()).map((row) => [row.id, row]));
  return ids.map((id) => {
    const row = rows.get(id)!;
    const project = row.project_name ?? row.project;
    const tags = JSON.parse(row.tags) as string[];
    return {
      id: row.session_key, tool: row.tool, owner: row.username, state: row.state, ...(project === null ? {} : { project }), ...(tags.length === 0 ? {} : { tags }),
      ...(row.started_at === null ? {} : { startedAt: new Date(row.started_at).toISOString() }), lastActivityAt: new Date(row.last_activity_at).toISOString(), ...inDollars(sums.get(id)!),
    };
  });
};

const pieceSize = 500;

/** All visible sessions in order of their ids, then what the others used in one row. */
const exportSessions = async (scope: Scope, after: string | undefined): Promise<{ readonly rows: readonly object[]; readonly next?: string }> => {
  const of = usedSessions(scope).select('sessions.id').distinct().where(isVisible(scope), '=', 1).orderBy('sessions.id').limit(pieceSize);
  const ids = (await (after === undefined ? of : of.where('sessions.id', '>', after)).execute()).map(({ id }) => id);
  if (ids.length === 0) return { rows: [{ id: '(private and deleted sessions)', ...(await restOf(scope)) }] };
  const sums = new Map(ids.map((id) => [id, noSums()]));
  for (const row of await useOf(scope, ids)) addUse(sums.get(row.id)!, row);
  return { rows: await labelled(scope, sums), next: ids.at(-1)! };
};

const useOf = async (scope: Scope, ids: readonly string[]) =>
  usedSessions(scope).select(['sessions.id', 'session_use.kind', sql<number>`sum(session_use.value)`.as('value'), sql<number>`sum(session_use.counted)`.as('counted')]).where('sessions.id', 'in', ids).groupBy(['sessions.id', 'session_use.kind']).execute();

const restOf = async (scope: Scope): Promise<Sums> => {
  const rest = noSums();
  for (const row of await sumsOfUse(scope, { visible: isVisible(scope) })) if (row.visible !== 1) addUse(rest, row);
  for (const row of await sumsOfGone(scope, [])) addUse(rest, row);
  return inDollars(rest);
};

const trends = async (scope: Scope, { step, zone }: Question): Promise<object> => {
  const clock = clockOf(zone);
  const bucket = (hour: number): string => bucketOf(hour * hourMs, step, clock);
  const sums = new Map<string, Sums>();
  const put = (row: Parameters<typeof addUse>[1], hour: number): void => {
    const at = bucket(Number(hour));
    if (!sums.has(at)) sums.set(at, noSums());
    addUse(sums.get(at)!, row);
  };
  for (const row of await sumsOfUse(scope, { hour: hourOfUse })) put(row, row.hour);
  for (const row of await sumsOfGone(scope, ['hour'])) put(row, row.hour);
  const active = new Map<string, Set<string>>();
  for (const { id, hour } of await usedSessions(scope).select(['sessions.id', hourOfUse.as('hour')]).distinct().execute()) {
    const at = bucket(hour);
    if (!active.has(at)) active.set(at, new Set());
    active.get(at)!.add(id);
  }
  const health = await healthBy(scope, (at) => bucketOf(Math.floor(at / hourMs) * hourMs, step, clock));
  const places = [...new Set([...sums.keys(), ...health.keys()])].sort();
  return { rows: places.map((at) => ({ at, sessions: active.get(at)?.size ?? 0, ...(health.has(at) ? { health: health.get(at)! } : {}), ...inDollars(sums.get(at) ?? noSums()) })) };
};

/** The mean score of the sessions the asker may see; the score of one private session is its owner's business. */
const healthBy = async (scope: Scope, bucket: (at: number) => string): Promise<ReadonlyMap<string, number>> => {
  const rows = await samplesOf(scope).where(isVisible(scope), '=', 1).where('session_samples.health', 'is not', null)
    .select(['session_samples.at', sql<number>`sum(session_samples.health)`.as('sum'), sql<number>`count(*)`.as('count')]).groupBy('session_samples.at').execute();
  const means = new Map<string, { sum: number; count: number }>();
  for (const { at, sum, count } of rows) {
    const mean = means.get(bucket(at)) ?? { sum: 0, count: 0 };
    means.set(bucket(at), { sum: mean.sum + sum, count: mean.count + count });
  }
  return new Map([...means].map(([at, { sum, count }]) => [at, Math.round((sum / count) * 10) / 10]));
};

const tools = async (scope: Scope): Promise<object> => {
  const groups = new Groups<{ tool: string }>();
  const models = new Groups<{ model?: string; of: LabelOf }>();
  const calls = new Map<string, { name?: string; of: LabelOf; counted: number; history: number }>();
  const call = (label: { name?: string; of: LabelOf }, { value, counted }: { value: number; counted: number }): void => {
    const before = calls.get(JSON.stringify(label));
    calls.set(JSON.stringify(label), { ...label, counted: (before?.counted ?? 0) + counted, history: (before?.history ?? 0) + value - counted });
  };
  for (const row of await sumsOfUse(scope, { tool: column('sessions.tool'), model: column('session_use.model'), visible: isVisible(scope) })) {
    groups.add({ tool: row.tool }, row);
    if (row.kind.startsWith('tool:')) call(row.visible === 1 ? { name: row.kind.slice(5), of: 'name' } : { of: 'private' }, row);
    else if (isOfModels(row.kind)) models.add(labelOf('model', row.visible, row.model === '' || row.model === 'unknown' ? null : row.model), row);
  }
  for (const row of await sumsOfGone(scope, ['tool'])) {
    groups.add({ tool: row.tool }, row);
    if (row.kind.startsWith('tool:')) call({ of: 'deleted' }, row);
    else if (isOfModels(row.kind)) models.add({ of: 'deleted' }, row);
  }
  return { rows: groups.rows(), models: models.rows(), calls: [...calls.values()].sort((one, other) => other.counted + other.history - one.counted - one.history).slice(0, 200) };
};

const isOfModels = (kind: string): boolean => /^(input|output|cache_|requests|micro_usd|unpriced:)/.test(kind);

const labelOf = <Name extends string>(name: Name, visible: number, text: string | null): { [Key in Name]?: string } & { of: LabelOf } =>
  (visible !== 1 ? { of: 'private' } : text === null ? { of: 'none' } : { [name]: text, of: 'name' }) as { [Key in Name]?: string } & { of: LabelOf };

const projects = async (scope: Scope): Promise<object[]> => {
  const groups = new Groups<{ project?: string; of: LabelOf }>();
  const visible = isVisible(scope);
  // What may not be seen is one group already in SQL.
  for (const row of await sumsOfUse(scope, { visible, project: sql`case when ${visible} = 1 then coalesce(sessions.project_name, sessions.project) end` })) groups.add(labelOf('project', row.visible, row.project), row);
  for (const row of await sumsOfGone(scope, [])) groups.add({ of: 'deleted' }, row);
  return groups.rows();
};

/** A session with several tags counts under each of them. */
const tags = async (scope: Scope): Promise<object[]> => {
  const groups = new Groups<{ tag?: string; of: LabelOf }>();
  const visible = isVisible(scope);
  for (const row of await sumsOfUse(scope, { visible, tags: sql`case when ${visible} = 1 then sessions.tags else '[]' end` })) {
    const given = JSON.parse(row.tags) as string[];
    if (row.visible !== 1 || given.length === 0) groups.add(labelOf('tag', row.visible, null), row);
    for (const tag of given) groups.add({ tag, of: 'name' }, row);
  }
  for (const row of await sumsOfGone(scope, [])) groups.add({ of: 'deleted' }, row);
  return groups.rows();
};

/** Errors by kind and tool, and the visible sessions that had most. */
const errors = async (scope: Scope): Promise<object> => {
  const rows = new Map<string, { error: string; tool: string; counted: number; history: number }>();
  const put = (tool: string, { kind, value, counted }: { kind: string; value: number; counted: number }): void => {
    const key = `${tool} ${kind}`;
    const before = rows.get(key) ?? { error: kind.slice(6), tool, counted: 0, history: 0 };
    rows.set(key, { ...before, counted: before.counted + counted, history: before.history + value - counted });
  };
  const worst = new Map<string, number>();
  for (const row of await sumsOfUse(scope, { id: column('sessions.id'), tool: column('sessions.tool'), visible: isVisible(scope) })) {
    if (!row.kind.startsWith('error:')) continue;
    put(row.tool, row);
    if (row.visible === 1) worst.set(row.id, (worst.get(row.id) ?? 0) + row.value);
  }
  for (const row of await sumsOfGone(scope, ['tool'])) if (row.kind.startsWith('error:')) put(row.tool, row);
  const top = new Map([...worst].sort(([, one], [, other]) => other - one).slice(0, 20));
  const named = await scope.store.selectFrom('sessions').innerJoin('users', 'users.id', 'sessions.owner_id').select(['sessions.id', 'sessions.session_key', 'users.username']).where('sessions.id', 'in', [...top.keys(), '']).execute();
  return {
    rows: [...rows.values()].sort((one, other) => other.counted + other.history - one.counted - one.history),
    sessions: named.map(({ id, session_key: key, username: owner }) => ({ id: key, owner, errors: top.get(id)! })).sort((one, other) => other.errors - one.errors),
  };
};

/** When work is done: by weekday and hour of the time zone. */
const hours = async (scope: Scope, zone: string): Promise<object[]> => {
  const clock = clockOf(zone);
  const groups = new Groups<{ weekday: number; hour: number }>();
  const put = (row: Parameters<typeof addUse>[1], at: number): void => {
    const { weekday, hour } = clock(Number(at) * hourMs);
    groups.add({ weekday, hour }, row);
  };
  for (const row of await sumsOfUse(scope, { at: hourOfUse })) put(row, row.at);
  for (const row of await sumsOfGone(scope, ['hour'])) put(row, row.hour);
  return groups.rows().sort((one, other) => one.weekday - other.weekday || one.hour - other.hour);
};
