import type { OwnMetric } from './metric.ts';

type Fields = Pick<OwnMetric, 'help' | 'cardinality'> & Partial<Pick<OwnMetric, 'unit' | 'labels'>>;
const row = (name: string, type: OwnMetric['type'], fields: Fields): OwnMetric => ({ scope: 'own', unit: '', labels: [], name, type, ...fields });

/** Which agent a series is of: on every series of a hub's page that is of an agent, info included. */
export const agentLabels = ['team', 'host_name', 'user_name'] as const;

/** What a hub adds to the catalogue. */
export const hubMetrics = {
  agentUp: row('watchroom_agent_up', 'gauge', { labels: agentLabels, help: '1 while the agent reports, 0 when it fell silent; no series after a goodbye.', cardinality: '1 per agent' }),
  agentLastReport: row('watchroom_agent_last_report_timestamp_seconds', 'gauge', { unit: 's', labels: agentLabels, help: 'Unix time of the last report of the agent.', cardinality: '1 per agent' }),
  sessionsExported: row('watchroom_sessions_exported', 'gauge', { help: 'Sessions in the scrape.', cardinality: '1' }),
  sessionsDropped: row('watchroom_sessions_dropped', 'gauge', { labels: ['reason'], help: 'Sessions left out of the scrape.', cardinality: '2 (user_limit, hub_limit)' }),
  series: row('watchroom_series', 'gauge', { help: 'Session series in the last scrape.', cardinality: '1' }),
  seriesLimit: row('watchroom_series_limit', 'gauge', { labels: ['scope'], help: 'Most session series of one user, and of all, in a scrape.', cardinality: '2 (user, hub)' }),
  sockets: row('watchroom_socket_connections', 'gauge', { help: 'Open sockets of pages and programs.', cardinality: '1' }),
} as const;
