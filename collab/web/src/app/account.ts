import { me } from '../api/auth.ts';
import type { Account, Team } from '../api/auth.ts';
import { asProblem } from '../api/problem.ts';
import type { Problem } from '../api/problem.ts';
import { createStore } from './store.ts';
import { chooseTeam, teamOf } from './team-of.ts';

/** Who is signed in. */
export type Who =
  | { readonly state: 'asking' }
  | { readonly state: 'nobody' }
  | { readonly state: 'unreachable'; readonly problem: Problem }
  | { readonly state: 'somebody'; readonly account: Account; /** The team that is looked at. */ readonly team?: Team };

export const who = createStore<Who>({ state: 'asking' });

/** Whoever asks meanwhile waits for the same answer. */
export const askWho = (): Promise<void> => (asking ??= ask().finally(() => { asking = undefined; }));
let asking: Promise<void> | undefined;

const ask = async (): Promise<void> => {
  try {
    signedInAs(await me());
  } catch (error) {
    const problem = asProblem(error);
    who.set(() => (problem.kind === 'signed out' ? { state: 'nobody' } : { state: 'unreachable', problem }));
  }
};

export const signedInAs = (account: Account): void => {
  const team = teamOf(account);
  who.set(() => ({ state: 'somebody', account, ...(team ? { team } : {}) }));
};

export const signedOut = (): void => who.set(() => ({ state: 'nobody' }));

export const lookAt = (team: Team): void => {
  chooseTeam(team);
  who.set((now) => (now.state === 'somebody' ? { ...now, team } : now));
};
