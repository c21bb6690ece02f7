import { call } from './client.ts';

/** Takes an alert (it falls silent in Alertmanager for a while) or gives it back. */
export const ackAlert = (id: string, take: boolean): Promise<unknown> => call(take ? 'PUT' : 'DELETE', `/api/v1/alerts/${encodeURIComponent(id)}/ack`, take ? { body: {} } : {});
