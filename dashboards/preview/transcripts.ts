// Lines of transcripts in the shapes that the tools write; exporter/src/readers has the words for them.

/** Where and when a line was written. */
export interface Moment {
  readonly session: string;
  readonly cwd: string;
  readonly branch: string;
  /** Epoch milliseconds. */
  readonly at: number;
}

export interface Call extends Moment {
  readonly model: string;
  /** Tokens in the window. */
  readonly used: number;
  /** Part of them that came from the cache. @default all but 2000 */
  readonly cached?: number;
  readonly output?: number;
  readonly content?: object;
}

let counted = 0;

const line = ({ session, cwd, branch, at }: Moment, fields: object): string =>
  `${JSON.stringify({ parentUuid: null, isSidechain: false, userType: 'external', cwd, sessionId: session, version: '2.1.212', gitBranch: branch, uuid: `u${counted++}`, timestamp: new Date(at).toISOString(), ...fields })}\n`;

/** What the human wrote. */
export const prompt = (moment: Moment): string => line(moment, { type: 'user', message: { role: 'user', content: 'Go on.' }, promptSource: 'typed' });

/** One answer of the model. */
export const call = ({ model, used, cached = Math.max(0, used - 2000), output = 400, content = { type: 'text', text: 'Done.' }, ...moment }: Call): string => {
  const id = counted++;
  const written = Math.min(1200, used - cached);
  return line(moment, {
    type: 'assistant', requestId: `req_${id}`,
    message: {
      model, id: `msg_${id}`, type: 'message', role: 'assistant', content: [content], stop_reason: 'type' in content && content.type === 'tool_use' ? 'tool_use' : 'end_turn', stop_sequence: null,
      usage: { input_tokens: used - cached - written, cache_creation_input_tokens: written, cache_read_input_tokens: cached, cache_creation: { ephemeral_5m_input_tokens: written, ephemeral_1h_input_tokens: 0 }, output_tokens: output, service_tier: 'standard' },
    },
  });
};

/** A tool call and its result after some time; `error` is what the tool said when it failed. */
export const toolCall = (of: Call, { name, input, seconds = 1, error, outcome = 'ok' }: { readonly name: string; readonly input: object; readonly seconds?: number; readonly error?: string; readonly outcome?: string | object }): string => {
  const id = `toolu_${counted++}`;
  return call({ ...of, content: { type: 'tool_use', id, name, input } })
    + line({ ...of, at: of.at + seconds * 1000 }, { type: 'user', message: { role: 'user', content: [{ tool_use_id: id, type: 'tool_result', content: error ?? 'ok', ...(error === undefined ? {} : { is_error: true }) }] }, toolUseResult: error === undefined ? outcome : `Error: ${error}` });
};

/** An edit that replaces one line with `lines`. */
export const edit = (of: Call, file: string, lines = 3): string => {
  const filePath = `${of.cwd}/${file}`;
  const added = Array.from({ length: lines }, (_none, index) => `+line ${index}`);
  return toolCall(of, { name: 'Edit', input: { file_path: filePath, old_string: 'a', new_string: 'b' }, seconds: 0.2, outcome: { filePath, oldString: 'a', newString: 'b', originalFile: 'a\n', structuredPatch: [{ oldStart: 1, oldLines: 1, newStart: 1, newLines: lines, lines: ['-a', ...added] }], userModified: false, replaceAll: false } });
};

export const turnEnds = (moment: Moment, durationMs: number): string => line(moment, { type: 'system', subtype: 'turn_duration', isMeta: false, durationMs, messageCount: 6 });

/** The provider was overloaded. */
export const providerError = (moment: Moment): string => line(moment, { type: 'system', subtype: 'api_error', isMeta: false, level: 'error', error: { status: 529, message: 'Overloaded' }, retryInMs: 612, retryAttempt: 1, maxRetries: 10 });

export const compaction = (moment: Moment, preTokens: number): string =>
  line(moment, { type: 'system', subtype: 'compact_boundary', isMeta: false, content: 'Conversation compacted', level: 'info', compactMetadata: { trigger: 'auto', preTokens, postTokens: 14_000, durationMs: 14_200 } })
  + line(moment, { type: 'user', message: { role: 'user', content: 'This session is being continued.' }, isVisibleInTranscriptOnly: true, isCompactSummary: true });

const codexLine = (at: number, type: string, payload: object): string => `${JSON.stringify({ timestamp: new Date(at).toISOString(), type, payload })}\n`;

export const codexBegins = ({ session, cwd, branch, at }: Moment): string =>
  codexLine(at, 'session_meta', { id: session, timestamp: new Date(at).toISOString(), cwd, originator: 'codex-tui', cli_version: '0.142.0', source: 'cli', model_provider: 'openai', git: { branch } });

/** One turn of Codex with its running totals and the rate limits it was told. */
export const codexTurn = ({ cwd, at }: Moment, turn: number): string => {
  const used = 30_000 + 1500 * turn;
  const last = { input_tokens: used, cached_input_tokens: used - 3000, output_tokens: 500, reasoning_output_tokens: 200, total_tokens: used + 500 };
  const input = 30_000 * (turn + 1) + 750 * turn * (turn + 1);
  const total = { input_tokens: input, cached_input_tokens: input - 3000 * (turn + 1), output_tokens: 500 * (turn + 1), reasoning_output_tokens: 200 * (turn + 1), total_tokens: input + 500 * (turn + 1) };
  const resets = Math.round(at / 1000) + 5400;
  return codexLine(at, 'event_msg', { type: 'task_started', turn_id: `t${turn}`, model_context_window: 258_400 })
    + codexLine(at + 1, 'turn_context', { turn_id: `t${turn}`, cwd, model: 'gpt-5.3-codex', effort: 'medium' })
    + codexLine(at + 2, 'event_msg', { type: 'user_message', message: 'Go on.', images: [] })
    + codexLine(at + 100, 'response_item', { type: 'function_call', name: 'exec_command', arguments: '{"cmd":"ls"}', call_id: `call_${turn}` })
    + codexLine(at + 1400, 'response_item', { type: 'function_call_output', call_id: `call_${turn}`, output: 'Chunk ID: 1\nWall time: 1.3 seconds\nProcess exited with code 0\nOutput:\na\n' })
    + codexLine(at + 1500, 'event_msg', { type: 'token_count', info: { total_token_usage: total, last_token_usage: last, model_context_window: 258_400 }, rate_limits: { limit_id: 'codex', primary: { used_percent: Math.min(97, 71 + turn / 2), window_minutes: 300, resets_at: resets }, secondary: { used_percent: 34, window_minutes: 10_080, resets_at: resets + 400_000 } } })
    + codexLine(at + 1600, 'event_msg', { type: 'task_complete', turn_id: `t${turn}`, last_agent_message: 'Sorted.', duration_ms: 1600 });
};
