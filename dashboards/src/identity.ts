/** Labels that Prometheus (job, instance) or the hub (team, host_name, user_name) put on every series. */
export const targetLabels = ['job', 'instance', 'team', 'host_name', 'user_name'] as const;

/**
 * What tells a session from every other one: the only labels joins may use (METRICS.md). With fewer, one session seen by two hosts
 * breaks the whole query; labels that are missing on both sides match.
 */
export const identity = [...targetLabels, 'session_id'].join(', ');
