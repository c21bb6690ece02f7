import { z } from 'zod';
import { mostTags } from './words.ts';
import type { WordsChange } from './words.ts';

/** Control characters would let a word rewrite somebody's terminal. */
const words = (most: number) => z.string().trim().min(1).max(most).regex(/^[^\p{Cc}\p{Cs}]*$/u, 'no control characters');
export const tagWord = words(100).regex(/^[^,#\s][^,]*$/, 'no comma in it, no # before it');
export const projectWord = words(200);
export const descriptionWords = z.string().trim().min(1).max(2000);

/** What is to be said differently, checked where people or other processes say it. */
export const wordsChange: z.ZodType<WordsChange> = z.object({
  session: z.string().min(1).max(500),
  addTags: z.array(tagWord).max(mostTags).exactOptional(),
  removeTags: z.union([z.array(z.string()), z.literal('all')]).exactOptional(),
  projectName: projectWord.nullable().exactOptional(),
  description: descriptionWords.nullable().exactOptional(),
});
