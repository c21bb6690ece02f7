import { expressionBuilder } from 'kysely';
import type { Expression, SqlBool } from 'kysely';
import { teamRolesOf } from '../access/find.ts';
import type { Store, Work } from '../store/open.ts';
import type { Database, TeamRole } from '../store/schema.ts';

/** Somebody who looks at sessions, with their roles as they are now. */
export interface Viewer {
  readonly userId: string;
  /** By team id. */
  readonly roles: ReadonlyMap<string, TeamRole | 'guest'>;
}

/** Whoever asks, as somebody who looks at sessions. */
export const viewerOf = async (store: Store | Work, userId: string): Promise<Viewer> => ({ userId, roles: await teamRolesOf(store, userId) });

/**
 * The sessions somebody may see, as one SQL condition on the table `sessions` [R7]: what `session:see` of the permission table says of one session.
 * Every listing, search, radar and analytic asks by it.
 * @param teamId only those of this team; of one that is not theirs: none
 */
export const visibleTo = ({ userId, roles }: Viewer, teamId?: string): Expression<SqlBool> => {
  const is = expressionBuilder<Database, 'sessions'>();
  const invited = is('sessions.id', 'in', is.selectFrom('session_people').select('session_people.session_id').where('session_people.user_id', '=', userId));
  const ofTeams = [...roles].filter(([id]) => teamId === undefined || id === teamId).map(([id, role]) => {
    const inTeam = is('sessions.team_id', '=', id);
    return role === 'guest' ? is.and([inTeam, invited]) : is.and([inTeam, is.or([is('sessions.visibility', '<>', 'private'), is('sessions.owner_id', '=', userId), invited])]);
  });
  return ofTeams.length === 0 ? is.lit(false) : is.or(ofTeams);
};
