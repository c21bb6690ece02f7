import { createHash } from 'node:crypto';
import { join } from 'node:path';
import type { DemoSession, DemoStep, DemoTokens } from './agent-session.ts';
import { addLines, write } from './machine.ts';
import type { DemoMachine } from './machine.ts';

export interface ClaudeOptions {
  readonly id: string;
  readonly cwd: string;
  readonly branch: string;
  readonly model: string;
  readonly title: string;
  readonly pid?: number;
  readonly startedAt: number;
}

/** A sample session of Claude Code: its transcript grows by the records that the program writes. */
export const claudeSession = (machine: DemoMachine, { id, cwd, branch, model, title, pid, startedAt }: ClaudeOptions): DemoSession & { readonly status: (at: number, status: 'busy' | 'idle' | 'waiting', waitingFor?: string) => void } => {
  const file = join(machine.home, '.claude/projects', cwd.replace(/[^a-zA-Z0-9]/g, '-'), `${id}.jsonl`);
  let parent: string | null = null;
  let context = 0;
  let count = 0;

  const add = (at: number, record: object): void => {
    const uuid = uuidOf(`${id}/${(count += 1)}`);
    addLines(file, [{ parentUuid: parent, isSidechain: false, userType: 'external', entrypoint: 'cli', cwd, sessionId: id, version: '2.1.212', gitBranch: branch, ...record, uuid, timestamp: new Date(at).toISOString() }]);
    parent = uuid;
  };
  const said = (at: number, content: object, stop: 'tool_use' | 'end_turn', tokens: DemoTokens): void => {
    const usage = { input_tokens: 3, cache_creation_input_tokens: tokens.added, cache_read_input_tokens: context, cache_creation: { ephemeral_5m_input_tokens: tokens.added, ephemeral_1h_input_tokens: 0 }, output_tokens: tokens.output, server_tool_use: { web_search_requests: 0, web_fetch_requests: 0 }, service_tier: 'standard', speed: 'standard' };
    context += tokens.added;
    add(at, { type: 'assistant', requestId: `req_${short(`${id}${count}`)}`, message: { model, id: `msg_${short(`${id}${count}`)}`, type: 'message', role: 'assistant', content: [content], stop_reason: stop, stop_sequence: null, usage } });
  };
  const compact = (at: number, kept: number): void => {
    add(at, { type: 'system', subtype: 'compact_boundary', content: 'Conversation compacted', isMeta: false, level: 'info', compactMetadata: { trigger: 'auto', preTokens: context } });
    context = kept;
  };
  const status = (at: number, now: 'busy' | 'idle' | 'waiting', waitingFor?: string): void => {
    if (pid !== undefined) write(join(machine.home, '.claude/sessions', `${pid}.json`), JSON.stringify({ pid, sessionId: id, cwd, startedAt, kind: 'interactive', entrypoint: 'cli', version: '2.1.212', status: now, ...(waitingFor ? { waitingFor } : {}), statusUpdatedAt: at, updatedAt: at }));
  };

  if (pid !== undefined) {
    machine.start({ pid, argv: ['/usr/local/bin/claude'], cwd, startedAt });
    status(startedAt, 'idle');
  }
  return {
    id: `claude/${id}`, status,
    ask: (at, words) => {
      if (context > compactsAt) compact(at - 1000, 38_000);
      if (count === 0) addLines(file, [{ type: 'custom-title', customTitle: title, sessionId: id }]);
      add(at, { type: 'user', message: { role: 'user', content: words }, promptSource: 'typed' });
    },
    step: (at, step) => {
      const call = `toolu_${short(`${id}call${count}`)}`;
      said(at, { type: 'tool_use', id: call, name: toolNames[step.tool], input: inputOf(step, cwd) }, 'tool_use', step.tokens);
      add(at + 900, { type: 'user', message: { role: 'user', content: [{ tool_use_id: call, type: 'tool_result', content: step.said, ...(step.failed ? { is_error: true } : {}) }] }, toolUseResult: resultOf(step, cwd) });
    },
    answer: (at, words, tokens) => said(at, { type: 'text', text: words }, 'end_turn', tokens),
  };
};

/** The program makes room by itself shortly before its window is full. */
const compactsAt = 194_000;

const toolNames = { read: 'Read', edit: 'Edit', run: 'Bash' } as const;

const inputOf = ({ tool, on, from = '', to = '' }: DemoStep, cwd: string): object => {
  if (tool === 'run') return { command: on, description: on };
  const file_path = join(cwd, on);
  return tool === 'read' ? { file_path } : { file_path, old_string: from, new_string: to };
};

const resultOf = ({ tool, on, said, failed, from = '', to = '' }: DemoStep, cwd: string): unknown => {
  if (failed) return `Error: ${said}`;
  if (tool === 'run') return { stdout: said, stderr: '', interrupted: false, isImage: false };
  const filePath = join(cwd, on);
  if (tool === 'read') return { type: 'text', file: { filePath, content: said, numLines: 1, startLine: 1, totalLines: 1 } };
  const lines = (text: string, mark: string): string[] => text.split('\n').map((line) => mark + line);
  return { filePath, oldString: from, newString: to, structuredPatch: [{ oldStart: 1, oldLines: from.split('\n').length, newStart: 1, newLines: to.split('\n').length, lines: [...lines(from, '-'), ...lines(to, '+')] }], userModified: false, replaceAll: false };
};

const short = (of: string): string => createHash('sha256').update(of).digest('hex').slice(0, 20);
const uuidOf = (of: string): string => createHash('sha256').update(of).digest('hex').slice(0, 32).replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
