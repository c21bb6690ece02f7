import { object, parseObject, text, time } from '../fields.ts';
import { readEvent } from './events.ts';
import { draftOf } from './log.ts';
import type { CopilotMemo, SessionLog } from './log.ts';

/** Reads one line of a session's log. */
export const readLine = (log: SessionLog, line: Buffer, position: number): void => {
  const { book, memo } = log;
  book.record();
  const light = lightLine(line);
  if (light) {
    if (!isCopy(memo, light.id)) seen(log, light.id, time(light.timestamp));
    return;
  }
  const record = parseObject(line);
  const data = object(record?.data);
  const type = text(record?.type);
  if (!record) return book.bad('bad_json');
  if (!data || type === undefined) return book.bad('bad_shape');
  const event = { type, data, id: text(record.id), at: time(record.timestamp), position, agent: text(record.agentId) ?? text(data.parentToolCallId) };
  if (type === 'session.start') enter(memo, text(data.sessionId), event.id);
  if (isCopy(memo, event.id)) return;
  seen(log, event.id, event.at);
  readEvent(log, event);
};

/** A recording can hold several sessions one after the other, and a session's lines twice (FORMATS.md 13). */
const enter = (memo: CopilotMemo, session: string | undefined, id: string | undefined): void => {
  if (session === undefined) return;
  const span = memo.spans && Object.hasOwn(memo.spans, session) ? memo.spans[session] : undefined;
  if (span && span.first === id) {
    memo.skipTo = span.last;
    return;
  }
  if (memo.session === session) return;
  const spans = memo.spans;
  for (const key of Object.keys(memo)) delete memo[key as keyof CopilotMemo];
  memo.session = session;
  if (spans) memo.spans = spans;
};

const isCopy = (memo: CopilotMemo, id: string | undefined): boolean => {
  if (memo.skipTo !== undefined) {
    if (id === memo.skipTo) delete memo.skipTo;
    return true;
  }
  return id !== undefined && memo.session !== undefined && memo.spans?.[memo.session]?.last === id;
};

const seen = (log: SessionLog, id: string | undefined, at: number | undefined): void => {
  const { memo } = log;
  draftOf(log).seen(at);
  if (id === undefined || memo.session === '__proto__') return;
  const first = memo.spans?.[memo.session!]?.first ?? id;
  memo.spans = { ...memo.spans, [memo.session!]: { first, last: id } };
};

/** Events of which only the time matters, recognised by head and tail without parsing: with hooks they are most of a log's bytes. */
const lightLine = (line: Buffer): { readonly id: string; readonly timestamp: string } | undefined => {
  const type = /^\{"type":"([a-z_.]+)"/.exec(line.toString('latin1', 0, 60))?.[1];
  if (type === undefined || !light.has(type)) return undefined;
  const tail = /"id":"([^"]+)","timestamp":"([^"]+)"(?:,"parentId":(?:"[^"]*"|null))?\}$/.exec(line.toString('latin1', Math.max(0, line.length - 250)));
  return tail ? { id: tail[1]!, timestamp: tail[2]! } : undefined;
};
const light = new Set(['hook.start', 'hook.end', 'system.message', 'system.notification', 'session.usage_checkpoint']);
