import { countSync } from '../../tokens/count.ts';
import type { Draft } from '../../session/draft.ts';
import { list, object, text } from '../fields.ts';
import type { Json } from '../fields.ts';

/** The first day whose rollouts have token_count events (TRAPS.md 14). */
export const countedSince = Date.UTC(2025, 8, 6);

/** Adds what a response item holds to the session's estimate: nothing in its file reports tokens. Every text counts once, not once per request it was sent with. */
export const estimateItem = (draft: Draft, item: Json): void => {
  switch (item.type) {
    case 'message': return add(draft, item.role === 'assistant' ? 'output' : 'input', blocksOf(item.content));
    case 'reasoning': return add(draft, 'output', blocksOf(item.summary));
    case 'function_call': return add(draft, 'output', text(item.arguments));
    case 'custom_tool_call': return add(draft, 'output', text(item.input));
    case 'function_call_output':
    case 'custom_tool_call_output': return add(draft, 'input', text(item.output) ?? blocksOf(item.output));
  }
};

const add = (draft: Draft, side: 'input' | 'output', words: string | undefined): void => {
  if (words) draft.estimated({ [side]: countSync(words) });
};

const blocksOf = (content: unknown): string => list(content).map((block) => text(object(block)?.text) ?? '').join('');
