import { offline, problemOf } from './problem.ts';

/** How this tab proves who it is: a bearer in local mode (cookies ignore ports), else the browser's cookie with a CSRF token. */
const bearerKey = 'watchroom.bearer';
let csrfToken: string | undefined;

export const bearer = (): string | undefined => {
  try {
    return sessionStorage.getItem(bearerKey) ?? undefined;
  } catch {
    return undefined;
  }
};

export const keepBearer = (token: string | undefined): void => {
  try {
    if (token === undefined) sessionStorage.removeItem(bearerKey);
    else sessionStorage.setItem(bearerKey, token);
  } catch {
    // Without storage a reload asks for a new link.
  }
};

export const keepCsrf = (token: string | undefined): void => { csrfToken = token; };
export const csrf = (): string | undefined => csrfToken;

export const credentials = (): Readonly<Record<string, string>> => {
  const token = bearer();
  return { ...(token === undefined ? {} : { authorization: `Bearer ${token}` }), ...(csrfToken === undefined ? {} : { 'x-csrf-token': csrfToken }) };
};

export interface CallOptions {
  readonly body?: unknown;
  readonly query?: Readonly<Record<string, string | undefined>>;
  readonly signal?: AbortSignal;
}

/** Asks the hub. Rejects with a Problem whose message can be shown as it is. */
export const call = async <Answer>(method: string, path: string, { body, query, signal }: CallOptions = {}): Promise<Answer> => {
  const response = await reach(addressOf(path, query), {
    method, cache: 'no-store',
    headers: { accept: 'application/json', ...credentials(), ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    ...(signal === undefined ? {} : { signal }),
  });
  if (!response.ok) throw await problemOf(response);
  return (response.status === 204 ? undefined : await response.json()) as Answer;
};

const reach = async (address: string, init: RequestInit): Promise<Response> => {
  try {
    return await fetch(address, init);
  } catch (error) {
    if (init.signal?.aborted) throw error;
    throw offline();
  }
};

const addressOf = (path: string, query: CallOptions['query'] = {}): string => {
  const given = Object.entries(query).filter((pair): pair is [string, string] => pair[1] !== undefined && pair[1] !== '');
  return given.length === 0 ? path : `${path}?${new URLSearchParams(given).toString()}`;
};
