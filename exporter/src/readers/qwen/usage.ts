import type { Usage } from '../../session/usage.ts';
import { count } from '../fields.ts';
import type { Json } from '../fields.ts';

/**
 * `usageMetadata` in disjoint kinds: cached is part of the prompt, thoughts are billed as output.
 * Gemini counts thoughts beside candidates; Qwen's OpenAI-compatible endpoints inside them. The total says which:
 * it is prompt + candidates where thoughts are inside.
 * @returns undefined when counts are missing or cannot be
 */
export const usageOf = (metadata: Json): Usage | undefined => {
  const [prompt, candidates] = [count(metadata.promptTokenCount), count(metadata.candidatesTokenCount ?? 0)];
  const [cached, thoughts, total] = [count(metadata.cachedContentTokenCount), count(metadata.thoughtsTokenCount), count(metadata.totalTokenCount)];
  if (prompt === undefined || candidates === undefined || (cached ?? 0) > prompt) return undefined;
  const inside = thoughts !== undefined && thoughts <= candidates && total === prompt + candidates;
  return {
    input: prompt - (cached ?? 0),
    output: candidates + (inside ? 0 : (thoughts ?? 0)),
    ...(cached === undefined ? {} : { cache_read: cached }),
    ...(thoughts === undefined ? {} : { reasoning: thoughts }),
  };
};
