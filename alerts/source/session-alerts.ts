import type { Alert } from './alert.ts';
import { secondsOf } from './thresholds.ts';
import type { Thresholds } from './thresholds.ts';
import { identity, inState, live, roomOfSession, sessionDashboard, theSession } from './who.ts';

/** How much fits before something is lost: up to where the tool compacts by itself, else the window. */
const usable = '(ai_session_context_compaction_tokens or ai_session_context_limit_tokens)';
const fullness = `ai_session_context_used_tokens / ${usable}`;
const idleSeconds = 'time() - ai_session_last_activity_timestamp_seconds';

/** Alerts of one session each. */
export const sessionAlerts = ({ context, health, errors, loop, waiting, conflict, abandoned }: Thresholds): readonly Alert[] => [
  ofSession({
    name: 'SessionContextNearlyFull', severity: 'warning',
    expr: `${fullness} >= ${context.nearly_full}\n${live}`,
    summary: `Context of ${theSession} is {{ $value | humanizePercentage }} full`,
    description: 'What does not fit is summarised or dropped, and the session forgets why it did what. Bring the task to a good point, then compact with a hint of what must stay (/compact in Claude Code) or go on in a new session.',
  }),
  ofSession({
    name: 'SessionContextFillsSoon', severity: 'info',
    expr: `(${usable} - ai_session_context_used_tokens) / (deriv(ai_session_context_used_tokens[${context.growth_over}]) > 0) <= ${secondsOf(context.full_within)}
and (${fullness} >= ${context.fills_from} < ${context.nearly_full})
${live}`,
    summary: `Context of ${theSession} is full in {{ $value | humanizeDuration }} at the present rate`,
    description: 'It reads faster than it can keep. Look what it reads: whole files and long command outputs are the usual reason; ask it for the part it needs, or compact now while there is room for a good summary.',
  }),
  ofSession({
    name: 'SessionUnhealthy', severity: 'warning',
    expr: `ai_session_health_ratio < ${health.critical}\n${live}`,
    summary: `${theSession} is unhealthy: score {{ $value | humanizePercentage }}`,
    description: 'Context, age, silence and errors together say that it works badly. Open the dashboard: the lowest of the four factors says what to do; mostly a new session with a short summary of this one is faster.',
  }),
  ofSession({
    name: 'SessionErrorBurst', severity: 'warning',
    expr: `sum without (error_kind) (increase(ai_session_errors_total{error_kind!~"interrupted|permission_denied"}[${errors.within}])) >= ${errors.count}\n${live}`,
    summary: `${theSession} had {{ $value | printf "%.0f" }} errors within ${errors.within}`,
    description: 'Calls to tools or to the model fail again and again. See which kind: tool errors need a hint of yours, API errors and overload pass by themselves, a rate limit needs patience or another model.',
  }),
  ofSession({
    name: 'SessionStuckInLoop', severity: 'warning',
    expr: `ai_session_repeated_failures >= ${loop.repeated_failures}\n${inState('working')}`,
    summary: `${theSession} is stuck: {{ $value }} equal calls failed again`,
    description: 'It repeats calls that have failed before, without an edit between them, and pays for each. Interrupt it and say what is wrong, or take the step yourself.',
  }),
  ofSession({
    name: 'SessionWaitingForHuman', severity: 'info',
    expr: `${idleSeconds} >= ${secondsOf(waiting.longer_than)}\n${waitingFor(secondsOf(waiting.longer_than))}\n${inState('waiting')}`,
    summary: `${theSession} has been waiting for an answer for {{ $value | humanizeDuration }}`,
    description: 'It has asked something (a permission, a choice, a plan) and stands still until a human answers. Answer it, or end the session.',
  }),
  ofSession({
    name: 'SessionFileConflict', severity: 'warning',
    expr: `ai_session_file_conflicts >= ${conflict.files}\n${live}`,
    summary: `${theSession} edits {{ $value }} file(s) that another live session edits too`,
    description: 'Two agents change the same file and do not know of each other: the later one overwrites or breaks the earlier one. Let one of them wait, or give it a worktree of its own.',
  }),
  ofSession({
    name: 'SessionAbandoned', severity: 'info',
    expr: `sum without (model) (ai_session_cost_usd_total) >= ${abandoned.cost_usd}
and on (${identity}) ${idleSeconds} >= ${secondsOf(abandoned.idle)}
${inState('idle')}`,
    summary: `${theSession} cost {{ $value | printf "%.2f" }} USD and nobody has touched it for ${abandoned.idle}`,
    description: 'Its process is still there, its work perhaps neither finished nor committed. Look whether something is to be kept, then end it: a later prompt would pay for the whole context again, because the cache has expired.',
  }),
];

/**
 * Waiting at every look of the last while, and seen at its beginning: a session that somebody has just taken up again waits too, although
 * its last record is old. Ranges and not `for`, which begins anew after every scrape that fails.
 */
const waitingFor = (seconds: number): string => {
  const waits = 'ai_session_state{state="waiting"}';
  return `and on (${identity}) min_over_time(${waits}[${seconds}s]) == 1\nand on (${identity}) last_over_time(${waits}[5m] offset ${seconds - 300}s) == 1`;
};

const ofSession = (alert: Omit<Alert, 'area' | 'dashboard' | 'room'>): Alert => ({ ...alert, area: 'session', dashboard: sessionDashboard, room: roomOfSession });
