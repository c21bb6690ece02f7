import { accessRequests, letIn, turnAway } from '../api/access.ts';
import type { AccessRequest } from '../api/access.ts';
import { createStore } from '../app/store.ts';
import { useStore } from '../app/use-store.ts';

/** Who asks to be let into rooms of the reader's. */
export const requests = createStore<readonly AccessRequest[]>([]);
const all = (state: readonly AccessRequest[]): readonly AccessRequest[] => state;

export const useRequests = (): readonly AccessRequest[] => useStore(requests, all);

export const loadRequests = async (team: string): Promise<void> => {
  const found = await accessRequests(team);
  requests.set(() => found);
};

/** Answers a request: a role, or no. */
export const answerRequest = async (request: AccessRequest, team: string, role: string | undefined): Promise<void> => {
  await (role === undefined ? turnAway(request, team) : letIn(request, team, role));
  requests.set((now) => now.filter((one) => one !== request));
};
