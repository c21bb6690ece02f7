import type { Account, Team } from '../api/auth.ts';

const key = 'watchroom.team';

/** The team that is looked at: the one chosen on this browser, else the first. */
export const teamOf = ({ teams }: Account): Team | undefined => teams.find(({ id }) => id === chosen()) ?? teams[0];

export const chooseTeam = ({ id }: Team): void => {
  try {
    localStorage.setItem(key, id);
  } catch {
    // It is only the team one sees first next time.
  }
};

const chosen = (): string | undefined => {
  try {
    return localStorage.getItem(key) ?? undefined;
  } catch {
    return undefined;
  }
};
