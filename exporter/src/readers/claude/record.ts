import type { ParseErrorReason } from '../book.ts';
import { amount, list, object, parseObject, text, time } from '../fields.ts';
import type { Json } from '../fields.ts';
import type { Answer, Asked, Entry, Failure, Head, ToolOutcome, ToolUse } from './entry.ts';
import { errorOfAnswer, errorOfResult, errorOfRetry } from './errors.ts';
import { makesCommit } from './git-commit.ts';
import { inputHashes } from './input-hash.ts';
import { kindOf } from './kinds.ts';
import { saysOf } from './prompt.ts';
import { tokensOf } from './tokens.ts';
import { searchesOf, workOf } from './work.ts';

/** Tells what could not be used of a record. */
export type Complain = (reason: ParseErrorReason) => void;

/**
 * Understands one line by parsing it whole: the reference for the scanner, and what odd lines go through.
 * @param line without its line break
 * @returns undefined when it is no record; `complain` has been told why
 */
export const entryOfLine = (line: Buffer, complain: Complain): Entry | undefined => {
  const record = parseObject(line);
  if (record) return entryOf(record, line, complain);
  complain('bad_json');
  return undefined;
};

const entryOf = (record: Json, line: Buffer, complain: Complain): Entry => {
  const head = headOf(record, complain);
  switch (kindOf(record.type, record.subtype)) {
    case 'assistant': return record.isApiErrorMessage === true ? failureOf(record, head) : answerOf(record, head, line, complain);
    case 'user': return askedOf(record, head);
    case 'retry': return { kind: 'failure', head, error: errorOfRetry(record), retried: true };
    case 'compaction': return { kind: 'compaction', head };
    case 'turn-end': return { kind: 'turn-end', head, seconds: secondsOf(record.durationMs) };
    case 'custom-title': return titleOf(record.customTitle, 'custom', head, undefined);
    case 'ai-title': return titleOf(record.aiTitle, 'ai', head, undefined);
    case 'summary': return titleOf(record.summary, 'summary', head, text(record.leafUuid));
    case 'relocated': return movedOf(text(record.relocatedCwd), head);
    case 'passing': return { kind: 'passing', head };
    default: return { kind: 'unknown', head };
  }
};

const headOf = (record: Json, complain: Complain): Head => {
  const at = time(record.timestamp);
  if (at === undefined && record.timestamp !== undefined && record.timestamp !== null) complain('impossible_value');
  return {
    session: text(record.sessionId),
    at,
    sidechain: record.isSidechain === true,
    agent: text(record.agentId) !== undefined,
    cwd: text(record.cwd),
    gitBranch: typeof record.gitBranch === 'string' ? record.gitBranch : undefined,
    version: text(record.version),
    uuid: text(record.uuid),
  };
};

const answerOf = (record: Json, head: Head, line: Buffer, complain: Complain): Answer => {
  const message = object(record.message) ?? {};
  const { usage, contextUsed, webSearches, fast } = tokensOf(message.usage, complain);
  return {
    kind: 'answer',
    head,
    message: text(message.id),
    request: text(record.requestId),
    model: text(message.model),
    stopReason: text(message.stop_reason),
    usage,
    contextUsed,
    webSearches,
    fast,
    tools: toolUses(list(message.content), line),
  };
};

const noTools: readonly ToolUse[] = [];

const toolUses = (content: readonly unknown[], line: Buffer): readonly ToolUse[] => {
  if (!content.some((block) => object(block)?.type === 'tool_use')) return noTools;
  const hashes = inputHashes(line);
  return content.flatMap((value, index) => {
    const block = object(value);
    const id = text(block?.id);
    const name = text(block?.name);
    if (block?.type !== 'tool_use' || id === undefined || name === undefined) return [];
    return [{ id, name, input: hashes[index] ?? '', commits: name === 'Bash' && makesCommit(object(block.input)?.command) }];
  });
};

const noOutcomes: readonly ToolOutcome[] = [];

const askedOf = (record: Json, head: Head): Asked => {
  const content = object(record.message)?.content;
  return {
    kind: 'asked',
    head,
    says: saysOf(record, content),
    results: Array.isArray(content) ? content.flatMap((block) => outcomeOf(object(block), record)) : noOutcomes,
    work: workOf(record.toolUseResult),
    searches: searchesOf(record.toolUseResult),
  };
};

const outcomeOf = (block: Json | undefined, record: Json): readonly ToolOutcome[] => {
  const id = text(block?.tool_use_id);
  if (block?.type !== 'tool_result' || id === undefined) return noOutcomes;
  return [{ id, error: block.is_error === true ? errorOfResult(block.content, record) : undefined }];
};

const failureOf = (record: Json, head: Head): Failure => ({ kind: 'failure', head, error: errorOfAnswer(record), retried: false });

const titleOf = (value: unknown, from: 'custom' | 'ai' | 'summary', head: Head, leaf: string | undefined): Entry => {
  const title = text(value);
  return title === undefined ? { kind: 'passing', head } : { kind: 'title', head, title: title.slice(0, 200), from, leaf };
};

const movedOf = (cwd: string | undefined, head: Head): Entry => (cwd === undefined ? { kind: 'passing', head } : { kind: 'moved', head, cwd });

const secondsOf = (milliseconds: unknown): number | undefined => {
  const ms = amount(milliseconds);
  return ms === undefined ? undefined : ms / 1000;
};
