import { call } from './client.ts';
import { sessionPath } from './sessions.ts';

/** Somebody who asks to be let into a room of the reader's. */
export interface AccessRequest {
  readonly session: string;
  readonly project?: string;
  readonly user: { readonly id: string; readonly name: string; readonly displayName: string };
  readonly suggestedRole: 'editor' | 'viewer';
  readonly askedAt: string;
}

const ofRoom = (session: string): string => `${sessionPath(session)}/access-requests`;

/** Asks to be let into a room; the answer does not say whether there is one. */
export const askAccess = (id: string, team: string): Promise<unknown> => call('POST', ofRoom(id), { query: { team } });
export const accessRequests = async (team: string): Promise<readonly AccessRequest[]> => (await call<{ requests: readonly AccessRequest[] }>('GET', '/api/v1/access-requests', { query: { team } })).requests;
export const letIn = ({ session, user }: AccessRequest, team: string, role: string): Promise<unknown> => call('PUT', `${ofRoom(session)}/${encodeURIComponent(user.id)}`, { query: { team }, body: { role } });
export const turnAway = ({ session, user }: AccessRequest, team: string): Promise<unknown> => call('DELETE', `${ofRoom(session)}/${encodeURIComponent(user.id)}`, { query: { team } });
