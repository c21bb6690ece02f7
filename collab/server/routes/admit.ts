import { findSession, roleInTeam } from '../access/find.ts';
import type { Identity, Person } from '../access/identity.ts';
import { mayOnTeam } from '../access/permissions.ts';
import type { Store } from '../store/open.ts';
import { forbidden, notFound, notSignedIn } from './errors.ts';
import type { Ask, Route } from './route.ts';

interface Call {
  readonly identity: Identity;
  readonly params: Readonly<Record<string, string>>;
  readonly query: Readonly<Record<string, unknown>>;
  readonly store: Store;
}

type Admitted = Pick<Ask, 'person' | 'agent' | 'scraper' | 'team' | 'found'>;

/** Lets a call in by the permission table, or refuses it with a sentence. What the asker may not know of is not found. */
export const admit = async (one: Route, call: Call): Promise<Admitted> => {
  const { access } = one;
  switch (access.who) {
    case 'everybody':
      return admitted(call.identity);
    case 'agent':
    case 'scraper':
      return machine(access.who, call.identity);
    case 'person':
      return admitted(personOf(one, call));
    case 'operator':
      return operator(one, call);
    case 'team':
      return admitted(personOf(one, call), { team: await teamOf(one, access.act, call) });
    case 'session':
      return admitted(personOf(one, call), { found: await sessionOf(one, access.act, call) });
  }
};

const personOf = (one: Route, { identity }: Call): Person => {
  if (identity.kind === 'nobody') throw notSignedIn();
  if (identity.kind !== 'user') throw forbidden(`A token of this kind only ${identity.kind === 'agent' ? 'reports' : 'scrapes'}. Use a personal access token.`, 'wrong_token');
  const scope = one.scope ?? (one.method === 'get' ? 'read' : 'write');
  if (!identity.scopes.includes(scope)) throw forbidden(`This token may not do that: it lacks the scope "${scope}".`, 'scope');
  return identity;
};

const machine = (kind: 'agent' | 'scraper', identity: Identity): Admitted => {
  if (identity.kind === 'nobody') throw notSignedIn(kind === 'agent' ? 'The agent token is missing, unknown, expired or revoked.' : 'The scrape token is missing, unknown, expired or revoked. An admin of the team makes a new one.');
  if (identity.kind !== kind) throw forbidden(`This needs ${kind === 'agent' ? 'an agent token' : 'a scrape token'}.`, 'wrong_token');
  return admitted(identity);
};

const operator = (one: Route, call: Call): Admitted => {
  const person = personOf(one, call);
  if (!person.operator) throw forbidden('Only whoever runs the hub may do that.');
  return admitted(person);
};

const teamOf = async (one: Route, act: Parameters<typeof mayOnTeam>[0], call: Call): Promise<Ask['team']> => {
  const person = personOf(one, call);
  const named = call.params.team ?? '';
  const row = await call.store.selectFrom('teams').select(['id', 'name']).where('deleted_at', 'is', null).where((is) => is.or([is('id', '=', named), is('name', '=', named)])).executeTakeFirst();
  const role = row && (await roleInTeam(call.store, person.userId, row.id));
  if (row === undefined || role === undefined) throw notFound(`There is no team "${named.slice(0, 100)}" of yours.`);
  if (!mayOnTeam(act, role)) throw forbidden(`Your role in ${row.name} is "${role}", which may not do that.`);
  return { ...row, role };
};

const sessionOf = async (one: Route, act: Parameters<Ask['found']['may']>[0], call: Call): Promise<Ask['found']> => {
  const person = personOf(one, call);
  const key = `${call.params.tool}/${call.params.nativeId}`;
  const { team } = call.query;
  const found = await findSession(call.store, { userId: person.userId, key, ...(typeof team === 'string' ? { teamId: team } : {}) });
  if (found === undefined) throw notFound(`There is no session ${key.slice(0, 200)} that you may see.`);
  if (!found.may(act)) throw forbidden(found.may('session:see') ? `You may not do that with this session: you are ${found.standings.join(', ')} of it.` : 'This session is private. Its owner can invite you.', found.may('session:see') ? 'forbidden' : 'private');
  return found;
};

/** What the route's access does not promise is absent: a handler that uses it belongs to another access. */
const admitted = (identity: Identity, on: Partial<Pick<Admitted, 'team' | 'found'>> = {}): Admitted =>
  ({ ...on, ...(identity.kind === 'user' ? { person: identity } : {}), ...(identity.kind === 'agent' ? { agent: identity } : {}), ...(identity.kind === 'scraper' ? { scraper: identity } : {}) }) as Admitted;
