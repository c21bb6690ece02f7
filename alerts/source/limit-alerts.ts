import type { Alert } from './alert.ts';
import type { Thresholds } from './thresholds.ts';
import { ofUser, queryOf } from './who.ts';

const resets = `{{ with ${queryOf('ai_rate_limit_reset_timestamp_seconds', ['tool', 'window'], ' - time()')} }} It resets in {{ . | first | value | humanizeDuration }}.{{ end }}`;
const dashboard = 'watchroom-health?var-tool={{ $labels.tool | urlquery }}{{ with $labels.user_name }}&var-user={{ . | urlquery }}{{ end }}';

/** Alerts of an account's rate limits, as the tools report them. */
export const limitAlerts = ({ rate_limit: { nearly, reached } }: Thresholds): readonly Alert[] => [
  {
    name: 'RateLimitNearlyReached', area: 'limit', severity: 'warning', dashboard,
    expr: `ai_rate_limit_used_ratio >= ${nearly} < ${reached}`,
    summary: `{{ $labels.tool }}${ofUser}: {{ $value | humanizePercentage }} of the {{ $labels.window }} limit used`,
    description: `Soon every session of this account stands still.${resets} Let what matters go on and pause the rest, or use a smaller model.`,
  },
  {
    name: 'RateLimitReached', area: 'limit', severity: 'critical', dashboard,
    expr: `ai_rate_limit_used_ratio >= ${reached}`,
    summary: `{{ $labels.tool }}${ofUser}: the {{ $labels.window }} limit is reached ({{ $value | humanizePercentage }} used)`,
    description: `Sessions of this account stand still or will at once.${resets} Until then use another tool or model, or another account.`,
  },
];
