import type { LineScanner } from '../../files/scan.ts';
import type { Answer, Asked, Entry, Head, Says, ToolOutcome, ToolUse, Work } from './entry.ts';
import { inputText } from './input-hash.ts';
import { assistantType, slots, textBlock, toolResultBlock, toolUseBlock, userType } from './scanned-shape.ts';
import { inputOf, usageOf } from './tokens.ts';

/**
 * The entry of a scanned line, put together from the events on the tape as record.ts does from parsed JSON: both must tell the same of every line.
 * What is rare and needs its text (failed results, texts that begin with a bracket, commits, other types) is left to record.ts: undefined.
 */
export const entryOfTape = (tape: LineScanner, first: number, last: number): Entry | undefined => {
  const fields = new Fields();
  for (let event = first; event < last; event += 1) take(fields, tape, event);
  if (fields.needsText) return undefined;
  switch (fields.type) {
    case 0: return undefined;
    case assistantType: return answerOf(fields);
    case userType: return askedOf(fields);
    default: return { kind: 'passing', head: headOf(fields) };
  }
};

/** The members of a record as they come by. */
class Fields {
  type = 0;
  session: string | undefined = undefined;
  at: number | undefined = undefined;
  sidechain = false;
  agent = false;
  cwd: string | undefined = undefined;
  gitBranch: string | undefined = undefined;
  version: string | undefined = undefined;
  uuid: string | undefined = undefined;
  request: string | undefined = undefined;
  message: string | undefined = undefined;
  model: string | undefined = undefined;
  stopReason: string | undefined = undefined;
  usage: UsageFields | undefined = undefined;
  /** First byte of a content that is text, 0 when that is empty. */
  textBegins: number | undefined = undefined;
  blocks: Block[] | undefined = undefined;
  result: ResultFields | undefined = undefined;
  /** isMeta, a compaction's summary, or shown in the transcript only. */
  isBookkeeping = false;
  fromProgram = false;
  needsText = false;
}

/** Members of `message.usage`. */
class UsageFields {
  input: number | undefined = undefined;
  output: number | undefined = undefined;
  cacheRead: number | undefined = undefined;
  written: number | undefined = undefined;
  written5m: number | undefined = undefined;
  written1h: number | undefined = undefined;
  webSearches = 0;
  fast = false;
  iterations: Iteration[] | undefined = undefined;
}

class Iteration {
  /** An advisor's, or a compaction. */
  isAside = false;
  input: number | undefined = undefined;
  written: number | undefined = undefined;
  read: number | undefined = undefined;
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

/** Members of `toolUseResult`. */
class ResultFields {
  filePath: string | undefined = undefined;
  hasPatch = false;
  patchIsEmpty = true;
  linesAdded = 0;
  linesRemoved = 0;
  created = false;
  createdLines = 0;
  notebook: string | undefined = undefined;
  notebookFailed = false;
  readPath: string | undefined = undefined;
  searches = 0;
}

/** Bytes with which a text begins that may be the program's, an interruption, or an escape. */
const opensTag = 0x3c;
const opensBracket = 0x5b;
const backslash = 0x5c;
const plus = 0x2b;
const minus = 0x2d;

/** Takes one event; every text must be asked for, in its order. */
const take = (fields: Fields, tape: LineScanner, event: number): void => {
  const { words, numbers } = tape;
  const a = words[event * 4 + 1]!;
  switch (words[event * 4]! & 0xff) {
    case slots.type: fields.type = a; break;
    case slots.session: fields.session = known(tape.text(event)); break;
    case slots.at: fields.at = numbers[event * 2 + 1]!; break;
    case slots.sidechain: fields.sidechain = a === 1; break;
    case slots.cwd: fields.cwd = known(tape.text(event)); break;
    case slots.gitBranch: fields.gitBranch = tape.text(event); break;
    case slots.version: fields.version = known(tape.text(event)); break;
    case slots.uuid: fields.uuid = known(tape.text(event)); break;
    case slots.message: fields.message = known(tape.text(event)); break;
    case slots.request: fields.request = known(tape.text(event)); break;
    case slots.model: fields.model = known(tape.text(event)); break;
    case slots.stopReason: fields.stopReason = known(tape.text(event)); break;
    case slots.agent: fields.agent = words[event * 4 + 3]! > 0; break;
    case slots.content: fields.textBegins = a; break;
    case slots.isApiError: fields.needsText ||= a === 1; break;
    case slots.isMeta:
    case slots.isCompactSummary:
    case slots.isTranscriptOnly: fields.isBookkeeping ||= a === 1; break;
    case slots.promptSource: fields.fromProgram = a === 1; break;
    default: takePart(fields, tape, event);
  }
};

const takePart = (fields: Fields, tape: LineScanner, event: number): void => {
  const slot = tape.words[event * 4]! & 0xff;
  if (slot >= slots.filePath) takeResult((fields.result ??= new ResultFields()), fields, slot, tape, event);
  else if (slot >= slots.block) takeBlock(fields, slot, tape, event);
  else takeUsage(fields, slot, tape, event);
};

const takeUsage = (fields: Fields, slot: number, { words, numbers }: LineScanner, event: number): void => {
  const usage = (fields.usage ??= new UsageFields());
  const count = numbers[event * 2 + 1]!;
  switch (slot) {
    case slots.input: usage.input = count; break;
    case slots.output: usage.output = count; break;
    case slots.cacheRead: usage.cacheRead = count; break;
    case slots.written: usage.written = count; break;
    case slots.written5m: usage.written5m = count; break;
    case slots.written1h: usage.written1h = count; break;
    case slots.webSearches: usage.webSearches = count; break;
    case slots.speed: usage.fast = words[event * 4 + 1] === 1; break;
    case slots.iteration: (usage.iterations ??= []).push(new Iteration()); break;
    case slots.iterationType: usage.iterations!.at(-1)!.isAside = words[event * 4 + 1] !== 0; break;
    case slots.iterationInput: usage.iterations!.at(-1)!.input = count; break;
    case slots.iterationWritten: usage.iterations!.at(-1)!.written = count; break;
    case slots.iterationRead: usage.iterations!.at(-1)!.read = count; break;
  }
};

const takeBlock = (fields: Fields, slot: number, tape: LineScanner, event: number): void => {
  const a = tape.words[event * 4 + 1]!;
  if (slot === slots.block) {
    (fields.blocks ??= []).push(new Block());
    return;
  }
  const block = fields.blocks!.at(-1)!;
  switch (slot) {
    case slots.blockType: block.type = a; break;
    case slots.blockId: block.id = known(tape.text(event)); break;
    case slots.blockName: block.name = known(tape.text(event)); break;
    case slots.blockInput: block.input = a; break;
    case slots.commits: block.saysCommit = true; break;
    case slots.resultOf: block.resultOf = known(tape.text(event)); break;
    case slots.isError: fields.needsText ||= a === 1; break;
    case slots.blockText: block.textBegins = a; break;
  }
};

const takeResult = (result: ResultFields, fields: Fields, slot: number, tape: LineScanner, event: number): void => {
  const { words, numbers } = tape;
  const a = words[event * 4 + 1]!;
  switch (slot) {
    case slots.patchLine:
      if (a === plus) result.linesAdded += 1;
      else if (a === minus) result.linesRemoved += 1;
      else if (a === backslash) fields.needsText ||= isUnicodeEscape(tape, event);
      break;
    case slots.filePath: result.filePath = known(tape.text(event)); break;
    case slots.patch: result.hasPatch = true; break;
    case slots.patchHunk: result.patchIsEmpty = false; break;
    case slots.created: result.created = a === 1; break;
    case slots.createdLines: result.createdLines = words[event * 4 + 3] === 0 ? 0 : a + (words[event * 4 + 2] === 1 ? 0 : 1); break;
    case slots.notebook: result.notebook = known(tape.text(event)); break;
    case slots.notebookError: result.notebookFailed = words[event * 4 + 3]! > 0; break;
    case slots.readPath: result.readPath = known(tape.text(event)); break;
    case slots.searches: result.searches = numbers[event * 2 + 1]!; break;
  }
};

const known = (text: string): string | undefined => (text === '' ? undefined : text);

/** Of a line that begins with an escape: "\\ No newline at end of file" is no sign, "\u002b" is a plus. */
const isUnicodeEscape = (tape: LineScanner, event: number): boolean => tape.byteAt(tape.words[event * 4 + 2]! + 1) === 0x75;

const headOf = ({ session, at, sidechain, agent, cwd, gitBranch, version, uuid }: Fields): Head => ({ session, at, sidechain, agent, cwd, gitBranch, version, uuid });

const noTools: readonly ToolUse[] = [];
const noOutcomes: readonly ToolOutcome[] = [];

const answerOf = (fields: Fields): Answer | undefined => {
  const tools = toolUses(fields.blocks);
  if (!tools) return undefined;
  const { message, request, model, stopReason, usage: raw } = fields;
  const usage = raw && usageOf(raw.input, raw.output, raw.cacheRead, raw.written, raw.written5m, raw.written1h);
  const contextUsed = lastIteration(raw?.iterations) ?? (usage && inputOf(usage));
  return { kind: 'answer', head: headOf(fields), message, request, model, stopReason, usage, contextUsed, webSearches: raw?.webSearches ?? 0, fast: raw?.fast ?? false, tools };
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

const askedOf = (fields: Fields): Asked | undefined => {
  const says = saysOf(fields);
  if (!says) return undefined;
  const { blocks, result } = fields;
  return { kind: 'asked', head: headOf(fields), says, results: outcomes(blocks), work: result && workOf(result), searches: Math.min(result?.searches ?? 0, 1000) };
};

/** Undefined: what the text begins with decides, so it must be read. */
const saysOf = ({ isBookkeeping, textBegins, blocks, fromProgram }: Fields): Says | undefined => {
  if (isBookkeeping || textBegins === 0) return 'nothing';
  if (textBegins === undefined && (!blocks || blocks.some((block) => block.type === toolResultBlock))) return 'nothing';
  const begins = textBegins ?? blocks!.find((block) => block.type === textBlock && block.textBegins !== undefined)?.textBegins;
  if (begins === opensTag || begins === opensBracket || begins === backslash) return undefined;
  return fromProgram ? 'notice' : 'prompt';
};

const outcomes = (blocks: readonly Block[] | undefined): readonly ToolOutcome[] => {
  if (!blocks) return noOutcomes;
  let results: ToolOutcome[] | undefined;
  for (const { type, resultOf } of blocks) if (type === toolResultBlock && resultOf !== undefined) (results ??= []).push({ id: resultOf, error: undefined });
  return results ?? noOutcomes;
};

const workOf = ({ filePath, hasPatch, patchIsEmpty, created, createdLines, linesAdded, linesRemoved, notebook, notebookFailed, readPath }: ResultFields): Work | undefined => {
  if (filePath !== undefined && hasPatch) return { did: 'edit', path: filePath, linesAdded: created && patchIsEmpty ? createdLines : linesAdded, linesRemoved, created };
  if (notebook !== undefined && !notebookFailed) return { did: 'edit', path: notebook, linesAdded: 0, linesRemoved: 0, created: false };
  return readPath === undefined ? undefined : { did: 'read', path: readPath };
};
