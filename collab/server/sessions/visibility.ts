import { z } from 'zod';
import type { Base } from '../base.ts';
import { conflict, forbidden, notFound } from '../routes/errors.ts';
import type { Ask } from '../routes/route.ts';
import { audit } from '../store/audit.ts';
import { hashOf, newSecret } from '../store/ids.ts';
import type { SessionTable, Visibility } from '../store/schema.ts';
import type { Store, Work } from '../store/open.ts';
import { teamSettingsOf } from '../store/team-settings.ts';
import { publicOf } from './details.ts';

/** From the most closed to the most open. */
export const visibilities = ['private', 'team', 'public'] as const satisfies readonly Visibility[];

export interface Opened {
  readonly visibility: Visibility;
  /** Told this once; only its hash is kept. Setting "public" again makes another and revokes this one. */
  readonly publicLink?: string;
}

/** Opens or closes a session. Opening is its owners' word alone; closing evicts who may no longer see it before this returns [R8]. */
export const setVisibility = async (base: Base, { found, actor, now }: Pick<Ask, 'found' | 'actor' | 'now'>, wanted: Visibility): Promise<Opened> => {
  const { session, may } = found;
  if (isMoreOpen(wanted, session.visibility) && !may('session:open')) throw forbidden('Only an owner of the session can open it to more people.', 'not_an_owner');
  if (wanted === 'public' && !may('session:open')) throw forbidden('Only an owner of the session can make a public link.', 'not_an_owner');
  const secret = wanted === 'public' ? newSecret('wrk_') : undefined;
  const { row, before } = await base.store.transaction().execute(async (work) => {
    if (secret !== undefined) await checkLinksAllowed(work, session.team_id);
    const { visibility: before } = await work.selectFrom('sessions').select('visibility').where('id', '=', session.id).executeTakeFirst() ?? gone();
    if (isMoreOpen(wanted, before) && !may('session:open')) throw conflict('Somebody changed its visibility meanwhile. Look again.', 'changed');
    const row = await work.updateTable('sessions').set({ visibility: wanted, link_hash: secret === undefined ? null : hashOf(secret), updated_at: now }).where('id', '=', session.id).returningAll().executeTakeFirstOrThrow();
    await audit(work, { at: now, teamId: session.team_id, actor, action: 'session:visibility', target: session.session_key, before: { visibility: before }, after: { visibility: wanted } });
    return { row, before };
  });
  if (isMoreOpen(before, wanted)) base.events.emit('access:lost', { sessionId: session.id });
  base.events.emit('session:updated', { session: row });
  return { visibility: wanted, ...(secret === undefined ? {} : { publicLink: `${base.settings.publicUrl}/api/v1/public/${secret}` }) };
};

const isMoreOpen = (one: Visibility, other: Visibility): boolean => visibilities.indexOf(one) > visibilities.indexOf(other);

const gone = (): never => {
  throw notFound('The session was deleted meanwhile.');
};

const checkLinksAllowed = async (work: Work, teamId: string): Promise<void> => {
  if (await allowsLinks(work, teamId)) return;
  throw forbidden('The team does not allow public links. An admin can (settings: publicLinks).', 'public_links_off');
};

const allowsLinks = async (store: Store | Work, teamId: string): Promise<boolean> => {
  const team = await store.selectFrom('teams').select('settings').where('id', '=', teamId).where('deleted_at', 'is', null).executeTakeFirst();
  return team !== undefined && teamSettingsOf(team.settings).publicLinks;
};

/** A session behind a public link: numbers, no words. */
export const publicNumbers = z.object({
  tool: z.string(),
  state: z.string(),
  startedAt: z.string().optional(),
  lastActivityAt: z.string().optional(),
  endedAt: z.string().optional(),
  tokens: z.record(z.string(), z.number()).optional(),
  context: z.object({ used: z.number(), limit: z.number().optional(), ratio: z.number().optional() }).optional(),
  costUsd: z.number().optional(),
  requests: z.int().optional(),
  turns: z.int().optional(),
  messages: z.int().optional(),
  compactions: z.int().optional(),
  filesEdited: z.int().optional(),
  linesAdded: z.int().optional(),
  linesRemoved: z.int().optional(),
  errors: z.record(z.string(), z.number()),
  health: z.object({ score: z.number().optional(), level: z.string().optional() }),
}).meta({ id: 'PublicNumbers' });

/** What a public link shows; revoked, unknown, or not allowed by the team any more: nothing. */
export const numbersBehind = async (store: Store, secret: string): Promise<z.input<typeof publicNumbers>> => {
  const row: SessionTable | undefined = await store.selectFrom('sessions').selectAll().where('link_hash', '=', hashOf(secret)).where('visibility', '=', 'public').executeTakeFirst();
  if (row === undefined || !(await allowsLinks(store, row.team_id))) throw notFound('This link leads nowhere. It may have been revoked.');
  const { score, level } = { score: row.health, level: row.health_level };
  const shown = publicNumbers.omit({ health: true }).parse(publicOf(row));
  return { ...shown, health: { ...(score === null ? {} : { score }), ...(level === null ? {} : { level }) } };
};
