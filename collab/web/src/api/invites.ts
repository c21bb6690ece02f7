import { call } from './client.ts';

/** Takes an invite with the account one has. */
export const acceptInvite = (secret: string): Promise<unknown> => call('POST', '/api/v1/invites/accept', { body: { invite: secret } });
