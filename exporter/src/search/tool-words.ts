import type { Tool } from '../session/tool.ts';
import { harvest } from './harvest.ts';
import type { Harvest, Voice } from './harvest.ts';
import { momentOf, objectOf, textOf } from './record.ts';
import type { Json } from './record.ts';

/** What one record of a log tells. */
export interface Told {
  readonly words?: Harvest;
  readonly at?: number;
  /** The tool's own id of the session. */
  readonly session?: string;
  readonly cwd?: string;
}

/** Reads the words of a record in a tool's log. What the records mean: readers/README.md. */
export const toldBy = (tool: Tool, record: Json): Told => {
  const body = objectOf(record['payload']) ?? objectOf(record['data']) ?? record;
  const at = momentOf(record['timestamp'] ?? record['time'] ?? record['startTime'] ?? objectOf(record['message'])?.['timestamp']);
  const cwd = textOf(record['cwd']) ?? textOf(body['cwd']) ?? textOf(objectOf(body['context'])?.['cwd']);
  const session = sessionIn(tool, record, body);
  const voice = voiceIn(tool, record, body);
  return {
    ...(voice ? { words: harvest(body, voice) } : {}),
    ...(at === undefined ? {} : { at }),
    ...(session === undefined ? {} : { session }),
    ...(cwd === undefined ? {} : { cwd }),
  };
};

const sessionIn = (tool: Tool, record: Json, body: Json): string | undefined => {
  if (tool === 'codex') return record['type'] === 'session_meta' ? textOf(body['id']) : undefined;
  return textOf(record['sessionId']) ?? (record['type'] === 'session.start' ? textOf(body['sessionId']) : undefined);
};

/** Who speaks in a record; undefined: nobody, or what another record says as well. */
const voiceIn = (tool: Tool, record: Json, body: Json): Voice | undefined => {
  const type = textOf(record['type']) ?? '';
  switch (tool) {
    case 'claude':
      return type === 'user' || type === 'assistant' ? type : type === 'summary' ? 'assistant' : undefined;
    case 'codex':
      return type === 'response_item' ? codexVoice(body) : type === '' && record['role'] !== undefined ? codexVoice(record) : undefined;
    case 'copilot-cli':
      return type.startsWith('user.') ? 'user' : type.startsWith('assistant.') ? 'assistant' : type.startsWith('tool.') ? 'tool' : undefined;
    default:
      return type === 'system' || record['role'] === 'system' ? undefined : voiceNamed(type) ?? voiceNamed(textOf(record['role']) ?? '') ?? 'assistant';
  }
};

const codexVoice = (body: Json): Voice | undefined => {
  if (body['type'] === 'reasoning') return 'assistant';
  if (body['type'] !== 'message') return 'tool';
  return body['role'] === 'user' || body['role'] === 'assistant' ? body['role'] : undefined;
};

const voiceNamed = (name: string): Voice | undefined => (/^(user|human)/.test(name) ? 'user' : /^(assistant|gemini|model)/.test(name) ? 'assistant' : /tool/.test(name) ? 'tool' : undefined);
