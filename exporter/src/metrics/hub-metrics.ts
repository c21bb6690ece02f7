import { known } from './metric.ts';
import type { OwnMetric, SessionMetric } from './metric.ts';

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
} as const;

/** What a hub adds to the series of a session: how much was said in its room, never a word of it. */
export const roomMetrics: readonly SessionMetric[] = [
  {
    scope: 'session', type: 'counter', unit: '', labels: [], name: 'ai_session_room_messages_total', cardinality: '1',
    help: 'Chat messages and comments in the room of the session; deleted ones stay counted.',
    read: ({ room }) => known(room?.messages),
  },
  {
    scope: 'session', type: 'counter', unit: '', labels: [], name: 'ai_session_room_comments_total', cardinality: '1',
    help: 'Comments at lines of code in the room of the session; part of ai_session_room_messages_total.',
    read: ({ room }) => known(room?.comments),
  },
];

/** What a message is, where messages are counted. */
export const messageKinds = ['message', 'comment', 'alert', 'other'] as const;
export type MessageKind = (typeof messageKinds)[number];

/** What a hub measures of its rooms and sockets while it serves; told to whoever runs it. */
export const hubOwnMetrics = {
  sockets: row('watchroom_socket_connections', 'gauge', { help: 'Open sockets of pages and programs.', cardinality: '1' }),
  rooms: row('watchroom_rooms', 'gauge', { help: 'Rooms of sessions and teams in which something was said.', cardinality: '1' }),
  roomMembers: row('watchroom_room_members', 'gauge', { help: 'People who have a room open now, counted once in each room.', cardinality: '1' }),
  messages: row('watchroom_messages_total', 'counter', { labels: ['kind'], help: 'Messages written since the hub started: message (chat), comment (at a line), alert (and its end), other (what the hub itself says).', cardinality: '4' }),
  delivery: row('watchroom_delivery_seconds', 'histogram', { unit: 's', help: 'Time from a message being accepted, through its commit, to its being sent to everybody who hears it.', cardinality: '12' }),
} as const;

/** What only a hub emits, besides the catalogue's session and fleet metrics. */
export const hubCatalogue: readonly (OwnMetric | SessionMetric)[] = [...roomMetrics, ...Object.values(hubMetrics), ...Object.values(hubOwnMetrics)];
