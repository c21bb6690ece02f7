import type { Route } from '../../server/routes/route.ts';
import type { Answer, Client } from './hub.ts';
import type { World } from './world.ts';

/** Calls a route as its example shows it, in a world: on the team and one of its sessions. */
export const callExample = (one: Route, client: Client, world: World, on: 'team' | 'private' = 'team', body: unknown = one.example?.body): Promise<Answer> =>
  client.ask(one.method.toUpperCase(), pathOf(one, world, on), one.body === undefined ? undefined : body, { origin: world.hub.url });

/** The route's path with the example's values; team and session are those of the world. */
export const pathOf = (one: Route, { team, sessions }: World, on: 'team' | 'private' = 'team'): string => {
  const given: Readonly<Record<string, string>> = { ...one.example?.params, team: team.name, ...(one.path.includes(':nativeId') ? { tool: 'claude', nativeId: sessions[on].key.split('/')[1]! } : {}) };
  const path = one.path.replace(/:(\w+)/g, (_all, name: string) => encodeURIComponent(given[name] ?? 'missing'));
  const query = new URLSearchParams({ ...one.example?.query, ...(one.example?.query?.team === undefined ? {} : { team: team.name }) }).toString();
  return query === '' ? path : `${path}?${query}`;
};

/** Somebody whom a route lets in. */
export const insiderOf = ({ access }: Route, { who }: World): Client => {
  switch (access.who) {
    case 'agent': return who['agent token'];
    case 'scraper': return who['scrape token'];
    case 'operator': return who.operator;
    case 'team': return who.admin;
    case 'everybody': return who.nobody;
    default: return who.owner;
  }
};

/** How the door answered: it let the call in, or why not. What a handler refuses later has ids of its own. */
export const doorOf = ({ status, body }: Answer): 'in' | 'who are you' | 'may not' | 'no such thing' => {
  if (status === 401 && body?.id === 'not_signed_in') return 'who are you';
  if (status === 403 && ['forbidden', 'private', 'scope', 'wrong_token'].includes(body?.id)) return 'may not';
  if (status === 404 && /^There is no (team|session) .* (of yours|that you may see)\.$/.test(body?.message)) return 'no such thing';
  return 'in';
};
