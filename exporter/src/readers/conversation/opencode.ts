import type { Database } from 'better-sqlite3';
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { object, parseObject, text, time } from '../fields.ts';
import type { Json } from '../fields.ts';
import { columnsOf, openReadOnly } from '../sqlite/open.ts';
import { message } from './message.ts';
import type { Message } from './message.ts';
import { argumentsOf, wordsOf } from './source.ts';
import type { ReadConversation } from './source.ts';

/** A message and its parts, as either layout tells them. */
interface Told { readonly info: Json; readonly parts: readonly Json[]; readonly subagent: string | undefined }

/** OpenCode: messages with parts, in a database or in a tree of small files. Sub-agents are sessions below their parent. */
export const opencodeConversation: ReadConversation = function* ({ path, nativeId }) {
  if (/\.json$/.test(path)) {
    for (const told of inTree(path, nativeId)) yield* messagesOf(told);
    return;
  }
  const db = openReadOnly(path);
  try {
    for (const told of inDatabase(db, nativeId)) yield* messagesOf(told);
  } finally {
    db.close();
  }
};

function* inDatabase(db: Database, nativeId: string): Generator<Told> {
  const children = columnsOf(db, 'session').has('parent_id') ? db.prepare('SELECT id FROM session WHERE parent_id = ?').pluck() : undefined;
  const family = [nativeId];
  for (let index = 0; index < family.length && index < mostInFamily; index += 1) for (const id of (children?.all(family[index]!) ?? []) as string[]) if (!family.includes(id)) family.push(id);
  const parts = db.prepare('SELECT CAST(data AS TEXT) FROM part WHERE message_id = ? ORDER BY id').pluck();
  for (const session of family) {
    for (const { id, data } of db.prepare('SELECT id, CAST(data AS TEXT) AS data FROM message WHERE session_id = ? ORDER BY time_created, id').all(session) as { id: string; data: string }[]) {
      const info = parseObject(data);
      if (info) yield { info, parts: (parts.all(id) as string[]).map((part) => parseObject(part)).filter((part) => part !== undefined), subagent: session === nativeId ? undefined : session };
    }
  }
}

const mostInFamily = 1000;

/** storage/session/<project>/<session>.json names the session; its messages lie beside. */
function* inTree(path: string, nativeId: string): Generator<Told> {
  const session = path.split(/[\\/]/).at(-1)!.slice(0, -'.json'.length);
  const storage = resolve(dirname(path), '..', '..');
  const messages = documentsIn(join(storage, 'message', session)).sort((a, b) => (createdAt(a) ?? 0) - (createdAt(b) ?? 0));
  for (const info of messages) {
    const id = text(info['id']);
    if (id !== undefined && /^[A-Za-z0-9_-]+$/.test(id)) yield { info, parts: documentsIn(join(storage, 'part', id)), subagent: session === nativeId ? undefined : session };
  }
}

const createdAt = (info: Json): number | undefined => time(object(info['time'])?.['created']);

const documentsIn = (folder: string): Json[] => {
  try {
    return readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isFile() && entry.name.endsWith('.json')).map(({ name }) => name).sort()
      .map((name) => parseObject(readFileSync(join(folder, name)))).filter((document) => document !== undefined);
  } catch {
    return []; // a message without parts, or gone meanwhile
  }
};

function* messagesOf({ info, parts, subagent }: Told): Generator<Message> {
  const isPrompt = info['role'] === 'user';
  const model = isPrompt ? undefined : text(info['modelID']);
  const about = { at: createdAt(info), subagent };
  for (const part of parts) {
    const words = text(part['text']);
    if (part['type'] === 'text' && words !== undefined) yield message({ kind: !isPrompt ? 'answer' : part['synthetic'] === true ? 'note' : 'prompt', text: words, model, ...about });
    if (part['type'] === 'reasoning' && words !== undefined) yield message({ kind: 'thinking', text: words, model, ...about });
    if (part['type'] === 'compaction') yield message({ kind: 'compaction', text: '', ...about });
    if (part['type'] === 'tool') yield* called(part, { ...about, model });
  }
  const error = object(info['error']);
  if (error) yield message({ kind: 'error', text: text(object(error['data'])?.['message']) ?? text(error['name']) ?? 'an error', ...about });
}

function* called(part: Json, { model, ...about }: { readonly at: number | undefined; readonly subagent: string | undefined; readonly model: string | undefined }): Generator<Message> {
  const state = object(part['state']);
  const times = object(state?.['time']);
  const told = { ...about, tool: text(part['tool']), callId: text(part['callID']) };
  yield message({ kind: 'call', text: argumentsOf(state?.['input']), model, ...told, at: time(times?.['start']) ?? about.at });
  if (state?.['status'] !== 'completed' && state?.['status'] !== 'error') return;
  const failed = state['status'] === 'error' || Number(object(state['metadata'])?.['exit'] ?? 0) !== 0;
  yield message({ kind: 'result', text: text(state['error']) ?? wordsOf(state['output']), failed: failed ? true : undefined, ...told, at: time(times?.['end']) ?? about.at });
}
