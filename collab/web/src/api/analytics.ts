import { call } from './client.ts';

interface Summary {
  readonly counted: { readonly costUsd: number };
}

/** What a team has spent since midnight where the reader is, in API-equivalent dollars. */
export const costToday = async (team: string): Promise<number> => {
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone || 'UTC';
  // Sweden writes dates as ISO does.
  const from = new Date().toLocaleDateString('sv-SE');
  return (await call<Summary>('GET', `/api/v1/teams/${encodeURIComponent(team)}/analytics/summary`, { query: { from, zone } })).counted.costUsd;
};
