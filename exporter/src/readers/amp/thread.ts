import { fileURLToPath } from 'node:url';
import type { Draft } from '../../session/draft.ts';
import type { Book } from '../book.ts';
import { count, list, object, text, time } from '../fields.ts';
import type { Json } from '../fields.ts';
import { bookCalls } from './calls.ts';
import { estimate } from './estimate.ts';
import { readMessage } from './messages.ts';

/** Reads one thread. */
export const readThread = (thread: Json, name: string, book: Book): void => {
  const id = text(thread.id) ?? name;
  const draft = book.draft(id);
  draft.seen(time(thread.created));
  draft.set({ title: text(thread.title), cwd: folderOf(thread), gitBranch: branchOf(thread) });

  const messages = list(thread.messages).map(object).filter((message) => message !== undefined);
  const reading = { draft, book, calls: new Map<string, Json>() };
  for (const message of messages) readMessage(reading, message);
  readContext(draft, messages.findLast((message) => message.role === 'assistant' && object(message.usage)));
  if (!bookCalls(book, id, thread, messages)) for (const message of messages) estimate(draft, message);
};

/** The window's size stands in the message: `maxInputTokens`. */
const readContext = (draft: Draft, message: Json | undefined): void => {
  const usage = object(message?.usage);
  const used = count(usage?.totalInputTokens) ?? sentBy(usage);
  const limit = count(usage?.maxInputTokens);
  const at = time(usage?.timestamp);
  draft.set({ model: text(usage?.model) });
  if (used) draft.context({ used, ...(limit ? { limit } : {}), ...(at === undefined ? {} : { at }) });
};

const sentBy = (usage: Json | undefined): number => (count(usage?.inputTokens) ?? 0) + (count(usage?.cacheReadInputTokens) ?? 0) + (count(usage?.cacheCreationInputTokens) ?? 0);

/** The first folder that was open: `env.initial.trees[].uri`. */
const folderOf = (thread: Json): string | undefined => {
  const initial = object(object(thread.env)?.initial);
  const uri = list(initial?.trees).map((tree) => text(object(tree)?.uri)).find((one) => one !== undefined);
  return text(initial?.cwd) ?? (uri?.startsWith('file://') ? pathOf(uri) : uri);
};

const branchOf = (thread: Json): string | undefined =>
  list(object(object(thread.env)?.initial)?.trees).map((tree) => text(object(object(tree)?.repository)?.ref)?.replace(/^refs\/heads\//, '')).find((ref) => ref !== undefined);

const pathOf = (uri: string): string | undefined => {
  try {
    return fileURLToPath(uri);
  } catch {
    return undefined; // of another kind of system
  }
};
