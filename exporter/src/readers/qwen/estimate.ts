import type { Draft } from '../../session/draft.ts';
import { countSync } from '../../tokens/count.ts';
import { object, text } from '../fields.ts';
import type { Json } from '../fields.ts';
import { partsOf } from './records.ts';

/** Adds the words of a message to the session's estimate: what the model wrote, or what it was given. */
export const estimate = (draft: Draft, fields: Json): void => {
  const side = fields.type === 'assistant' ? 'output' : 'input';
  for (const part of partsOf(fields)) {
    const call = object(part.functionCall);
    const response = object(part.functionResponse);
    const words = text(part.text) ?? (call ? JSON.stringify(call.args ?? null) : response ? JSON.stringify(response.response ?? null) : undefined);
    if (words !== undefined) draft.estimated({ [side]: countSync(words) });
  }
};
