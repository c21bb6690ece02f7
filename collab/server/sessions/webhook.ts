import { createHash } from 'node:crypto';
import { z } from 'zod';
import { tokenTypes, totalTokens } from 'watchroom/session/usage';
import { tools } from 'watchroom/session/tool';
import type { WireSession } from 'watchroom/wire';
import type { Base } from '../base.ts';
import { conflict, forbidden } from '../routes/errors.ts';
import { newId } from '../store/ids.ts';
import type { SessionTable } from '../store/schema.ts';
import type { Work } from '../store/open.ts';

const printed = (most: number) => z.string().min(1).max(most).regex(/^[^\x00-\x1f\x7f]+$/, 'control characters');
const count = z.int().min(0);

/** What a wrapper or script tells of a session that no agent sees. Numbers are of the whole session so far, not growth. */
export const webhookBody = z.strictObject({
  sessionId: printed(300).exactOptional().describe('The tool\'s own id. With it, the numbers of an agent that sees the session replace these.'),
  name: printed(200).exactOptional().describe('A name of yours for the session, when the tool\'s id is not known. The same name is the same session.'),
  tool: z.enum(tools),
  status: z.enum(['ACTIVE', 'COMPLETED']),
  costUsd: z.number().min(0).max(1e9).exactOptional(),
  tokens: z.strictObject(Object.fromEntries(tokenTypes.map((type) => [type, count.exactOptional()])) as Record<(typeof tokenTypes)[number], z.ZodExactOptional<z.ZodInt>>).exactOptional(),
  turns: count.exactOptional(),
  durationMs: z.number().min(0).max(10 * 365 * 86_400_000).exactOptional().describe('How long it has lasted. Absent: since the first delivery.'),
  errors: count.exactOptional(),
  project: printed(200).exactOptional(),
  branch: printed(300).exactOptional(),
  model: printed(200).exactOptional(),
  hostName: printed(255).exactOptional(),
}).refine(({ sessionId, name }) => sessionId !== undefined || name !== undefined, 'give sessionId, or a name of your own').meta({ id: 'SessionWebhook' });
export type WebhookBody = z.output<typeof webhookBody>;

export const webhookAnswer = z.object({
  id: z.string(),
  counted: z.boolean().describe('false: an agent sees this session, and its numbers are the ones that count.'),
}).meta({ id: 'SessionWebhookAnswer' });
export type WebhookAnswer = z.infer<typeof webhookAnswer>;

export interface Delivery {
  readonly teamId: string;
  readonly userId: string;
  readonly body: WebhookBody;
  /** Of the header Idempotency-Key. */
  readonly key: string | undefined;
  readonly now: number;
}

/** A delivery is known for so long [R1]. */
const knownMs = 24 * 3_600_000;

/** Takes a delivery: it makes or renews a session of the asker. The same key again is answered as before and changes nothing [R1]. */
export const takeDelivery = async ({ store, events }: Base, delivery: Delivery): Promise<WebhookAnswer> => {
  const { userId, key, body, now } = delivery;
  const bodyHash = createHash('sha256').update(JSON.stringify([delivery.teamId, body])).digest('base64url');
  const done = await store.transaction().execute(async (work) => {
    await work.deleteFrom('webhook_deliveries').where('created_at', '<=', now - knownMs).execute();
    const known = key === undefined ? undefined : await work.selectFrom('webhook_deliveries').selectAll().where('user_id', '=', userId).where('key', '=', key).executeTakeFirst();
    if (known && known.body_hash !== bodyHash) throw conflict('This Idempotency-Key was sent before with another body. Take a new key for each delivery.', 'idempotency');
    if (known) return { answer: JSON.parse(known.answer) as WebhookAnswer };
    const { before, row } = await keep(work, delivery);
    const answer = { id: (row ?? before!).session_key, counted: row !== undefined };
    if (key !== undefined) await work.insertInto('webhook_deliveries').values({ user_id: userId, key, body_hash: bodyHash, answer: JSON.stringify(answer), created_at: now }).execute();
    return { answer, before, row };
  });
  if (done.row) events.emit(!done.before ? 'session:created' : done.row.state === 'ended' && done.before.state !== 'ended' ? 'session:ended' : 'session:updated', { session: done.row });
  return done.answer;
};

/** Without a row: an agent tells of the session, and its word stands. */
const keep = async (work: Work, delivery: Delivery): Promise<{ readonly before: SessionTable | undefined; readonly row: SessionTable | undefined }> => {
  const { teamId, userId } = delivery;
  const nativeId = nativeIdOf(delivery);
  const id = `${delivery.body.tool}/${nativeId}`;
  const before = await work.selectFrom('sessions').selectAll().where('team_id', '=', teamId).where('session_key', '=', id).executeTakeFirst();
  if (before && before.owner_id !== userId) throw forbidden('Another person of the team reports this session.', 'anothers');
  if (before && before.agent_id !== null) return { before, row: undefined };
  if (await work.selectFrom('tombstones').select('session_key').where('team_id', '=', teamId).where('session_key', '=', id).executeTakeFirst()) throw conflict('This session was deleted on the hub, and stays so.', 'deleted');
  const row = rowOf(delivery, nativeId, before);
  const { id: _id, ...renewed } = row;
  if (before) await work.updateTable('sessions').set(renewed).where('id', '=', before.id).execute();
  else await work.insertInto('sessions').values(row).execute();
  return { before, row };
};

/** A name is its giver's own: two people's "nightly" are two sessions. */
const nativeIdOf = ({ userId, body: { sessionId, name } }: Delivery): string => sessionId ?? `hook-${createHash('sha256').update(`${userId}\0${name}`).digest('hex').slice(0, 32)}`;

const rowOf = ({ teamId, userId, body, now }: Delivery, nativeId: string, before: SessionTable | undefined): SessionTable => {
  const told = before === undefined ? {} : (JSON.parse(before.told) as Partial<WireSession>);
  const wire = wireOf(body, { nativeId, told, now, startedAt: startedAtOf(body, before, now) });
  return {
    id: before?.id ?? newId(), team_id: teamId, owner_id: userId, agent_id: null, session_key: wire.id, tool: wire.tool, native_id: nativeId,
    host_name: body.hostName ?? before?.host_name ?? 'webhook', visibility: before?.visibility ?? 'team', state: wire.state,
    project: wire.project ?? null, branch: wire.gitBranch ?? null, title: wire.title ?? null, model: wire.model ?? null,
    tags: before?.tags ?? '[]', project_name: before?.project_name ?? null, description: before?.description ?? null,
    ...totalsOf(wire), last_error: 0, health: null, health_level: null,
    started_at: wire.startedAt!, last_activity_at: now, ended_at: wire.endedAt ?? null, told: JSON.stringify(wire), link_hash: before?.link_hash ?? null,
    created_at: before?.created_at ?? now, updated_at: now,
  };
};

const startedAtOf = ({ durationMs }: WebhookBody, before: SessionTable | undefined, now: number): number => (durationMs === undefined ? (before?.started_at ?? now) : Math.round(now - durationMs));

/** In the form an agent would tell it; what a later delivery leaves out stays as it was told. */
const wireOf = ({ tool, name, status, costUsd, tokens, turns, project, branch, model, errors }: WebhookBody, { nativeId, told, now, startedAt }: { readonly nativeId: string; readonly told: Partial<WireSession>; readonly now: number; readonly startedAt: number }): WireSession => {
  const use = Object.values(told.models ?? {})[0];
  const usage = tokens ?? use?.usage ?? {};
  const microUsd = costUsd === undefined ? use?.microUsd : Math.round(costUsd * 1e6);
  const called = model ?? told.model;
  const ended = status === 'COMPLETED';
  return {
    ...given('project', project ?? told.project), ...given('gitBranch', branch ?? told.gitBranch), ...given('model', called), ...given('title', name ?? told.title), ...given('turns', turns ?? told.turns),
    id: `${tool}/${nativeId}`, tool, nativeId, startedAt, lastActivityAt: now, ...(ended ? { endedAt: now } : {}), activeMs: now - startedAt,
    models: Object.keys(usage).length === 0 && microUsd === undefined ? {} : { [called ?? '']: { usage, requests: 0, unpricedTokens: 0, ...given('microUsd', microUsd) } },
    messages: {}, toolCalls: {}, toolErrors: {}, errors: errors === undefined ? (told.errors ?? {}) : errors === 0 ? {} : { api: errors }, errorTimes: [], files: {},
    present: { turnOpen: !ended, pendingTools: [] }, rot: {}, state: ended ? 'ended' : 'working', processes: [], hasTranscript: false, health: { factors: {}, missing: [] }, edits: [],
  };
};

const given = <Name extends string, Value>(name: Name, value: Value | undefined): { readonly [Key in Name]?: Value } => (value === undefined ? {} : ({ [name]: value } as { readonly [Key in Name]?: Value }));

const totalsOf = ({ models, errors }: WireSession): Pick<SessionTable, 'tokens' | 'micro_usd' | 'errors'> => {
  const use = Object.values(models)[0];
  return { tokens: totalTokens(use?.usage ?? {}), micro_usd: use?.microUsd ?? 0, errors: Object.values(errors).reduce((sum, one) => sum + one, 0) };
};
