import type { Base } from '../base.ts';
import type { Route } from '../routes/route.ts';
import { Attempts } from './attempts.ts';
import { deviceRoutes } from './devices.ts';
import { localRoute } from './local.ts';
import { loginRoutes } from './login.ts';
import { meRoutes } from './me.ts';
import { oidcRoutes } from './oidc.ts';
import { ownDataRoutes } from './own-data.ts';
import { registerRoute } from './register.ts';
import { resetRoutes } from './reset.ts';
import { setupRoute } from './setup.ts';
import { keyRoutes } from './signing-keys.ts';
import { teamTokenRoute } from './team-token.ts';

/** Everything about who somebody is. */
export const authRoutes = (base: Base): readonly Route[] => {
  const attempts = new Attempts();
  return [
    setupRoute(base), registerRoute(base), ...loginRoutes(base, attempts), ...meRoutes(base, attempts), ...deviceRoutes(base), ...resetRoutes(base, attempts),
    teamTokenRoute(base), ...keyRoutes(base), localRoute(base), ...oidcRoutes(base), ...ownDataRoutes(base),
  ];
};
