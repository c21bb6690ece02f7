import type { LineScanner } from '../../files/scan.ts';
import type { Answer, Asked, Entry, Head, Says, ToolOutcome, ToolUse, Work } from './entry.ts';
import { inputText } from './input-hash.ts';
import { assistantType, slots, textBlock, toolResultBlock, toolUseBlock, userType } from './scanned-shape.ts';
import { inputOf, usageOf } from './tokens.ts';

/**
 * The entry of a scanned line, put together as record.ts does it from parsed JSON: both must tell the same of every line.
 * What is rare and needs its text (failed results, texts that begin with a bracket, commits, other types) is left to record.ts: undefined.
 */
export const entryOfScan = (line: LineScanner): Entry | undefined => {
  const head = headOf(line);
  const calling = callingOf(line);
  const parts = partsOf(line);
  if (parts.needsText || line.is(slots.isApiError)) return undefined;
  switch (line.has(slots.type) ? line.word(slots.type) : 0) {
    case 0: return undefined;
    case assistantType: return answerOf(line, head, calling, parts);
    case userType: return askedOf(line, head, parts);
    default: return { kind: 'passing', head };
  }
};

const headOf = (line: LineScanner): Head => ({
  session: known(line.text(slots.session)),
  at: line.count(slots.at),
  sidechain: line.is(slots.sidechain),
  agent: line.has(slots.agent) && line.word(slots.agent, 3) > 0,
  cwd: known(line.text(slots.cwd)),
  gitBranch: line.text(slots.gitBranch),
  version: known(line.text(slots.version)),
  uuid: known(line.text(slots.uuid)),
});

const known = (text: string | undefined): string | undefined => (text === '' ? undefined : text);

/** What names a call. */
interface Calling {
  readonly message: string | undefined;
  readonly request: string | undefined;
  readonly model: string | undefined;
  readonly stopReason: string | undefined;
}

const callingOf = (line: LineScanner): Calling => ({
  message: known(line.text(slots.message)),
  request: known(line.text(slots.request)),
  model: known(line.text(slots.model)),
  stopReason: known(line.text(slots.stopReason)),
});

/** What a record may have several of. */
class Parts {
  blocks: Block[] | undefined = undefined;
  iterations: Iteration[] | undefined = undefined;
  patchIsEmpty = true;
  linesAdded = 0;
  linesRemoved = 0;
  /** A text must be looked at. */
  needsText = false;
}

/** Members of a content block. */
class Block {
  type = 0;
  id: string | undefined = undefined;
  name: string | undefined = undefined;
  input: number | undefined = undefined;
  /** Its command holds the word, or may hold it. */
  saysCommit = false;
  resultOf: string | undefined = undefined;
  /** First byte of its text, 0 when that is empty. */
  textBegins: number | undefined = undefined;
}

class Iteration {
  /** An advisor's, or a compaction. */
  isAside = false;
  input: number | undefined = undefined;
  written: number | undefined = undefined;
  read: number | undefined = undefined;
}

/** Bytes with which a text begins that may be the program's, an interruption, or an escape. */
const opensTag = 0x3c;
const opensBracket = 0x5b;
const backslash = 0x5c;
const plus = 0x2b;
const minus = 0x2d;

const noParts: Parts = new Parts();

const partsOf = (line: LineScanner): Parts => {
  const { firstEvent, lastEvent } = line;
  if (firstEvent === lastEvent) return noParts;
  const parts = new Parts();
  for (let event = firstEvent; event < lastEvent; event += 1) {
    const slot = line.slotOf(event);
    if (slot >= slots.block) takeBlock(parts, slot, line, event);
    else if (slot >= slots.iteration) takeIteration(parts, slot, line, event);
    else if (slot === slots.patchLine) takePatchLine(parts, line, event);
    else parts.patchIsEmpty = false;
  }
  return parts;
};

const takeBlock = (parts: Parts, slot: number, line: LineScanner, event: number): void => {
  if (slot === slots.block) {
    (parts.blocks ??= []).push(new Block());
    return;
  }
  const block = parts.blocks!.at(-1)!;
  switch (slot) {
    case slots.blockType: block.type = line.wordOf(event); break;
    case slots.blockId: block.id = known(line.textOf(event)); break;
    case slots.blockName: block.name = known(line.textOf(event)); break;
    case slots.blockInput: block.input = line.wordOf(event); break;
    case slots.saysCommit: block.saysCommit = true; break;
    case slots.resultOf: block.resultOf = known(line.textOf(event)); break;
    case slots.isError: parts.needsText ||= line.wordOf(event) === 1; break;
    case slots.blockText: block.textBegins = line.wordOf(event); break;
  }
};

const takeIteration = (parts: Parts, slot: number, line: LineScanner, event: number): void => {
  if (slot === slots.iteration) {
    (parts.iterations ??= []).push(new Iteration());
    return;
  }
  const iteration = parts.iterations!.at(-1)!;
  switch (slot) {
    case slots.iterationType: iteration.isAside = line.wordOf(event) !== 0; break;
    case slots.iterationInput: iteration.input = line.countOf(event); break;
    case slots.iterationWritten: iteration.written = line.countOf(event); break;
    case slots.iterationRead: iteration.read = line.countOf(event); break;
  }
};

const takePatchLine = (parts: Parts, line: LineScanner, event: number): void => {
  const first = line.wordOf(event);
  if (first === plus) parts.linesAdded += 1;
  else if (first === minus) parts.linesRemoved += 1;
  // An escape: "\\ No newline at end of file" is no sign, "\u002b" is a plus.
  else if (first === backslash) parts.needsText ||= line.byteAt(line.wordOf(event, 2) + 1) === 0x75;
};

const noTools: readonly ToolUse[] = [];
const noOutcomes: readonly ToolOutcome[] = [];

const answerOf = (line: LineScanner, head: Head, { message, request, model, stopReason }: Calling, { blocks, iterations }: Parts): Answer | undefined => {
  const tools = toolUses(blocks);
  if (!tools) return undefined;
  const usage = line.has(slots.usage)
    ? usageOf(line.count(slots.input), line.count(slots.output), line.count(slots.cacheRead), line.count(slots.written), line.count(slots.written5m), line.count(slots.written1h))
    : undefined;
  const contextUsed = lastIteration(iterations) ?? (usage && inputOf(usage));
  return { kind: 'answer', head, message, request, model, stopReason, usage, contextUsed, webSearches: line.count(slots.webSearches) ?? 0, fast: line.is(slots.speed), tools };
};

/** Undefined: a command may make a commit, so it must be read. */
const toolUses = (blocks: readonly Block[] | undefined): readonly ToolUse[] | undefined => {
  if (!blocks) return noTools;
  let tools: ToolUse[] | undefined;
  for (const { type, id, name, input, saysCommit } of blocks) {
    if (type !== toolUseBlock || id === undefined || name === undefined) continue;
    if (saysCommit && name === 'Bash') return undefined;
    (tools ??= []).push({ id, name, input: input === undefined ? '' : inputText(input), commits: false });
  }
  return tools ?? noTools;
};

const lastIteration = (iterations: readonly Iteration[] | undefined): number | undefined => {
  const iteration = iterations?.findLast(({ isAside }) => !isAside);
  if (!iteration || (iteration.input === undefined && iteration.written === undefined && iteration.read === undefined)) return undefined;
  return (iteration.input ?? 0) + (iteration.written ?? 0) + (iteration.read ?? 0);
};

const askedOf = (line: LineScanner, head: Head, parts: Parts): Asked | undefined => {
  const says = saysOf(line, parts.blocks);
  return says && { kind: 'asked', head, says, results: outcomes(parts.blocks), work: workOf(line, parts), searches: Math.min(line.count(slots.searches) ?? 0, 1000) };
};

/** Undefined: what the text begins with decides, so it must be read. */
const saysOf = (line: LineScanner, blocks: readonly Block[] | undefined): Says | undefined => {
  if (line.is(slots.isMeta) || line.is(slots.isCompactSummary) || line.is(slots.isTranscriptOnly)) return 'nothing';
  const textBegins = line.has(slots.content) ? line.word(slots.content) : undefined;
  if (textBegins === 0) return 'nothing';
  if (textBegins === undefined && (!blocks || blocks.some((block) => block.type === toolResultBlock))) return 'nothing';
  const begins = textBegins ?? blocks!.find((block) => block.type === textBlock && block.textBegins !== undefined)?.textBegins;
  if (begins === opensTag || begins === opensBracket || begins === backslash) return undefined;
  return line.is(slots.promptSource) ? 'notice' : 'prompt';
};

const outcomes = (blocks: readonly Block[] | undefined): readonly ToolOutcome[] => {
  if (!blocks) return noOutcomes;
  let results: ToolOutcome[] | undefined;
  for (const { type, resultOf } of blocks) if (type === toolResultBlock && resultOf !== undefined) (results ??= []).push({ id: resultOf, error: undefined });
  return results ?? noOutcomes;
};

const workOf = (line: LineScanner, { patchIsEmpty, linesAdded, linesRemoved }: Parts): Work | undefined => {
  const path = known(line.text(slots.filePath));
  if (path !== undefined && line.has(slots.patch)) {
    const created = line.is(slots.created);
    return { did: 'edit', path, linesAdded: created && patchIsEmpty ? createdLines(line) : linesAdded, linesRemoved, created };
  }
  const notebook = known(line.text(slots.notebook));
  if (notebook !== undefined && !(line.has(slots.notebookError) && line.word(slots.notebookError, 3) > 0)) return { did: 'edit', path: notebook, linesAdded: 0, linesRemoved: 0, created: false };
  const read = known(line.text(slots.readPath));
  return read === undefined ? undefined : { did: 'read', path: read };
};

/** A last line counts whether or not it is ended. */
const createdLines = (line: LineScanner): number => {
  if (!line.has(slots.createdLines) || line.word(slots.createdLines, 3) === 0) return 0;
  return line.word(slots.createdLines) + (line.word(slots.createdLines, 2) === 1 ? 0 : 1);
};
