import { call } from './client.ts';

/** What an invite is for; to one room, or to a team. */
export const lookAtInvite = (secret: string): Promise<{ readonly team: string; readonly session?: string }> => call('POST', '/api/v1/invites/look', { body: { invite: secret } });

/** Takes an invite with the account one has. */
export const acceptInvite = (secret: string): Promise<unknown> => call('POST', '/api/v1/invites/accept', { body: { invite: secret } });
