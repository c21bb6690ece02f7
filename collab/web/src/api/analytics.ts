import { call } from './client.ts';

/** What a team has spent since midnight here, in API-equivalent dollars; undefined when the hub cannot say. */
export const costToday = async (team: string): Promise<number | undefined> => {
  const midnight = new Date();
  midnight.setHours(0, 0, 0, 0);
  const answer = await call<{ costUsd?: number; totals?: { costUsd?: number } }>('GET', `/api/v1/analytics/team/${encodeURIComponent(team)}`, { query: { from: midnight.toISOString() } });
  return answer.costUsd ?? answer.totals?.costUsd;
};
