/** What a record is to us, by its `type` and `subtype` (FORMATS.md 1.2). */
export type Kind = 'assistant' | 'user' | 'retry' | 'compaction' | 'turn-end' | 'custom-title' | 'ai-title' | 'summary' | 'relocated' | 'passing' | 'unknown';

/** Types that are known and carry nothing we count; those of 2.1.x carry no version. */
export const passingTypes: readonly string[] = [
  'progress', 'attachment', 'queue-operation', 'last-prompt', 'permission-mode', 'mode', 'agent-name', 'pr-link', 'bridge-session', 'frame-link',
  'file-history-snapshot', 'worktree-state', 'attribution-snapshot', 'content-replacement', 'tools-used', 'memory-mode', 'cost-state',
  'agent-color', 'agent-setting', 'task-summary', 'tag', 'marble-origami-commit', 'marble-origami-snapshot', 'speculation-accept', 'last-model',
];

const passingSubtypes = new Set(['microcompact_boundary', 'local_command', 'away_summary', 'bridge_status', 'informational', 'model_refusal_fallback', 'init', 'thinking', 'agents_killed', 'api_metrics', 'memory_saved', 'permission_retry', 'scheduled_task_fire', 'snip_boundary', 'snip_marker', 'file_snapshot']);
const passing = new Set(passingTypes);

export const kindOf = (type: unknown, subtype: unknown): Kind => {
  switch (type) {
    case 'assistant':
    case 'user':
    case 'custom-title':
    case 'ai-title':
    case 'summary':
    case 'relocated':
      return type;
    case 'system':
      return systemKind(subtype);
    default:
      return typeof type === 'string' && passing.has(type) ? 'passing' : 'unknown';
  }
};

const systemKind = (subtype: unknown): Kind => {
  switch (subtype) {
    case 'compact_boundary': return 'compaction';
    case 'api_error': return 'retry';
    case 'turn_duration':
    case 'stop_hook_summary':
      return 'turn-end';
    default:
      // 1.0.x wrote notices without a subtype.
      return subtype === undefined || (typeof subtype === 'string' && passingSubtypes.has(subtype)) ? 'passing' : 'unknown';
  }
};
