import type { Request } from 'express';
import { z } from 'zod';
import type { Base } from '../../base.ts';
import { Refusal, badRequest } from '../../routes/errors.ts';
import type { Ask, Route } from '../../routes/route.ts';
import { newId } from '../../store/ids.ts';
import type { FileTable } from '../../store/rooms-schema.ts';
import { imageOf } from '../chat/image.ts';
import { fileColumns, fileInfoOf } from '../chat/shape.ts';
import { findPost } from '../chat/write.ts';
import { ensureRoom } from '../numbers.ts';
import { findRoom, roomToAct } from '../room.ts';
import type { Writer } from '../writer.ts';
import { anId, v4 } from './v4.ts';

export const fileLimits = { bytes: 5 * 2 ** 20, unposted: 50 } as const;

/** Files of posts: kept in the store, shown only to who may read the room, never run. */
export const fileRoutes = ({ base, writer }: { readonly base: Base; readonly writer: Writer }): readonly Route[] => {
  const { store } = base;
  const file = z.object({ file: anId });
  const fileFor = async ({ params, person, now }: Pick<Ask<{ file: string }>, 'params' | 'person' | 'now'>): Promise<Omit<FileTable, 'data'>> => {
    const row = await store.selectFrom('files').select(fileColumns).where('id', '=', params.file).where('delete_at', '=', 0).executeTakeFirst();
    const room = row && (await findRoom(store, { roomId: row.room_id, userId: person.userId, now }));
    // What is not posted yet is its uploader's alone.
    if (row === undefined || room === undefined || (row.post_id === null && row.user_id !== person.userId)) throw new Refusal(404, 'app.file_info.get.app_error', 'There is no such file that you may see.');
    return row;
  };
  const send = async (ask: Ask<{ file: string }>): Promise<void> => {
    const row = await fileFor(ask);
    const { data } = await store.selectFrom('files').select('data').where('id', '=', row.id).executeTakeFirstOrThrow();
    const isImage = row.mime_type.startsWith('image/');
    ask.response.set({
      'Content-Type': isImage ? row.mime_type : 'application/octet-stream', 'Content-Length': String(row.size), 'X-Content-Type-Options': 'nosniff', 'Content-Security-Policy': "default-src 'none'; sandbox", 'Cache-Control': 'private, no-store',
      'Content-Disposition': `${isImage ? 'inline' : 'attachment'}; filename*=UTF-8''${encodeURIComponent(row.name).replace(/['()*]/g, (letter) => `%${letter.charCodeAt(0).toString(16)}`)}`,
    }).end(data);
  };
  return [
    v4('post', '/api/v4/files', {
      status: 201, perMinute: 120, query: z.object({ channel_id: anId.exactOptional(), filename: z.string().max(255).exactOptional() }),
      handle: async (ask) => {
        const { roomId, files, clientIds } = await uploaded(ask);
        const rows = await writer.write(async (work) => {
          const room = await roomToAct(work, { roomId, userId: ask.person.userId, now: ask.now, act: 'post:write' });
          const waiting = await work.selectFrom('files').select((of) => of.fn.countAll<number>().as('n')).where('user_id', '=', ask.person.userId).where('post_id', 'is', null).executeTakeFirstOrThrow();
          if (waiting.n + files.length > fileLimits.unposted) throw new Refusal(400, 'api.file.upload_file.too_many.app_error', `You have ${waiting.n} files that are not posted yet. Post them, or wait a day.`);
          await ensureRoom(work, room, ask.now);
          const made = files.map(({ name, data }) => fileRow({ name, data, roomId, userId: ask.person.userId, now: ask.now }));
          for (const row of made) await work.insertInto('files').values(row).execute();
          return { result: made };
        });
        return { file_infos: rows.map(fileInfoOf), client_ids: clientIds };
      },
    }),
    v4('get', '/api/v4/files/:file', { params: file, raw: 'application/octet-stream', handle: send }),
    v4('get', '/api/v4/files/:file/thumbnail', { params: file, raw: 'application/octet-stream', handle: send }),
    v4('get', '/api/v4/files/:file/preview', { params: file, raw: 'application/octet-stream', handle: send }),
    v4('get', '/api/v4/files/:file/info', { params: file, handle: async (ask) => fileInfoOf(await fileFor(ask)) }),
    v4('get', '/api/v4/posts/:post/files/info', {
      params: z.object({ post: anId }),
      handle: async ({ person, params, now }) => {
        const { row } = await findPost(store as never, { postId: params.post, userId: person.userId, now });
        return (await store.selectFrom('files').select(fileColumns).where('post_id', '=', row.id).where('delete_at', '=', 0).execute()).map(fileInfoOf);
      },
    }),
  ];
};

const fileRow = ({ name, data, roomId, userId, now }: { readonly name: string; readonly data: Buffer; readonly roomId: string; readonly userId: string; readonly now: number }): FileTable => {
  const image = imageOf(data);
  const clean = name.replace(/[\x00-\x1f\x7f/\\]/g, '_').slice(-255) || 'file';
  const extension = /\.([a-z0-9]{1,16})$/i.exec(clean)?.[1]?.toLowerCase() ?? '';
  return { id: newId(), room_id: roomId, user_id: userId, post_id: null, name: clean, extension, mime_type: image?.mimeType ?? 'application/octet-stream', size: data.length, width: image?.width ?? 0, height: image?.height ?? 0, data, create_at: now, delete_at: 0 };
};

interface Uploaded {
  readonly roomId: string;
  readonly files: readonly { readonly name: string; readonly data: Buffer }[];
  readonly clientIds: readonly string[];
}

/** Reads an upload: a form with files and channel_id, as Mattermost's client sends it, or the file itself with both in the query. */
const uploaded = async ({ request, query }: Ask<unknown, { readonly channel_id?: string; readonly filename?: string }>): Promise<Uploaded> => {
  const type = request.get('content-type') ?? '';
  const body = await bytesOf(request, fileLimits.bytes + 65_536);
  if (!type.startsWith('multipart/form-data')) return checked({ roomId: query.channel_id ?? '', files: [{ name: query.filename ?? 'file', data: body }], clientIds: [] });
  const form = await new Response(new Uint8Array(body), { headers: { 'content-type': type } }).formData().catch(() => { throw badRequest('The form cannot be read.', 'unreadable'); });
  const files = await Promise.all(form.getAll('files').filter((part) => typeof part !== 'string').map(async (part) => ({ name: part.name, data: Buffer.from(await part.arrayBuffer()) })));
  const room = form.get('channel_id');
  return checked({ roomId: typeof room === 'string' ? room : (query.channel_id ?? ''), files, clientIds: form.getAll('client_ids').filter((id) => typeof id === 'string').slice(0, 10) });
};

const checked = (given: Uploaded): Uploaded => {
  if (!anId.safeParse(given.roomId).success) throw badRequest('channel_id says into which room.', 'invalid_input');
  if (given.files.length === 0 || given.files.length > 10) throw badRequest('Between one and ten files at a time, in parts named "files".', 'invalid_input');
  if (given.files.some(({ data }) => data.length > fileLimits.bytes)) throw tooLarge();
  if (given.files.some(({ data }) => data.length === 0)) throw badRequest('An empty file is not kept.', 'invalid_input');
  return given;
};

const tooLarge = (): Refusal => new Refusal(413, 'api.file.upload_file.too_large.app_error', 'A file may have 5 MB.');

const bytesOf = async (request: Request, most: number): Promise<Buffer> => {
  if (request.get('content-encoding') !== undefined) throw new Refusal(415, 'encoding', 'Send files as they are, without Content-Encoding.');
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > most) throw tooLarge();
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
};
