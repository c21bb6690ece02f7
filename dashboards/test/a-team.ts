import { appendFileSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { aProcTree, bootedAt } from '../../exporter/test/processes/a-proc-tree.ts';
import { aHome } from '../../exporter/test/sweep/a-home.ts';

const hourMs = 3_600_000;

/** Sessions of the home, by what they are there for. */
export const sessions = {
  /** Works, fails again and again, fills its context. */
  busy: 'aaaaaaaa-0000-4000-8000-000000000001',
  /** Waits for its human, has lost its cache, edits a file of the busy one, is compacted. */
  waiting: 'bbbbbbbb-0000-4000-8000-000000000002',
  /** Runs in Codex, which reports rate limits. */
  codex: '01a1e99c-58d8-7c3e-9b41-6d20f8a3e519',
  /** Has ended; nobody knows the price of its model. */
  unpriced: 'cccccccc-0000-4000-8000-000000000003',
  /** Begins while the test looks on. */
  newcomer: 'eeeeeeee-0000-4000-8000-000000000005',
  /** Logs no tokens, so they are estimated. */
  estimated: 'dddddddd-0000-4000-8000-000000000004',
} as const;

/** A home on disk with sessions that are going on, and the processes that run them. */
export const aTeam = (now: number) => {
  const place = aHome();
  const files = {
    busy: place.write(`.claude/projects/-home-ada-shop/${sessions.busy}.jsonl`, history(sessions.busy, 'claude-opus-4-6', '/home/ada/shop', now - 5 * hourMs)),
    waiting: place.write(`.claude/projects/-home-ada-shop/${sessions.waiting}.jsonl`, history(sessions.waiting, 'claude-sonnet-4-6', '/home/ada/shop', now - 5 * hourMs)),
    codex: place.write(`.codex/sessions/2026/11/17/rollout-2026-11-17T14-05-00-${sessions.codex}.jsonl`, codexBegins(now - 5 * hourMs)),
    unpriced: place.write(`.claude/projects/-home-ada-blog/${sessions.unpriced}.jsonl`, history(sessions.unpriced, 'house-model-1', '/home/ada/blog', now - 5 * hourMs)),
    estimated: place.write(`.cursor/projects/home-ada-blog/agent-transcripts/${sessions.estimated}/${sessions.estimated}.jsonl`, cursorLine('user', 'Look around.') + cursorLine('assistant', 'A blog.')),
  };
  // Its lines know no times: the file's date is theirs.
  utimesSync(files.estimated, (now - 5 * hourMs) / 1000, (now - 5 * hourMs) / 1000);
  const startTicks = Math.round((now - 5.5 * hourMs - bootedAt) / 10);
  const running = { startTicks, cpuTicks: 1000, residentPages: 20_000 };
  const processes = [
    { pid: 501, argv: ['/usr/bin/claude', '--resume', sessions.busy], cwd: '/home/ada/shop', ...running },
    { pid: 502, argv: ['/usr/bin/claude', '--resume', sessions.waiting], cwd: '/home/ada/shop', ...running },
    { pid: 503, argv: ['/usr/bin/codex', 'resume', sessions.codex], cwd: '/home/ada/shop', ...running },
  ];
  const proc = aProcTree([{ pid: 1, argv: ['/sbin/init'] }, ...processes]);
  const config = place.write('watchroom.yaml', [
    'budgets:',
    '  - {scope: project, name: shop, period: day, usd: 50}',
    '  - {scope: user, name: ada, period: month, usd: 200, tokens: 50000000}',
    `timezone: ${zoneAtNoon(now)}`, '',
  ].join('\n'));
  return {
    home: place.home, proc: proc.path, config, state: join(place.home, 'state'),
    /** What happens in one moment of the present; call it with 0, 1, 2 … */
    goOn: (round: number, at: number): void => {
      appendFileSync(files.busy, busyNews(round, at));
      appendFileSync(files.waiting, waitingNews(round, at));
      appendFileSync(files.codex, codexNews(round, at));
      appendFileSync(files.unpriced, prompt(sessions.unpriced, '/home/ada/blog', at) + call({ id: `c${round}`, session: sessions.unpriced, cwd: '/home/ada/blog', model: 'house-model-1', at: at + 100, used: 9_000 }));
      if (round === 2) place.write(`.claude/projects/-home-ada-shop/${sessions.newcomer}.jsonl`, history(sessions.newcomer, 'claude-opus-4-6', '/home/ada/shop', at - 10_000));
      proc.add({ ...processes[0]!, cpuTicks: 1000 + 50 * round });
    },
    delete: proc.delete,
  };
};

/** A zone in which it is about noon, so that half of the running day is over whenever the test runs. */
const zoneAtNoon = (now: number): string => {
  const ahead = 12 - new Date(now).getUTCHours();
  return ahead === 0 ? 'UTC' : `Etc/GMT${ahead > 0 ? '-' : '+'}${Math.abs(ahead)}`; // the signs of Etc/ are those of POSIX
};

interface Line { readonly session: string; readonly cwd: string; readonly at: number }

/** One line of a Claude Code transcript. */
const line = ({ session, cwd, at }: Line, fields: object): string =>
  `${JSON.stringify({ parentUuid: null, isSidechain: false, userType: 'external', cwd, sessionId: session, version: '2.1.212', gitBranch: 'feat/cart', uuid: `u${counted++}`, timestamp: new Date(at).toISOString(), ...fields })}\n`;
let counted = 0;

const prompt = (session: string, cwd: string, at: number): string => line({ session, cwd, at }, { type: 'user', message: { role: 'user', content: 'Mend the cart.' }, promptSource: 'typed' });

interface Call extends Line {
  readonly id: string;
  readonly model: string;
  /** Tokens in the window. */
  readonly used: number;
  /** Part of them that came from the cache. @default all but 1000 */
  readonly cached?: number;
  readonly content?: object;
  readonly sidechain?: boolean;
  readonly request?: string;
}

const call = ({ id, model, used, cached = used - 1000, content = { type: 'text', text: 'Done.' }, sidechain = false, request = `req_${id}`, ...where }: Call): string =>
  line(where, {
    type: 'assistant', requestId: request, isSidechain: sidechain,
    message: {
      model, id: `msg_${id}`, type: 'message', role: 'assistant', content: [content], stop_reason: 'type' in content && content.type === 'tool_use' ? 'tool_use' : 'end_turn', stop_sequence: null,
      usage: { input_tokens: used - cached - 400, cache_creation_input_tokens: 400, cache_read_input_tokens: cached, cache_creation: { ephemeral_5m_input_tokens: 100, ephemeral_1h_input_tokens: 300 }, output_tokens: 250, service_tier: 'standard' },
    },
  });

const result = (where: Line, id: string, content: string, toolUseResult: object | string): string =>
  line(where, { type: 'user', message: { role: 'user', content: [{ tool_use_id: id, type: 'tool_result', content, ...(typeof toolUseResult === 'string' ? { is_error: true } : {}) }] }, toolUseResult });

const compaction = (where: Line, preTokens: number): string =>
  line(where, { type: 'system', subtype: 'compact_boundary', isMeta: false, content: 'Conversation compacted', level: 'info', compactMetadata: { trigger: 'manual', preTokens, postTokens: 9600, durationMs: 14_200 } })
  + line(where, { type: 'user', message: { role: 'user', content: 'This session is being continued.' }, isVisibleInTranscriptOnly: true, isCompactSummary: true });

/** The bash call that fails every time in the same way, and a second later its result. */
const failingTests = (at: number, id: string, of: Omit<Call, 'id' | 'content' | 'at'>): string =>
  call({ ...of, at, id, content: { type: 'tool_use', id: `toolu_${id}`, name: 'Bash', input: { command: 'npm test' } } }) + result({ ...of, at: at + 900 }, `toolu_${id}`, 'Exit code 1', 'Error: Exit code 1');

const edit = (at: number, id: string, of: Omit<Call, 'id' | 'content' | 'at'>): string => {
  const filePath = `${of.cwd}/src/cart.ts`;
  return call({ ...of, at, id, content: { type: 'tool_use', id: `toolu_${id}`, name: 'Edit', input: { file_path: filePath, old_string: 'a', new_string: 'b' } } })
    + result({ ...of, at: at + 300 }, `toolu_${id}`, 'The file has been updated.', { filePath, oldString: 'a', newString: 'b', originalFile: 'a\n', structuredPatch: [{ oldStart: 1, oldLines: 1, newStart: 1, newLines: 2, lines: ['-a', '+b', '+c'] }], userModified: false, replaceAll: false });
};

/** What was there long before: it is in no counter. Two edits of one file, an answer. */
const history = (session: string, model: string, cwd: string, at: number): string => {
  const of = { session, model, cwd, used: 20_000 };
  const short = session.slice(0, 1);
  return prompt(session, cwd, at) + edit(at + 1000, `${short}h1`, of) + edit(at + 5000, `${short}h2`, of) + call({ ...of, at: at + 9000, id: `${short}h3` })
    + line({ session, cwd, at: at + 9500 }, { type: 'system', subtype: 'turn_duration', isMeta: false, durationMs: 9500, messageCount: 6 });
};

/** A prompt, then the tests fail again; errors of the provider; what cannot be read; in the first moment an edit. */
const busyNews = (round: number, at: number): string => {
  const of = { session: sessions.busy, model: 'claude-opus-4-6', cwd: '/home/ada/shop', used: 150_000 + 6000 * round };
  const where = { session: of.session, cwd: of.cwd };
  return prompt(of.session, of.cwd, at)
    + (round === 0 ? edit(at + 50, 'ae', of) : '')
    + failingTests(at + 100, `a${round}`, of)
    + line({ ...where, at: at + 1100 }, { type: 'system', subtype: 'api_error', isMeta: false, level: 'error', error: { status: 529, message: 'Overloaded' }, retryInMs: 612, retryAttempt: 1, maxRetries: 10 })
    + line({ ...where, at: at + 1200 }, { type: 'system', subtype: 'turn_duration', isMeta: false, durationMs: 1100, messageCount: 4 })
    + line({ ...where, at: at + 1300 }, { type: 'kind-of-tomorrow', content: 1 })
    + '{"type":"assistant","message":\n';
};

/** Its cache hits end in the middle; in the second moment it edits the other's file, in the fourth it is compacted. */
const waitingNews = (round: number, at: number): string => {
  const of = { session: sessions.waiting, model: 'claude-sonnet-4-6', cwd: '/home/ada/shop', used: 30_000 };
  const late = { ...of, at: at - 2 * hourMs };
  return prompt(of.session, of.cwd, at)
    + (round === 1 ? edit(at + 50, 'be', of) : '')
    + (round === 2 ? call({ ...late, id: 'late' }) : '')
    // A replay beside the conversation first, then the call itself: the replay was counted and is taken back.
    + (round === 2 ? call({ ...of, at: at + 60, id: 'twice', sidechain: true, request: 'req_side' }) : '')
    + (round === 4 ? call({ ...of, at: at + 70, id: 'twice', request: 'req_main' }) : '')
    + (round === 3 ? compaction({ ...of, at: at + 80 }, 30_000) : '')
    + [0, 1].map((half) => call({ ...of, at: at + 100 + half, id: `b${round}${half}`, cached: round < 4 ? 29_000 : 0 })).join('');
};

const codexLine = (at: number, type: string, payload: object): string => `${JSON.stringify({ timestamp: new Date(at).toISOString(), type, payload })}\n`;

const codexBegins = (at: number): string =>
  codexLine(at, 'session_meta', { id: sessions.codex, timestamp: new Date(at).toISOString(), cwd: '/home/ada/shop', originator: 'codex-tui', cli_version: '0.142.0', source: 'cli', model_provider: 'openai', git: { branch: 'main' } })
  + codexTurn(at + 1000, 0);

const codexNews = (round: number, at: number): string => codexTurn(at, round + 1);

/** One turn: a command that works, and the running totals. */
const codexTurn = (at: number, turn: number): string => {
  const total = { input_tokens: 12_000 * (turn + 1), cached_input_tokens: 8000 * (turn + 1), output_tokens: 400 * (turn + 1), reasoning_output_tokens: 200 * (turn + 1), total_tokens: 12_400 * (turn + 1) };
  const last = { input_tokens: 12_000, cached_input_tokens: 8000, output_tokens: 400, reasoning_output_tokens: 200, total_tokens: 12_400 };
  const resets = Math.round(at / 1000) + 7200;
  return codexLine(at, 'event_msg', { type: 'task_started', turn_id: `t${turn}`, model_context_window: 258_400 })
    + codexLine(at + 1, 'turn_context', { turn_id: `t${turn}`, cwd: '/home/ada/shop', model: 'gpt-5.3-codex', effort: 'medium' })
    + codexLine(at + 2, 'event_msg', { type: 'user_message', message: 'Sort it.', images: [] })
    + codexLine(at + 100, 'response_item', { type: 'function_call', name: 'exec_command', arguments: '{"cmd":"ls"}', call_id: `call_${turn}` })
    + codexLine(at + 400, 'response_item', { type: 'function_call_output', call_id: `call_${turn}`, output: 'Chunk ID: 1\nWall time: 0.1 seconds\nProcess exited with code 0\nOutput:\na\n' })
    + codexLine(at + 500, 'event_msg', { type: 'token_count', info: { total_token_usage: total, last_token_usage: last, model_context_window: 258_400 }, rate_limits: { limit_id: 'codex', primary: { used_percent: 60 + turn, window_minutes: 300, resets_at: resets }, secondary: { used_percent: 6, window_minutes: 10_080, resets_at: resets + 400_000 } } })
    + codexLine(at + 600, 'event_msg', { type: 'task_complete', turn_id: `t${turn}`, last_agent_message: 'Sorted.', duration_ms: 600 });
};

const cursorLine = (role: string, text: string): string => `${JSON.stringify({ role, message: { content: [{ type: 'text', text }] } })}\n`;
