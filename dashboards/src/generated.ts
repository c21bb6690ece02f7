import { health } from './dashboards/health.ts';
import { self } from './dashboards/self.ts';
import { session } from './dashboards/session.ts';
import { team } from './dashboards/team.ts';
import { usage } from './dashboards/usage.ts';
import { finalize } from './finalize.ts';

/** The files of dashboards/grafana: name and text. */
export const generated = (): ReadonlyMap<string, string> =>
  new Map([team, session, usage, health, self].map((dashboard) => [`${dashboard.uid}.json`, `${JSON.stringify(finalize(dashboard), null, 2)}\n`]));
