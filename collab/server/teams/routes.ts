import type { Base } from '../base.ts';
import type { Route } from '../routes/route.ts';
import { auditRoutes } from './audit-log.ts';
import { inviteRoutes } from './invites.ts';
import { memberRoutes } from './members.ts';
import { settingsRoutes } from './settings.ts';
import { teamRoutes } from './team.ts';
import { tokenRoutes } from './tokens.ts';

/** Everything about teams: their people, invites, settings, tokens and audit log. */
export const allTeamRoutes = (base: Base): readonly Route[] => [...teamRoutes(base), ...memberRoutes(base), ...inviteRoutes(base), ...settingsRoutes(base), ...tokenRoutes(base), ...auditRoutes(base)];
