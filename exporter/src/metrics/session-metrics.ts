import { healthFactors } from '../session/health-type.ts';
import { errorKinds } from '../session/part.ts';
import { sessionId, sessionStates } from '../session/session.ts';
import type { ModelUse, Session } from '../session/session.ts';
import { tokenTypes } from '../session/usage.ts';
import { known, unixSeconds } from './metric.ts';
import type { LabelSettings, Reading, SessionMetric, SessionSight } from './metric.ts';
import { byLabel, grantedLabels } from './tool-label.ts';

type Fields = Pick<SessionMetric, 'type' | 'help' | 'cardinality' | 'read'> & Partial<Pick<SessionMetric, 'unit' | 'labels' | 'timed'>>;
const metric = (name: string, row: Fields): SessionMetric => ({ scope: 'session', unit: '', labels: [], name, ...row });

/** Every metric of a single session, in the order of METRICS.md. */
export const sessionMetrics: readonly SessionMetric[] = [
  metric('ai_session_info', {
    type: 'gauge', labels: ['model', 'project', 'title', 'git_branch', 'tool_version', 'parent_session_id', 'room_url'],
    help: 'Metadata of a session; always 1.', cardinality: '1; every free-text label only here',
    read: (session, see) => [[1, ...infoLabels(session, see.labels)]],
  }),
  metric('ai_session_state', {
    type: 'gauge', labels: ['state'], help: '1 for the state the session is in now, 0 for the others.', cardinality: '4 (working, waiting, idle, ended)',
    read: (session) => sessionStates.map((state): Reading => [Number(session.state === state), state]),
  }),
  metric('ai_session_start_timestamp_seconds', {
    type: 'gauge', unit: 's', help: 'Unix time of the first record of the session.', cardinality: '1',
    read: ({ startedAt }) => known(startedAt === undefined ? undefined : unixSeconds(startedAt)),
  }),
  metric('ai_session_last_activity_timestamp_seconds', {
    type: 'gauge', unit: 's', help: 'Unix time of the newest record of the session; its age is time() minus this.', cardinality: '1',
    read: ({ lastActivityAt }) => known(lastActivityAt === undefined ? undefined : unixSeconds(lastActivityAt)),
  }),
  metric('ai_session_active_seconds_total', {
    type: 'counter', unit: 's', help: 'Time the session was active; gaps between records longer than the idle limit are left out.', cardinality: '1',
    read: ({ activeMs }) => known(activeMs === undefined ? undefined : activeMs / 1000),
  }),
  metric('ai_session_tokens_total', {
    type: 'counter', unit: '{token}', labels: ['model', 'token_type'], cardinality: '5 × models used (1–2)',
    help: 'Tokens billed, by disjoint type: input (uncached), output, cache_read, cache_creation_5m, cache_creation_1h.',
    read: (session) => byModel(session).flatMap(([model, { usage }]) => tokenTypes.flatMap((type) => known(usage[type], model, type))),
  }),
  metric('ai_session_reasoning_tokens_total', {
    type: 'counter', unit: '{token}', labels: ['model'], cardinality: '0–2',
    help: 'Part of the output tokens that were reasoning; a subset, never to be added to ai_session_tokens_total.',
    read: (session) => byModel(session).flatMap(([model, { usage }]) => known(usage.reasoning, model)),
  }),
  metric('ai_session_estimated_tokens_total', {
    type: 'counter', unit: '{token}', labels: ['token_type'], cardinality: '0–2',
    help: 'Tokens counted with a tokenizer because the tool logged no usage; never mixed into ai_session_tokens_total.',
    read: ({ estimatedTokens }) => [...known(estimatedTokens?.input, 'input'), ...known(estimatedTokens?.output, 'output')],
  }),
  metric('ai_session_cost_usd_total', {
    type: 'counter', labels: ['model'], cardinality: '0–2',
    help: 'API-equivalent cost in US dollars by the price table; no series when the price of the model is unknown.',
    read: (session) => byModel(session).flatMap(([model, { microUsd }]) => known(microUsd === undefined ? undefined : microUsd / 1e6, model)),
  }),
  metric('ai_session_context_used_tokens', {
    type: 'gauge', unit: '{token}', help: 'Tokens in the context window at the newest request.', cardinality: '0–1',
    read: ({ context }) => known(context?.used),
  }),
  metric('ai_session_context_limit_tokens', {
    type: 'gauge', unit: '{token}', help: 'Size of the context window of the current model.', cardinality: '0–1',
    read: ({ context }) => known(context?.limit),
  }),
  metric('ai_session_context_compaction_tokens', {
    type: 'gauge', unit: '{token}', help: 'Context size at which the tool compacts by itself, where known.', cardinality: '0–1',
    read: ({ context }) => known(context?.compactAt),
  }),
  metric('ai_session_context_compactions_total', {
    type: 'counter', help: 'Times the context was compacted.', cardinality: '0–1',
    read: ({ compactions }) => known(compactions),
  }),
  metric('ai_session_health_ratio', {
    type: 'gauge', unit: '1', timed: true, help: 'Health score of the session, 0 (bad) to 1 (good); no series when not enough is known or the session has ended.', cardinality: '0–1',
    read: (_session, { health: { score } }) => known(score === undefined ? undefined : rounded(score / 100)),
  }),
  metric('ai_session_health_factor_ratio', {
    type: 'gauge', unit: '1', labels: ['factor'], timed: true, help: 'Factor of the health score, 0 (bad) to 1 (good).', cardinality: '0–4 (token_usage, duration, activity, errors)',
    read: (_session, { health: { factors } }) => healthFactors.flatMap((factor) => known(factors[factor] === undefined ? undefined : rounded(factors[factor]), factor)),
  }),
  metric('ai_session_messages_total', {
    type: 'counter', labels: ['role'], help: 'Messages in the transcript.', cardinality: '0–3 (user, assistant, system)',
    read: ({ messages }) => counted(messages),
  }),
  metric('ai_session_turns_total', {
    type: 'counter', help: 'User prompts of the session.', cardinality: '0–1',
    read: ({ turns }) => known(turns),
  }),
  metric('ai_session_requests_total', {
    type: 'counter', labels: ['model'], help: 'Requests to the model API.', cardinality: '1–2',
    read: (session) => byModel(session).map(([model, { requests }]): Reading => [requests, model]),
  }),
  metric('ai_session_tool_calls_total', {
    type: 'counter', labels: ['tool_name'], help: 'Tool calls made by the agent; MCP tools are counted by server, as mcp:<server>.', cardinality: '20 names at most, the rest is "other"',
    read: (session, see) => toolCounts(session.toolCalls, session, see),
  }),
  metric('ai_session_tool_call_errors_total', {
    type: 'counter', labels: ['tool_name'], help: 'Tool calls that failed.', cardinality: '20 names at most, the rest is "other"',
    read: (session, see) => toolCounts(session.toolErrors, session, see),
  }),
  metric('ai_session_errors_total', {
    type: 'counter', labels: ['error_kind'], help: 'Errors, by kind.', cardinality: `${errorKinds.length} (${errorKinds.join(', ')}), 0 included`,
    // A session without a transcript says nothing about errors.
    read: ({ errors, sources }) => (sources.length === 0 ? [] : errorKinds.map((kind): Reading => [errors[kind] ?? 0, kind])),
  }),
  metric('ai_session_repeated_failures', {
    type: 'gauge', help: 'Failing calls repeated without progress among the last calls.', cardinality: '0–1',
    read: ({ rot }) => known(rot.repeatedFailures),
  }),
  metric('ai_session_edit_churn_ratio', {
    type: 'gauge', unit: '1', help: 'Part of the edited lines that were edited again among the last edits.', cardinality: '0–1',
    read: ({ rot }) => known(rot.editChurn),
  }),
  metric('ai_session_cache_hit_ratio', {
    type: 'gauge', unit: '1', help: 'Part of the input side that was read from the cache over the last requests.', cardinality: '0–1',
    read: ({ rot }) => known(rot.cacheHitRatio),
  }),
  metric('ai_session_cache_collapsed', {
    type: 'gauge', help: '1 while the cache-hit ratio is under half of what it was before, else 0.', cardinality: '0–1',
    read: ({ rot }) => known(rot.cacheCollapsed === undefined ? undefined : Number(rot.cacheCollapsed)),
  }),
  metric('ai_session_file_conflicts', {
    type: 'gauge', help: 'Files this session edits that another live session edits too.', cardinality: '0–1',
    read: ({ fileConflicts }) => known(fileConflicts?.length),
  }),
  metric('ai_session_files_touched', {
    type: 'gauge', labels: ['operation'], help: 'Distinct files the session touched.', cardinality: '0–3 (read, edited, created)',
    read: filesTouched,
  }),
  metric('ai_session_lines_total', {
    type: 'counter', labels: ['change'], help: 'Lines of code changed by edit tools.', cardinality: '0–2 (added, removed)',
    read: ({ linesAdded, linesRemoved }) => [...known(linesAdded, 'added'), ...known(linesRemoved, 'removed')],
  }),
  metric('ai_session_subagents_total', {
    type: 'counter', help: 'Sub-agents started.', cardinality: '0–1',
    read: ({ subagents }) => known(subagents),
  }),
  metric('ai_session_processes', {
    type: 'gauge', help: 'Operating-system processes matched to the session.', cardinality: '0–1',
    read: ({ alive, processes }) => known(alive === undefined && processes.length === 0 ? undefined : processes.length),
  }),
  metric('ai_session_process_cpu_seconds_total', {
    type: 'counter', unit: 's', help: 'CPU time of the processes matched to the session.', cardinality: '0–1; local only',
    read: ({ processes }) => known(sumOf(processes.map(({ cpuSeconds }) => cpuSeconds))),
  }),
  metric('ai_session_process_resident_memory_bytes', {
    type: 'gauge', unit: 'By', help: 'Resident memory of the processes matched to the session.', cardinality: '0–1; local only',
    read: ({ processes }) => known(sumOf(processes.map(({ residentBytes }) => residentBytes))),
  }),
];

const infoLabels = (session: Session, { title = false, hubUrl }: LabelSettings): (string | undefined)[] => [
  session.model,
  session.projectName ?? session.project,
  title ? session.title : undefined,
  session.gitBranch,
  session.toolVersion,
  session.parentId === undefined ? undefined : sessionId(session.tool, session.parentId),
  hubUrl === undefined ? undefined : roomUrl(hubUrl, session),
];

const roomUrl = (hubUrl: string, { tool, nativeId }: Session): string => `${hubUrl.replace(/\/+$/, '')}/rooms/${tool}/${encodeURIComponent(nativeId)}`;

/** The use of each model; one that the records do not name is "unknown", as in the ledger. */
const byModel = ({ models }: Session): [model: string, use: ModelUse][] => Object.entries(models).map(([model, use]) => [model === '' ? 'unknown' : model, use]);

const counted = (counts: Readonly<Record<string, number>>): readonly Reading[] => Object.entries(counts).map(([name, count]): Reading => [count, name]);

const toolCounts = (counts: Session['toolCalls'], { toolCalls }: Session, { labels: { toolNames = 20 } }: SessionSight): readonly Reading[] =>
  [...byLabel(counts, grantedLabels(toolCalls, toolNames))].map(([label, count]): Reading => [count, label]);

/** Nothing is known of files when none is listed: many tools do not tell. */
function filesTouched({ files, filesEdited }: Session): readonly Reading[] {
  const works = Object.values(files);
  if (works.length === 0 && filesEdited === undefined) return [];
  const count = (touches: (work: (typeof works)[number]) => boolean): number => works.filter(touches).length;
  return [
    [count(({ reads }) => reads > 0), 'read'],
    [filesEdited ?? count(({ edits }) => edits > 0), 'edited'],
    [count(({ created }) => created), 'created'],
  ];
}

const sumOf = (values: readonly (number | undefined)[]): number | undefined => {
  const some = values.filter((value) => value !== undefined);
  return some.length === 0 ? undefined : some.reduce((sum, value) => sum + value, 0);
};

/** Without the tail of binary fractions: 0.655, not 0.6549999999999999. */
const rounded = (ratio: number): number => Math.round(ratio * 1e4) / 1e4;
