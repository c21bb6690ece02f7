import type { Shape } from '../../files/scan-shape.ts';
import { passingTypes } from './kinds.ts';

/** The values of a record that the scanner hands out: those that a record has once, then those of which it may have several. */
export const slots = {
  type: 1, session: 2, at: 3, sidechain: 4, agent: 5, cwd: 6, gitBranch: 7, version: 8, uuid: 9,
  request: 10, isApiError: 11, isMeta: 12, isCompactSummary: 13, isTranscriptOnly: 14, promptSource: 15,
  message: 16, model: 17, stopReason: 18, content: 19,
  usage: 20, input: 21, output: 22, cacheRead: 23, written: 24, written5m: 25, written1h: 26, webSearches: 27, speed: 28,
  filePath: 29, patch: 30, created: 31, createdLines: 32, notebook: 33, notebookError: 34, readPath: 35, searches: 36,

  patchHunk: 37, patchLine: 38,
  iteration: 39, iterationType: 40, iterationInput: 41, iterationWritten: 42, iterationRead: 43,
  block: 44, blockType: 45, blockId: 46, blockName: 47, blockInput: 48, saysCommit: 49, resultOf: 50, isError: 51, blockText: 52,
} as const;

/** Slots below this one are had once. */
export const singleSlots = slots.patchHunk;

/** The types the scanner knows, by the number it gives them; records of other types are parsed. */
export const assistantType = 1;
export const userType = 2;
const types = ['assistant', 'user', ...passingTypes];

export const textBlock = 1;
export const toolUseBlock = 2;
export const toolResultBlock = 3;

const sticky = (slot: number): Shape => ({ slot, string: 'sticky' });
const text = (slot: number): Shape => ({ slot, string: 'text' });
const first = (slot: number): Shape => ({ slot, string: 'first' });
const flag = (slot: number): Shape => ({ slot, flag: true });
const count = (slot: number): Shape => ({ slot, number: 'count' });
const oneOf = (slot: number, ...words: readonly string[]): Shape => ({ slot, string: { oneOf: words } });

const usage: Shape = {
  slot: slots.usage,
  mark: true,
  object: {
    input_tokens: count(slots.input),
    output_tokens: count(slots.output),
    cache_read_input_tokens: count(slots.cacheRead),
    cache_creation_input_tokens: count(slots.written),
    cache_creation: { object: { ephemeral_5m_input_tokens: count(slots.written5m), ephemeral_1h_input_tokens: count(slots.written1h) } },
    server_tool_use: { object: { web_search_requests: count(slots.webSearches) } },
    speed: oneOf(slots.speed, 'fast'),
    iterations: {
      array: {
        slot: slots.iteration,
        mark: true,
        object: {
          type: oneOf(slots.iterationType, 'advisor_message', 'compaction'),
          input_tokens: count(slots.iterationInput),
          cache_creation_input_tokens: count(slots.iterationWritten),
          cache_read_input_tokens: count(slots.iterationRead),
        },
      },
    },
  },
};

const block: Shape = {
  slot: slots.block,
  mark: true,
  object: {
    type: oneOf(slots.blockType, 'text', 'tool_use', 'tool_result'),
    id: text(slots.blockId),
    name: sticky(slots.blockName),
    input: { slot: slots.blockInput, hash: true, string: 'skip', number: 'skip', array: 'skip', object: { command: { slot: slots.saysCommit, string: { find: 'commit' }, number: 'skip', object: 'skip', array: 'skip' } } },
    tool_use_id: text(slots.resultOf),
    is_error: flag(slots.isError),
    text: first(slots.blockText),
  },
};

/** What FORMATS.md 1.2 says of a file in `toolUseResult`. */
const toolUseResult: Shape = {
  string: 'skip',
  array: 'skip',
  object: {
    filePath: text(slots.filePath),
    structuredPatch: { slot: slots.patch, mark: true, array: { slot: slots.patchHunk, mark: true, object: { lines: { array: first(slots.patchLine) } } } },
    type: oneOf(slots.created, 'create'),
    content: { slot: slots.createdLines, string: 'lines', number: 'skip', object: 'skip', array: 'skip' },
    notebook_path: text(slots.notebook),
    error: first(slots.notebookError),
    file: { object: { filePath: text(slots.readPath) } },
    searchCount: count(slots.searches),
  },
};

export const recordShape: Shape = {
  object: {
    type: oneOf(slots.type, ...types),
    sessionId: sticky(slots.session),
    timestamp: { slot: slots.at, string: 'time' },
    isSidechain: flag(slots.sidechain),
    agentId: first(slots.agent),
    cwd: sticky(slots.cwd),
    gitBranch: sticky(slots.gitBranch),
    version: sticky(slots.version),
    uuid: text(slots.uuid),
    requestId: sticky(slots.request),
    isApiErrorMessage: flag(slots.isApiError),
    isMeta: flag(slots.isMeta),
    isCompactSummary: flag(slots.isCompactSummary),
    isVisibleInTranscriptOnly: flag(slots.isTranscriptOnly),
    promptSource: oneOf(slots.promptSource, 'system'),
    message: {
      object: {
        id: sticky(slots.message),
        model: sticky(slots.model),
        stop_reason: sticky(slots.stopReason),
        content: { slot: slots.content, string: 'first', array: block },
        usage,
      },
    },
    toolUseResult,
  },
};
