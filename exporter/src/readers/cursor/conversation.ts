import type { Draft } from '../../session/draft.ts';
import type { EpochMs } from '../../session/part.ts';
import type { Book } from '../book.ts';
import { amount, count, object, text, time } from '../fields.ts';
import type { Json } from '../fields.ts';
import { folderOfUri } from '../places/editor-folders.ts';
import type { Bubble } from './bubbles.ts';
import { Estimate } from './estimate.ts';

interface Told {
  readonly id: string;
  readonly composer: Json;
  /** What Cursor's list of composers says of it. */
  readonly header: Json | undefined;
  readonly bubbles: Iterable<Bubble>;
  /** When the newest composer of the database was updated. */
  readonly newest: EpochMs;
}

/** Counts one composer from its start. One without a bubble is an empty tab, not a session. */
export const tellComposer = ({ id, composer, header, bubbles, newest }: Told, book: Book): void => {
  const either = (name: string): unknown => composer[name] ?? header?.[name];
  const parentId = text(object(either('subagentInfo'))?.['parentComposerId']);
  const role = parentId === undefined ? 'main' : 'subagent';
  const [createdAt, updatedAt] = [time(either('createdAt')), time(either('lastUpdatedAt'))];
  const working = composer['status'] === 'generating';
  const estimate = new Estimate(book, { id, updatedAt, newest, working });
  let draft: Draft | undefined;
  let position = 0;
  let lastAt: EpochMs | undefined;
  for (const bubble of bubbles) {
    book.record();
    draft ??= opened(book.restart(id, role), createdAt);
    tellBubble(bubble, { book, draft, position, lastAt, fallbackAt: updatedAt ?? createdAt });
    estimate.add(bubble);
    position += 1;
    lastAt = bubble.at ?? lastAt;
  }
  if (!draft) return;
  if (working) draft.turnContinues(updatedAt);
  else draft.turnEnded(lastAt, lastAt === undefined ? NaN : undefined);
  draft.seen(updatedAt);
  draft.set({
    parentId, title: text(either('name')), cwd: folderOf(composer) ?? (header && folderOf(header)),
    linesAdded: count(either('totalLinesAdded')), linesRemoved: count(either('totalLinesRemoved')), filesEdited: count(either('filesChangedCount')),
  });
  const model = text(object(composer['modelConfig'])?.['modelName']);
  if (draft.get('model') === undefined && model !== 'default') draft.set({ model });
  tellContext(composer, draft, updatedAt);
  estimate.tell(draft);
};

const opened = (draft: Draft, at: EpochMs | undefined): Draft => {
  draft.seen(at);
  return draft;
};

interface Telling {
  readonly book: Book;
  readonly draft: Draft;
  readonly position: number;
  readonly lastAt: EpochMs | undefined;
  /** Dates a call whose bubble has no time. */
  readonly fallbackAt: EpochMs | undefined;
}

const tellBubble = (bubble: Bubble, { book, draft, position, lastAt, fallbackAt }: Telling): void => {
  const { at } = bubble;
  if (bubble.role === 'user') {
    draft.turnEnded(lastAt, lastAt === undefined ? NaN : undefined);
    draft.message('user', at);
    return draft.turnStarted(at);
  }
  draft.set({ model: bubble.model });
  if (bubble.tool) tellTool(bubble.tool, draft, at);
  else draft.message('assistant', at);
  const when = at ?? lastAt ?? fallbackAt;
  if (!bubble.tokens || when === undefined) return;
  book.call(draft.nativeId, { message: `${draft.nativeId}:${bubble.id}`, request: '', at: when, model: bubble.model, usage: bubble.tokens, wins: 'newest', position });
};

const tellTool = (tool: NonNullable<Bubble['tool']>, draft: Draft, at: EpochMs | undefined): void => {
  draft.toolCall({ id: tool.id, name: tool.name, at, ...(tool.input === undefined ? {} : { input: tool.input }) });
  if (tool.status === 'loading' || tool.status === 'pending') return;
  const error = tool.rejected ? 'permission_denied' : tool.status === 'error' ? 'tool' : tool.status === 'cancelled' ? 'interrupted' : undefined;
  draft.toolResult(tool.id, at, { name: tool.name, seconds: NaN, ...(error ? { error } : {}) }); // a bubble has one time: no duration
};

/** Cursor's own gauge; the truth about tokens that it tells (TRAPS.md 22). */
const tellContext = (composer: Json, draft: Draft, at: EpochMs | undefined): void => {
  const [used, limit] = [amount(composer['contextTokensUsed']), amount(composer['contextTokenLimit'])];
  if (!used) return;
  draft.context({ used: Math.round(used), ...(limit ? { limit: Math.round(limit) } : {}), ...(at === undefined ? {} : { at }) });
};

const folderOf = (told: Json): string | undefined => {
  const uri = object(object(told['workspaceIdentifier'])?.['uri']);
  return text(uri?.['fsPath']) ?? text(uri?.['path']) ?? folderOfUri(text(uri?.['external']) ?? '');
};
