import type { Request } from 'express';
import { z } from 'zod';
import type { Base } from '../../base.ts';
import { Refusal, badRequest } from '../../routes/errors.ts';
import type { Route } from '../../routes/route.ts';
import { audit } from '../../store/audit.ts';
import { hashOf, newId, newSecret } from '../../store/ids.ts';
import { createPost } from '../chat/write.ts';
import { ensureRoom } from '../numbers.ts';
import { findRooms, roomFor, roomToAct } from '../room.ts';
import type { Writer } from '../writer.ts';
import { longestMessage } from './posts.ts';
import { anId, ok, paged, v4 } from './v4.ts';

const short = z.string().max(1000);
const attachment = z.object({
  fallback: short, color: z.string().max(32), pretext: short, author_name: short, title: short, title_link: z.url({ protocol: /^https?$/ }).max(2000), text: z.string().max(8000), footer: short,
  fields: z.array(z.object({ title: short.default(''), value: z.union([short, z.number(), z.boolean()]).transform(String).default(''), short: z.union([z.boolean(), z.string()]).default(false) })).max(50),
}).partial();

/** What Mattermost's and Slack's incoming webhooks take. */
const payload = z.object({ text: z.string().max(longestMessage).default(''), username: z.string().max(64).exactOptional(), attachments: z.array(attachment).max(20).default([]), type: z.string().max(64).default('') });

/** Incoming webhooks: one URL writes into one room. */
export const hookRoutes = ({ base, writer }: { readonly base: Base; readonly writer: Writer }): readonly Route[] => {
  const { store, settings } = base;
  return [
    v4('post', '/hooks/:hook', {
      access: { who: 'everybody' }, perMinute: 120, raw: 'text/plain', params: z.object({ hook: z.string().min(1).max(200) }),
      handle: async ({ params, request, response, now }) => {
        const hook = await store.selectFrom('incoming_hooks').innerJoin('users', 'users.id', 'incoming_hooks.user_id').select(['incoming_hooks.room_id', 'incoming_hooks.user_id', 'incoming_hooks.name']).where('hash', '=', hashOf(params.hook)).where('incoming_hooks.deleted_at', 'is', null).where('users.deleted_at', 'is', null).executeTakeFirst();
        if (hook === undefined) throw new Refusal(404, 'web.incoming_webhook.invalid.app_error', 'There is no such webhook.');
        const given = await payloadOf(request);
        const idempotencyKey = request.get('idempotency-key')?.slice(0, 100);
        await writer.write((work) => createPost(work, {
          roomId: hook.room_id, userId: hook.user_id, now, message: given.text, rootId: '', type: '', fileIds: [], pendingPostId: idempotencyKey === undefined ? '' : `hook:${hashOf(params.hook)}:${idempotencyKey}`,
          props: { from_webhook: 'true', override_username: given.username ?? hook.name, ...(given.attachments.length > 0 ? { attachments: given.attachments } : {}) },
        }));
        response.type('text/plain').send('ok');
      },
    }),
    v4('post', '/api/v4/hooks/incoming', {
      status: 201, body: z.object({ channel_id: anId, display_name: z.string().trim().max(64).default('webhook'), description: z.string().max(500).default('') }),
      handle: async ({ person, body, now, actor }) => {
        const secret = newSecret('wrh_');
        const row = { id: newId(), hash: hashOf(secret), room_id: body.channel_id, user_id: person.userId, name: body.display_name === '' ? 'webhook' : body.display_name, description: body.description, created_at: now };
        const room = await writer.write(async (work) => {
          const found = await roomToAct(work, { roomId: body.channel_id, userId: person.userId, now, act: 'post:delete-others' });
          await ensureRoom(work, found, now);
          await work.insertInto('incoming_hooks').values(row).execute();
          await audit(work, { at: now, teamId: found.teamId, actor, action: 'token:make', target: row.id, after: { kind: 'hook', name: row.name } });
          return { result: found };
        });
        // Told this once: only its hash is kept.
        return { ...hookOf(row, room.teamId), id: secret, hook_id: row.id, url: `${settings.publicUrl}/hooks/${secret}` };
      },
    }),
    v4('get', '/api/v4/hooks/incoming', {
      query: z.object({ team_id: z.string().max(64).default(''), ...paged }),
      handle: async ({ person, query, now }) => {
        const rows = await store.selectFrom('incoming_hooks').selectAll().where('deleted_at', 'is', null).orderBy('created_at').execute();
        const rooms = await findRooms(store, { roomIds: [...new Set(rows.map((row) => row.room_id))], userId: person.userId, now });
        const shown = rows.filter((row) => rooms.get(row.room_id)?.may('post:delete-others') && (query.team_id === '' || rooms.get(row.room_id)!.teamId === query.team_id));
        return shown.slice(query.page * query.per_page, (query.page + 1) * query.per_page).map((row) => hookOf(row, rooms.get(row.room_id)!.teamId));
      },
    }),
    v4('delete', '/api/v4/hooks/incoming/:hook', {
      params: z.object({ hook: anId }),
      handle: async ({ person, params, now, actor }) => {
        await writer.write(async (work) => {
          const row = await work.selectFrom('incoming_hooks').selectAll().where('id', '=', params.hook).where('deleted_at', 'is', null).executeTakeFirst();
          if (row === undefined) throw noHook();
          const room = await roomFor(work, { roomId: row.room_id, userId: person.userId, now }).catch(() => { throw noHook(); });
          if (!room.may('post:delete-others')) throw noHook();
          await work.updateTable('incoming_hooks').set({ deleted_at: now }).where('id', '=', row.id).execute();
          await audit(work, { at: now, teamId: room.teamId, actor, action: 'token:revoke', target: row.id });
          return { result: undefined };
        });
        return ok;
      },
    }),
  ];
};

const noHook = (): Refusal => new Refusal(404, 'web.incoming_webhook.invalid.app_error', 'There is no such webhook of yours.');

const hookOf = (row: { readonly id: string; readonly room_id: string; readonly user_id: string; readonly name: string; readonly description: string; readonly created_at: number }, teamId: string): object =>
  ({ id: row.id, channel_id: row.room_id, user_id: row.user_id, team_id: teamId, display_name: row.name, description: row.description, create_at: row.created_at, update_at: row.created_at, delete_at: 0, channel_locked: true, username: '', icon_url: '' });

/** The body as JSON, or a form with the JSON in "payload", as Slack's senders have it. */
const payloadOf = async (request: Request): Promise<z.output<typeof payload>> => {
  let text = '';
  for await (const chunk of request.setEncoding('utf8') as AsyncIterable<string>) {
    text += chunk;
    if (text.length > 131_072) throw new Refusal(413, 'too_large', 'The body is larger than this call may send.');
  }
  const json = (request.get('content-type') ?? '').startsWith('application/x-www-form-urlencoded') ? (new URLSearchParams(text).get('payload') ?? '') : text;
  let given: unknown;
  try { given = JSON.parse(json); } catch { throw badRequest('The body is no valid JSON, nor a form with JSON in "payload".', 'unreadable'); }
  const parsed = payload.safeParse(given);
  if (!parsed.success) throw badRequest(parsed.error.issues.slice(0, 5).map(({ path, message }) => `${['body', ...path].join('.')}: ${message}`).join('; '), 'invalid_input');
  if (parsed.data.type !== '') throw new Refusal(403, 'api.post.create_post.type.app_error', 'Posts with a type are the hub\'s own. Leave type out.');
  if (parsed.data.text.trim() === '' && parsed.data.attachments.length === 0) throw badRequest('A post needs text or attachments.', 'web.incoming_webhook.text.app_error');
  return parsed.data;
};
