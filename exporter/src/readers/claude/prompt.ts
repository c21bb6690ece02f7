import { list, object } from '../fields.ts';
import type { Json } from '../fields.ts';
import type { Says } from './entry.ts';

/** How text begins that the program, not the human, put into a `user` row (FORMATS.md 1.4). */
const programText = ['<local-command-stdout>', '<local-command-stderr>', '<local-command-caveat>', '<command-name>', '<bash-input>', '<bash-stdout>', '<bash-stderr>'];
/** It wakes the agent, as a prompt does, but nobody asked. */
const notices = ['<task-notification>'];
const interruption = '[Request interrupted by user';

/** Who speaks in a `user` record. */
export const saysOf = (record: Json, content: unknown): Says => {
  if (record.isMeta === true || record.isCompactSummary === true || record.isVisibleInTranscriptOnly === true) return 'nothing';
  const beginning = beginningOf(content);
  return beginning === undefined ? 'nothing' : saysOfText(beginning, record.promptSource === 'system');
};

const saysOfText = (beginning: string, fromProgram: boolean): Says => {
  const first = beginning.charCodeAt(0);
  if (first === 0x5b && beginning.startsWith(interruption)) return 'interrupted';
  if (first === 0x3c) {
    if (programText.some((text) => beginning.startsWith(text))) return 'nothing';
    if (notices.some((text) => beginning.startsWith(text))) return 'notice';
  }
  return fromProgram ? 'notice' : 'prompt';
};

/** The first text of the content; '' for pictures alone; undefined when a tool's result stands in it, or nothing. */
const beginningOf = (content: unknown): string | undefined => {
  if (typeof content === 'string') return content === '' ? undefined : content;
  const blocks = list(content).map(object).filter((block) => block !== undefined);
  if (blocks.length === 0 || blocks.some((block) => block.type === 'tool_result')) return undefined;
  return blocks.map(({ type, text }) => (type === 'text' && typeof text === 'string' ? text : undefined)).find((text) => text !== undefined) ?? '';
};
