import { ahead } from './ahead.ts';
import { bearer, call, keepBearer, keepCsrf } from './client.ts';

export type TeamRole = 'admin' | 'member' | 'viewer' | 'guest';

export interface Team {
  readonly id: string;
  readonly name: string;
  readonly displayName: string;
  readonly role: TeamRole;
}

export interface Account {
  readonly id: string;
  readonly username: string;
  readonly displayName: string;
  readonly email?: string;
  readonly operator: boolean;
  readonly hasPassword: boolean;
  readonly signOns: readonly { readonly issuer: string }[];
  readonly preferences: Readonly<Record<string, unknown>>;
  readonly deviceId?: string;
  readonly teams: readonly Team[];
  readonly csrfToken?: string;
}

export interface Ways {
  /** Only by a link of this machine. */
  readonly local: boolean;
  /** A login is a token of the tab, for cookies are not taken. */
  readonly bearer: boolean;
  /** Nobody has an account yet. */
  readonly empty: boolean;
  readonly signOn?: { readonly name: string };
}

interface LoginAnswer {
  readonly token?: string;
  readonly account?: Account;
}

export const account = ahead('account', () => call<Account>('GET', '/api/v1/auth/me'));

export const me = async (): Promise<Account> => keepAccount(await account.ask());

export const ways = async (): Promise<Ways> => {
  const told = await call<Ways>('GET', '/api/v1/auth/ways');
  bearerOnly = told.bearer;
  return told;
};

let bearerOnly: boolean | undefined;
const signInAs = async (): Promise<'token' | 'cookie'> => ((bearerOnly ?? (await ways()).bearer) ? 'token' : 'cookie');


export const loginLocal = async (secret: string): Promise<Account> => signedIn(await call<LoginAnswer>('POST', '/api/v1/auth/local', { body: { secret } }));
export const login = async (username: string, password: string): Promise<Account> => signedIn(await call<LoginAnswer>('POST', '/api/v1/auth/login', { body: { username, password, as: await signInAs() } }));
export const setUp = async (form: { readonly token: string; readonly username: string; readonly password: string; readonly displayName: string; readonly team: string }): Promise<Account> =>
  signedIn(await call<LoginAnswer>('POST', '/api/v1/auth/setup', { body: { ...form, as: await signInAs() } }));
export const resetPassword = (secret: string, password: string): Promise<{ readonly username: string }> => call('POST', '/api/v1/auth/reset', { body: { secret, password } });
export const register = async (form: { readonly invite: string; readonly username: string; readonly password: string; readonly displayName: string }): Promise<Account> => signedIn(await call<LoginAnswer>('POST', '/api/v1/auth/register', { body: { ...form, as: await signInAs() } }));

/** Where single sign-on goes on. */
export const signOnPage = async (): Promise<string> => (await call<{ url: string }>('POST', '/api/v1/auth/oidc/start', { body: {} })).url;

export const logout = async (): Promise<void> => {
  await call('POST', '/api/v1/auth/logout', { body: {} });
  keepBearer(undefined);
  keepCsrf(undefined);
};

/** What sockets are opened with: a bearer as it is, or a short-lived token made from the cookie. */
export const socketToken = async (team: string): Promise<string> => (await call<{ token: string }>('POST', '/api/v1/auth/token', { body: { team } })).token;

const signedIn = async ({ token, account }: LoginAnswer): Promise<Account> => {
  if (token !== undefined) keepBearer(token);
  else if (bearer() !== undefined) keepBearer(undefined);
  return account === undefined ? me() : keepAccount(account);
};

/** What the account says of later calls is kept. */
export const keepAccount = (account: Account): Account => {
  keepCsrf(account.csrfToken);
  return account;
};
