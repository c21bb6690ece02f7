// Every error in one shape, Mattermost's: {id, message, detailed_error, request_id, status_code} [R11].

/** A refusal with a sentence for whoever asked. */
export class Refusal extends Error {
  readonly status: number;
  readonly id: string;
  readonly retryAfterSeconds: number | undefined;

  constructor(status: number, id: string, message: string, retryAfterSeconds?: number) {
    super(message);
    this.name = 'Refusal';
    this.status = status;
    this.id = id;
    this.retryAfterSeconds = retryAfterSeconds;
  }
}

export const badRequest = (message: string, id = 'bad_request'): Refusal => new Refusal(400, id, message);
export const notSignedIn = (message = 'Sign in first, or send a token: Authorization: Bearer …'): Refusal => new Refusal(401, 'not_signed_in', message);
export const forbidden = (message: string, id = 'forbidden'): Refusal => new Refusal(403, id, message);
/** Also for what exists but is not the asker's to know of. */
export const notFound = (message: string, id = 'not_found'): Refusal => new Refusal(404, id, message);
export const conflict = (message: string, id = 'conflict'): Refusal => new Refusal(409, id, message);
export const tooMany = (message: string, retryAfterSeconds: number): Refusal => new Refusal(429, 'too_many', message, retryAfterSeconds);
export const unavailable = (message: string, retryAfterSeconds = 5): Refusal => new Refusal(503, 'unavailable', message, retryAfterSeconds);
