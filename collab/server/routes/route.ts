import type { Request, Response } from 'express';
import type { z } from 'zod';
import type { FoundSession } from '../access/find.ts';
import type { Identity, Person, Scope } from '../access/identity.ts';
import type { SessionAct, TeamAct } from '../access/permissions.ts';
import type { TeamRole } from '../store/schema.ts';

/** Who may call a route. The act is looked up in access/permissions.ts; nothing else decides. */
export type Access =
  | { readonly who: 'everybody' }
  /** Anybody who signed in. */
  | { readonly who: 'person' }
  /** Whoever runs the hub. */
  | { readonly who: 'operator' }
  | { readonly who: 'agent' }
  | { readonly who: 'scraper' }
  /** By the role in the team of the path's :team (its id or name). */
  | { readonly who: 'team'; readonly act: TeamAct }
  /** By what the asker is to the session of the path's :tool and :nativeId. */
  | { readonly who: 'session'; readonly act: SessionAct };

export type Tag = 'auth' | 'teams' | 'tokens' | 'agents' | 'sessions' | 'analytics' | 'metrics' | 'rooms' | 'alerts' | 'hub';

/** One route: its place in the API document, who may call it, what it takes and answers, and what it does. */
export interface Route<Params extends z.ZodType = z.ZodType, Query extends z.ZodType = z.ZodType, Body extends z.ZodType = z.ZodType> {
  readonly method: 'get' | 'post' | 'put' | 'patch' | 'delete';
  /** Express's form: /api/v1/teams/:team */
  readonly path: string;
  readonly tag: Tag;
  readonly summary: string;
  readonly access: Access;
  /** What a personal token needs. @default read for GET, write for the rest */
  readonly scope?: Scope;
  readonly params?: Params;
  readonly query?: Query;
  readonly body?: Body;
  /** Bytes. @default 64 kB */
  readonly bodyLimit?: number;
  /** Calls a minute of one address (everybody) or one person. @default 600 */
  readonly perMinute?: number;
  readonly answers: Answers;
  /** A call that works against the example hub of the tests; params, query and body as they are sent. */
  readonly example?: Example;
  readonly handle: (ask: Ask<z.output<Params>, z.output<Query>, z.output<Body>>) => Promise<unknown> | unknown;
}

export interface Answers {
  /** @default 200, or 204 without a schema */
  readonly status?: 200 | 201 | 202 | 204 | 302;
  readonly schema?: z.ZodType;
  readonly about: string;
  /** @default application/json; anything else is sent by the handler itself through `response` */
  readonly type?: string;
}

export interface Example {
  readonly params?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

/** A call that was let in, with everything checked. */
export interface Ask<Params = unknown, Query = unknown, Body = unknown> {
  readonly identity: Identity;
  /** Who signed in. Throws where the route lets others in, too. */
  readonly person: Person;
  readonly agent: Extract<Identity, { kind: 'agent' }>;
  readonly scraper: Extract<Identity, { kind: 'scraper' }>;
  readonly now: number;
  readonly params: Params;
  readonly query: Query;
  readonly body: Body;
  /** Of `who: 'team'`. */
  readonly team: { readonly id: string; readonly name: string; readonly role: TeamRole | 'guest' };
  /** Of `who: 'session'`. */
  readonly found: FoundSession;
  /** For the audit log. */
  readonly actor: { readonly id?: string; readonly name: string; readonly address: string };
  readonly request: Request;
  readonly response: Response;
}

/** Gives a route its types: params, query and body of the handler follow the schemas. */
export const route = <Params extends z.ZodType, Query extends z.ZodType, Body extends z.ZodType>(made: Route<Params, Query, Body>): Route => made as unknown as Route;
