import type { Draft } from '../../session/draft.ts';
import { countSync } from '../../tokens/count.ts';
import { list, object, text } from '../fields.ts';
import type { Json } from '../fields.ts';

/** Adds the words of a message to the thread's estimate: nothing in the thread reports tokens. */
export const estimate = (draft: Draft, message: Json): void => {
  const side = message.role === 'assistant' ? 'output' : 'input';
  for (const entry of list(message.content)) {
    const block = object(entry);
    const words = text(block?.text) ?? text(block?.thinking) ?? (block?.type === 'tool_use' ? JSON.stringify(block.input ?? null) : text(object(block?.run)?.result));
    if (words !== undefined) draft.estimated({ [side]: countSync(words) });
  }
};
