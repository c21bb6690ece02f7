import { call } from './client.ts';
import { sessionPath } from './sessions.ts';

/** Asks the owner of a closed room to be let in. */
export const askAccess = (id: string, team: string): Promise<unknown> => call('POST', `${sessionPath(id)}/access-requests`, { query: { team }, body: {} });
