/** Why a call did not work, and what somebody can do about it. */
export class Problem extends Error {
  readonly kind: 'offline' | 'signed out' | 'forbidden' | 'not found' | 'refused' | 'busy';
  readonly id: string;
  readonly status: number;
  readonly retryAfterMs: number | undefined;

  constructor({ kind, id = kind, message, status = 0, retryAfterMs }: { readonly kind: Problem['kind']; readonly id?: string; readonly message: string; readonly status?: number; readonly retryAfterMs?: number | undefined }) {
    super(message);
    this.name = 'Problem';
    this.kind = kind;
    this.id = id;
    this.status = status;
    this.retryAfterMs = retryAfterMs;
  }
}

export const offline = (): Problem => new Problem({ kind: 'offline', message: 'The hub does not answer. Is it running, and is this machine online?' });

/** The hub's errors have one shape: {id, message, …}. */
export const problemOf = async (response: Response): Promise<Problem> => {
  const body = (await response.json().catch(() => ({}))) as { id?: unknown; message?: unknown };
  const retryAfter = Number(response.headers.get('retry-after'));
  return new Problem({
    kind: kindOf(response.status), status: response.status,
    id: typeof body.id === 'string' ? body.id : String(response.status),
    message: typeof body.message === 'string' && body.message !== '' ? body.message : `The hub answered ${response.status}.`,
    retryAfterMs: Number.isFinite(retryAfter) && retryAfter > 0 ? retryAfter * 1000 : undefined,
  });
};

const kindOf = (status: number): Problem['kind'] => {
  switch (status) {
    case 401: return 'signed out';
    case 403: return 'forbidden';
    case 404: return 'not found';
    case 429: case 502: case 503: case 504: return 'busy';
    default: return 'refused';
  }
};

/** Whatever was thrown, as a problem. */
export const asProblem = (error: unknown): Problem => (error instanceof Problem ? error : new Problem({ kind: 'refused', message: error instanceof Error ? error.message : String(error) }));
